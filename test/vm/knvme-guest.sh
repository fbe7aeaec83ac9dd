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

disk=/dev/knvme0n1
source=/dev/knvme0n3
fail() { echo "VM: FAIL: $*"; dmesg | tail -30; poweroff -f; sleep 100; }
ok() { echo "VM: $* ok, $(cut -d. -f1 /proc/uptime) s"; }
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
dmesg_has() { dmesg | grep -q "$1"; }
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

load io_timeout=2 admin_timeout=4
attributes
ok "attributes, $(attr queue_count) queues"
direct_io
ok "direct I/O"
copy_and_compare "first"
ok "whole image"

dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' && fail "the kernel complains"
echo "VM: PASS"
poweroff -f
