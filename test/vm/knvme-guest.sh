#!/bin/busybox sh
# SPDX-License-Identifier: MIT
#
# The init of knvme.sh's guest.  /dev/knvme0n1 is the disk that is written to; of
# n3 the content is random and known to the host.
/bin/busybox --install -s /bin
export PATH=/bin:/sbin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
mount -t debugfs none /sys/kernel/debug
# Some waits are long on purpose.
echo 120 2>/dev/null >/proc/sys/kernel/hung_task_timeout_secs

disk=/dev/knvme0n1
source=/dev/knvme0n3
fail() { echo "VM: FAIL: $*"; dmesg | tail -30; reboot -f; sleep 100; }
ok() {
	dmesg | grep -E 'BUG|WARNING|INFO: |KASAN|ODEBUG|Oops|Call Trace' &&
		fail "the kernel complains: $*"
	echo "VM: $* ok, $(cut -d. -f1 /proc/uptime) s"
}
lacks() { echo "VM: $* left out: not in this kernel"; }
forget() { echo 3 >/proc/sys/vm/drop_caches; }

# Seconds in which the command must come true.
within() {
	left=$(($1 * 5)); shift
	while ! "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		usleep 200000
	done
}

wait_disk() { within 60 test -b $disk -a -b $source || fail "no $disk: $*"; }
pci_of() { basename "$(readlink -f "/sys/block/$1/device")"; }
attr() { cat "$pci/knvme/$1"; }
is_dead() { [ "$(attr state)" = dead ]; }
dmesg_has() { dmesg | grep -q "$1"; }
resets() { dmesg | grep -c "reset done"; }
fault() { echo "$2" >"/sys/kernel/debug/knvme/$(basename $pci)/$1"; }

load() {
	insmod /knvme.ko "$@" || fail "insmod $*"
	wait_disk "after insmod $*"
	pci=/sys/bus/pci/devices/$(pci_of knvme0n1)
}

copy_and_compare() {
	dd if=$source of=$disk bs=1M conv=fsync 2>/dev/null || fail "copy: $*"
	forget
	cmp $source $disk || fail "compare: $*"
}

# The driver sees the sizes as they are written here, or what they are split into.
direct_io() {
	dd if=$source of=/tmp/data bs=1M count=4 2>/dev/null || fail "read the source"
	for bs in 512 3584 4096 69632 1048576 4194304; do
		count=$((4194304 / bs))
		[ $count -le 256 ] || count=256
		dd if=/dev/zero of=$disk bs=1M count=4 conv=fsync 2>/dev/null
		dd if=/tmp/data of=$disk bs=$bs count=$count oflag=direct 2>/dev/null ||
			fail "direct write, $bs"
		dd if=$disk of=/tmp/back bs=$bs count=$count iflag=direct 2>/dev/null ||
			fail "direct read, $bs"
		cmp -n $((bs * count)) /tmp/data /tmp/back || fail "direct, $bs"
	done
}

attributes() {
	[ "$(attr serial)" = klint-0001 ] || fail "serial: $(attr serial)"
	[ "$(attr model)" = "QEMU NVMe Ctrl" ] || fail "model: $(attr model)"
	[ -n "$(attr firmware_rev)" ] || fail "firmware_rev"
	[ "$(attr state)" = live ] || fail "state: $(attr state)"
	[ "$(attr queue_count)" -ge 1 ] || fail "queue_count"
	[ "$(cat /sys/block/knvme0n3/nsid)" = 3 ] || fail "nsid"
}

discard() {
	blkdiscard -o 8388608 -l 4194304 $disk || fail "discard"
	forget
	dd if=$disk bs=1M skip=8 count=4 2>/dev/null | tr -d '\0' | wc -c | grep -qx 0 ||
		fail "what was discarded is not zero"
}

file_system() { # BLOCK-SIZE
	mkfs.ext4 -q -F -b "$1" $disk || fail "mkfs, $1"
	mount -t ext4 $disk /mnt || fail "mount, $1"
	mkdir /mnt/d
	for i in 1 2 3 4 5 6 7 8; do
		dd if=/tmp/data of=/mnt/d/$i bs=1M count=2 2>/dev/null || fail "write file $i"
		cp /bin/busybox /mnt/d/b$i
	done
	sync
	rm /mnt/d/3 /mnt/d/b5
	umount /mnt
	forget
	e2fsck -fn $disk >/tmp/fsck 2>&1 || { cat /tmp/fsck; fail "fsck, $1"; }
	mount -t ext4 $disk /mnt || fail "mount again, $1"
	for i in 1 2 4 5 6 7 8; do
		cmp -n 2097152 /mnt/d/$i /tmp/data || fail "file $i, $1"
	done
	cmp /mnt/d/b7 /bin/busybox || fail "file b7, $1"
	umount /mnt
}

