#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Boot the packaged kernel in QEMU, give it simulated PHYs (ksimmdio), load
# kax88796b, and see it bind, reset, negotiate and go.
#
#   kax88796b.sh [KERNEL-RELEASE]     default: the newest 6.12 that has an image in /boot
#
# Needs: qemu-system-x86, busybox-static, cpio, xz-utils, linux-image-6.12-amd64 and
# its headers.  Exit 0: passed; 1: failed; 77: something that is needed is not here.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
seconds=${VM_TIMEOUT:-400}

skip() { printf 'kax88796b.sh: skipped: %s\n' "$*" >&2; exit 77; }

release=${1:-$(find /boot -maxdepth 1 -name 'vmlinuz-6.12.*' -printf '%f\n' | sort -V |
	sed -n 's/^vmlinuz-//;$p')}
[ -n "$release" ] || skip "no /boot/vmlinuz-6.12.*: install linux-image-6.12-amd64"
kernel=/boot/vmlinuz-$release
headers=/lib/modules/$release/build
libphy=/lib/modules/$release/kernel/drivers/net/phy/libphy.ko.xz
[ -r "$kernel" ] || skip "no $kernel"
[ -d "$headers" ] || skip "no $headers: install linux-headers-$release"
[ -r "$libphy" ] || skip "no $libphy"
busybox=$(command -v busybox) || skip "no busybox: install busybox-static"
for tool in qemu-system-x86_64 cpio make gcc xz; do
	command -v "$tool" >/dev/null || skip "no $tool"
done
# Debian's other busybox package needs libraries that the image lacks.
if ldd "$busybox" >/dev/null 2>&1; then
	skip "$busybox is not static: install busybox-static"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work"/rootfs/{bin,dev,proc,sys,tmp}
cp "$busybox" "$work/rootfs/bin/busybox"
xz -dc "$libphy" >"$work/rootfs/libphy.ko"
for module in kax88796b ksimmdio; do
	cp -r "$root/drivers/net/phy/$module" "$work/$module"
	if ! make -C "$headers" M="$work/$module" modules >"$work/make.log" 2>&1; then
		cat "$work/make.log" >&2
		printf 'kax88796b.sh: %s does not build\n' "$module" >&2
		exit 1
	fi
	cp "$work/$module/$module.ko" "$work/rootfs/$module.ko"
done

cat >"$work/rootfs/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
mount -t debugfs none /sys/kernel/debug
sim=/sys/kernel/debug/ksimmdio

fail() { echo "VM: FAIL: $*"; dmesg | tail -20; poweroff -f; sleep 60; }
driver() { basename "$(readlink -f /sys/bus/mdio_bus/devices/ksimmdio:0"$1"/driver)"; }

# carrier N 0|1: phylib looks once a second.
carrier() {
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(cat /sys/class/net/ksim"$1"/carrier)" = "$2" ] && return
		sleep 0.5
	done
	fail "ksim$1: no carrier $2"
}
plug() { cat $sim/phy"$1"/wait >/dev/null || fail "phy$1 has no link"; carrier "$1" 1; }
# new_partner N ABILITIES: another device at the other end
new_partner() {
	echo 0 >$sim/phy"$1"/cable
	carrier "$1" 0
	echo "$2" >$sim/phy"$1"/partner
	echo 1 >$sim/phy"$1"/cable
	plug "$1"
}
mode() {
	is="$(cat /sys/class/net/ksim"$1"/speed) $(cat /sys/class/net/ksim"$1"/duplex)"
	[ "$is" = "$2" ] || fail "ksim$1 runs at $is, not $2: $3"
}
up() { ip link set ksim"$1" up || fail "ksim$1 does not open"; plug "$1"; }
down() { ip link set ksim"$1" down || fail "ksim$1 does not close"; }
resets() { cat $sim/phy"$1"/resets; }

insmod /libphy.ko || fail "insmod libphy"
insmod /ksimmdio.ko ids=0x003b1861,0x003b1881,0x003b1841,0x003b1843,0x003b1862 ||
	fail "insmod ksimmdio"

# Without the driver, phylib's generic one: what the chips do wrong is seen.
up 0
mode 0 "100 full" "generic"
new_partner 0 0x0021
mode 0 "100 full" "the simulation must keep the old partner"
down 0
echo "VM: generic ok"

