#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Boot the packaged kernel in QEMU, load knull in each of its completion modes,
# write, read back and compare, and unload it.
#
#   knull.sh [KERNEL-RELEASE]     default: the newest 6.12 that has an image in /boot
#
# Needs: qemu-system-x86, busybox-static, cpio, linux-image-6.12-amd64 and its
# headers.  Exit 0: passed; 1: failed; 77: something that is needed is not here.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
seconds=${VM_TIMEOUT:-300}

skip() { printf 'knull.sh: skipped: %s\n' "$*" >&2; exit 77; }

release=${1:-$(find /boot -maxdepth 1 -name 'vmlinuz-6.12.*' -printf '%f\n' | sort -V |
	sed -n 's/^vmlinuz-//;$p')}
[ -n "$release" ] || skip "no /boot/vmlinuz-6.12.*: install linux-image-6.12-amd64"
kernel=/boot/vmlinuz-$release
headers=/lib/modules/$release/build
[ -r "$kernel" ] || skip "no $kernel"
[ -d "$headers" ] || skip "no $headers: install linux-headers-$release"
busybox=$(command -v busybox) || skip "no busybox: install busybox-static"
for tool in qemu-system-x86_64 cpio make gcc; do
	command -v "$tool" >/dev/null || skip "no $tool"
done
# Debian's other busybox package needs libraries that the image lacks.
if ldd "$busybox" >/dev/null 2>&1; then
	skip "$busybox is not static: install busybox-static"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -r "$root/drivers/block/knull" "$work/module"
if ! make -C "$headers" M="$work/module" modules >"$work/make.log" 2>&1; then
	cat "$work/make.log" >&2
	printf 'knull.sh: the module does not build\n' >&2
	exit 1
fi

mkdir -p "$work"/rootfs/{bin,dev,proc,sys,tmp}
cp "$busybox" "$work/rootfs/bin/busybox"
cp "$work/module/knull.ko" "$work/rootfs/knull.ko"
cat >"$work/rootfs/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys

fail() { echo "VM: FAIL: $*"; dmesg | tail -20; poweroff -f; }

# What is read back must be what was written, from the device and not from the
# page cache; what was never written must be zero.
use() {
	dd if=/tmp/data of="$1" bs=64k conv=fsync 2>/dev/null || fail "write $1"
	dd if=/tmp/data of="$1" bs=3584 count=5 seek=1001 conv=fsync 2>/dev/null ||
		fail "unaligned write $1"
	echo 3 >/proc/sys/vm/drop_caches
	dd if="$1" bs=64k count=32 2>/dev/null | cmp - /tmp/data || fail "read back $1"
	dd if="$1" bs=3584 count=5 skip=1001 2>/dev/null | cmp - /tmp/odd ||
		fail "read back unaligned $1"
	dd if="$1" bs=64k count=8 skip=100 2>/dev/null | tr -d '\0' | wc -c | grep -qx 0 ||
		fail "$1 is not zero where nothing was written"
}

dd if=/dev/urandom of=/tmp/data bs=64k count=32 2>/dev/null
dd if=/tmp/data of=/tmp/odd bs=3584 count=5 2>/dev/null

for mode in direct softirq timer; do
	insmod /knull.ko memory_backed=1 irqmode=$mode nr_devices=2 nr_hw_queues=2 \
		size_mb=16 bs=512 || fail "insmod $mode"
	use /dev/knull0 & first=$!
	use /dev/knull1 & second=$!
	wait $first || fail "first device, $mode"
	wait $second || fail "second device, $mode"
	rmmod knull || fail "rmmod $mode"
	echo "VM: $mode ok"
done
insmod /knull.ko irqmode=timer completion_nsec=100000 bs=4096 || fail "insmod without memory"
dd if=/tmp/data of=/dev/knull0 bs=4k count=64 conv=fsync 2>/dev/null || fail "write to nothing"
rmmod knull || fail "rmmod without memory"
for wrong in bs=1000 irqmode=sometimes queue_depth=0 nr_devices=0; do
	insmod /knull.ko $wrong 2>/dev/null && fail "$wrong was accepted"
done
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
	printf 'knull.sh: failed (no PASS within %s s)\n' "$seconds" >&2
	exit 1
fi