# Writes and reads from two processes until /tmp/stop is there; an error ends it.
# By a node of its own: in /dev, dd would make a file where the disk has gone.
load_disk() {
	rm -f /tmp/stop /tmp/node
	mknod /tmp/node b $(tr : ' ' </sys/block/knvme0n1/dev)
	(while [ ! -e /tmp/stop ]; do
		dd if=/tmp/data of=/tmp/node bs=64k oflag=direct 2>/dev/null || break
	done) & writer=$!
	(while [ ! -e /tmp/stop ]; do
		dd if=$source of=/dev/null bs=256k iflag=direct 2>/dev/null || break
	done) & reader=$!
}
unload_disk() { touch /tmp/stop; wait $writer $reader; }

small_write() { dd if=/tmp/data of=$disk bs=4k count=1 oflag=direct 2>/dev/null; }

lost_doorbell() {
	fault drop_doorbell 1
	small_write || fail "write with a lost doorbell"
	dmesg_has "timed out, aborting" || fail "no abort"
	dmesg_has "timed out, resetting" || fail "no reset after the abort"
	dmesg_has "reset done" || fail "the reset was not done"
	[ "$(attr state)" = live ] || fail "state after the reset: $(attr state)"
}

lost_irq() {
	fault drop_irq 1
	small_write || fail "write with a lost interrupt"
	dmesg_has "interrupt lost" || fail "the interrupt was not lost"
}

# Nothing may fail that runs through a reset.
resets_under_load() {
	before=$(resets)
	load_disk
	for i in 1 2 3 4 5 6 7 8; do
		echo 1 >$pci/knvme/reset_controller || fail "reset $i"
		usleep 300000
	done
	[ "$(resets)" = $((before + 8)) ] || fail "not 8 resets"
	kill -0 $writer && kill -0 $reader || fail "I/O did not survive the resets"
	unload_disk
}

function_reset_under_load() {
	before=$(resets)
	load_disk
	echo 1 >$pci/reset || fail "reset of the function"
	usleep 500000
	[ "$(attr state)" = live ] || fail "state after the reset of the function: $(attr state)"
	[ "$(resets)" -gt "$before" ] || fail "the function's reset went unnoticed"
	kill -0 $writer && kill -0 $reader || fail "I/O did not survive the function's reset"
	unload_disk
}

suspend_under_load() {
	before=$(resets)
	load_disk
	echo devices >/sys/power/pm_test
	echo freeze >/sys/power/state || fail "suspend"
	echo none >/sys/power/pm_test
	[ "$(attr state)" = live ] || fail "state after suspend: $(attr state)"
	[ "$(resets)" -gt "$before" ] || fail "suspend went unnoticed"
	kill -0 $writer && kill -0 $reader || fail "I/O did not survive suspend"
	unload_disk
}

gone() { [ ! -e /sys/block/knvme0n1 ]; }

remove_under_load() {
	for i in 1 2 3 4 5 6; do
		load_disk
		usleep $((i * 100000))
		if [ $((i % 2)) = 0 ]; then
			echo 1 >$pci/remove
			gone || fail "still there after removal $i"
			echo 1 >/sys/bus/pci/rescan
		else
			echo "$(basename $pci)" >/sys/bus/pci/drivers/knvme/unbind
			gone || fail "still there after unbind $i"
			echo "$(basename $pci)" >/sys/bus/pci/drivers/knvme/bind
		fi
		unload_disk
		wait_disk "after removal $i"
	done
}

# A reset that runs must not meet a controller that goes.
remove_while_resetting() {
	for i in 1 2 3 4 5 6; do
		load_disk
		(while [ ! -e /tmp/stop ]; do
			echo 1 2>/dev/null >$pci/knvme/reset_controller
		done) 2>/dev/null & resetter=$!
		usleep $((i * 70000))
		echo 1 >$pci/remove
		gone || fail "still there after removal $i while resetting"
		touch /tmp/stop
		wait $resetter $writer $reader
		echo 1 >/sys/bus/pci/rescan
		wait_disk "after removal $i while resetting"
	done
}