insmod /kax88796b.ko || fail "insmod kax88796b"
[ "$(driver 0)" = "ASIX AX88772A (klint)" ] || fail "0 has $(driver 0)"
[ "$(driver 1)" = "ASIX AX88772C (klint)" ] || fail "1 has $(driver 1)"
[ "$(driver 2)" = "ASIX AX88796B (klint)" ] || fail "2 has $(driver 2)"
[ "$(driver 3)" = "ASIX AX88796B (klint)" ] || fail "3, another revision, has $(driver 3)"
[ "$(driver 4)" = driver ] || fail "4 is none of ours, but has $(driver 4)"
echo "VM: bound ok"

for phy in 0 1 2 3; do
	echo 0x01e1 >$sim/phy$phy/partner
	before=$(resets $phy)
	up $phy
	[ "$(resets $phy)" -gt "$before" ] || fail "phy$phy: not reset when opened"
	mode $phy "100 full" "negotiated"
	# The reset bit was taken back before it was set.
	grep -B1 '^00 [89a-f]' $sim/phy$phy/writes | grep -q '^00 0000' ||
		fail "phy$phy: reset without an edge"
done
rmmod kax88796b 2>/dev/null && fail "the driver went although it is in use"
echo "VM: reset and negotiation ok"

# The AX88772A is reset when the link goes; the others are left alone.
for phy in 0 1 2; do
	before=$(resets $phy)
	new_partner $phy 0x0021
	mode $phy "10 half" "a new partner"
	expect=$before
	[ $phy = 0 ] && expect=$((before + 1))
	[ "$(resets $phy)" = $expect ] || fail "phy$phy: $before resets, then $(resets $phy)"
	echo "VM: phy$phy link change ok"
done
# A switch that tells nothing of itself.
new_partner 0 0
mode 0 "100 full" "the PHY's own mode"
echo "0 2100" >$sim/phy0/regs
grep -q '^00 2100' $sim/phy0/regs || fail "a register that was set is another"
echo "0 fffff" >$sim/phy0/regs 2>/dev/null && fail "a value of 20 bits was accepted"
for phy in 0 1 2 3; do down $phy; done
grep -q '^00 [0-9a-f]*[89a-f]..$' $sim/phy1/regs || fail "phy1: closed, but not powered down"
echo "VM: link change ok"

dev=/sys/bus/mdio_bus/devices/ksimmdio:00
drv="/sys/bus/mdio_bus/drivers/ASIX AX88772A (klint)"
i=0
while [ $i -lt 50 ]; do
	echo ksimmdio:00 >"$drv/unbind" || fail "unbind $i"
	[ -e $dev/driver ] && fail "still bound"
	echo ksimmdio:00 >"$drv/bind" || fail "bind $i"
	[ -e $dev/driver ] || fail "not bound"
	i=$((i + 1))
done
i=0
while [ $i -lt 10 ]; do
	rmmod kax88796b || fail "rmmod $i"
	[ "$(driver 0)" = driver ] || fail "bound to what is gone"
	insmod /kax88796b.ko || fail "insmod $i"
	i=$((i + 1))
done
up 0
down 0
echo "VM: bind and unbind ok"

# The simulation goes and comes, also while negotiation and a device are under way.
i=0
while [ $i -lt 5 ]; do
	ip link set ksim1 up
	echo 1 >$sim/phy1/cable
	rmmod ksimmdio || fail "rmmod ksimmdio"
	insmod /ksimmdio.ko aneg_ms=20 || fail "insmod ksimmdio again"
	i=$((i + 1))
done
echo ksimmdio >/sys/bus/platform/drivers/ksimmdio/unbind || fail "unbind the bus"
rmmod ksimmdio || fail "rmmod ksimmdio at the end"
rmmod kax88796b || fail "rmmod kax88796b at the end"
rmmod libphy || fail "rmmod libphy"
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' && fail "the kernel complains"
echo "VM: PASS"
poweroff -f
INIT
chmod +x "$work/rootfs/init"
(cd "$work/rootfs" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/initrd.gz"

# KVM is not everywhere, and hangs in some nested machines: emulate.
timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 512 -nographic \
	-no-reboot -nodefaults -serial stdio -kernel "$kernel" -initrd "$work/initrd.gz" \
	-append "console=ttyS0 panic=-1 rdinit=/init quiet" </dev/null >"$work/log" 2>&1 || true
tr -d '\r' <"$work/log" | grep -o 'VM: .*' || true
if ! tr -d '\r' <"$work/log" | grep -q 'VM: PASS$'; then
	tail -40 "$work/log" >&2
	printf 'kax88796b.sh: failed (no PASS within %s s)\n' "$seconds" >&2
	exit 1
fi