# Requests that never come back, whatever is tried, do not keep it from going.
remove_while_stuck() {
	load_disk
	fault drop_doorbell 1000000
	sleep 1
	echo 1 >$pci/remove
	gone || fail "still there after removal while stuck"
	unload_disk
	echo 1 >/sys/bus/pci/rescan
	wait_disk "after it was stuck"
}

readd() {
	echo 1 >$pci/remove
	within 30 gone || fail "still there: $*"
	echo 1 >/sys/bus/pci/rescan
	wait_disk "$*"
}

# A controller that does not answer admin commands is given up; its disks fail.
dead_controller() {
	load_disk
	fault drop_admin_doorbell 1
	echo 1 2>/dev/null >$pci/knvme/reset_controller && fail "reset without a doorbell"
	is_dead || fail "state: $(attr state)"
	small_write && fail "a dead controller writes"
	unload_disk
	readd "after it was dead"
}

# Without memory space, the function's registers cannot be read: as if pulled out.
surprise() {
	load_disk
	printf '\0\0' | dd of=$pci/config bs=1 seek=4 conv=notrunc 2>/dev/null
	within 60 is_dead || fail "not found to be gone"
	small_write && fail "a controller that is gone writes"
	unload_disk
	readd "after it was gone"
}

# A disk that somebody has open outlives its controller, and the module stays.
open_disk() {
	exec 3<$disk
	echo "$(basename $pci)" >/sys/bus/pci/drivers/knvme/unbind
	echo "$(basename $pci)" >/sys/bus/pci/drivers/knvme/bind
	wait_disk "while the old one is open"
	small_write || fail "write to the new disk while the old one is open"
	echo "$(basename $pci)" >/sys/bus/pci/drivers/knvme/unbind
	rmmod knvme 2>/dev/null && fail "rmmod with a disk open"
	dd <&3 bs=4k count=1 2>/dev/null >/tmp/none
	[ -s /tmp/none ] && fail "read from a disk that is gone"
	exec 3<&-
	within 5 rmmod knvme || fail "rmmod after close"
}

# QEMU refuses while the slot is still being powered off: ask again.
plug() {
	for attempt in 1 2 3 4 5 6; do
		echo "HOST: plug"
		within 10 test -b /dev/knvme1n1 && return
	done
	fail "not plugged, $*"
}

hot_plug() {
	for i in 1 2 3; do
		plug $i
		dd if=/tmp/data of=/dev/knvme1n1 bs=1M count=4 conv=fsync 2>/dev/null ||
			fail "write to what was plugged"
		(while dd if=/dev/knvme1n1 of=/dev/null bs=64k iflag=direct 2>/dev/null; do
			:
		done) & plugged=$!
		sleep 1
		echo "HOST: unplug"
		within 60 test ! -e /sys/block/knvme1n1 || fail "not unplugged, $i"
		wait $plugged
	done
}

load io_timeout=2 admin_timeout=4
attributes
ok "attributes, $(attr queue_count) queues"
direct_io
ok "direct I/O"
copy_and_compare "first"
ok "whole image"
discard
ok "discard"
for module in /modules/*.ko; do
	[ ! -e "$module" ] || insmod "$module" || fail "insmod $module"
done
if grep -q ext4 /proc/filesystems; then
	file_system 1024
	file_system 4096
	ok "ext4"
else
	lacks ext4
fi
lost_doorbell
ok "lost doorbell"
lost_irq
ok "lost interrupt"
resets_under_load
ok "resets under load"
function_reset_under_load
ok "reset of the function under load"
if [ -e /sys/power/pm_test ]; then
	suspend_under_load
	ok "suspend under load"
else
	lacks suspend
fi
remove_under_load
ok "removal under load"
remove_while_resetting
ok "removal while resetting"
remove_while_stuck
ok "removal while stuck"
dead_controller
ok "dead controller"
surprise
ok "surprise removal"
if [ -n "$(ls /sys/bus/pci/slots 2>/dev/null)" ]; then
	hot_plug
	ok "hot-plug"
else
	lacks hot-plug
fi
open_disk
ok "open disk"
load queue_depth=2 io_queues=1
copy_and_compare "a queue of two"
ok "smallest queue"

# Its ->shutdown runs now.
sync
echo "VM: PASS"
reboot -f
