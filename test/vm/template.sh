#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Boot the packaged kernel in QEMU, load drivers/template, see it beat, unload it.
#
#   template.sh [KERNEL-RELEASE]     default: the newest 6.12 that has an image in /boot
#
# Needs: as knull.sh.  Exit 0: passed; 1: failed; 77: something needed is not here.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
seconds=${VM_TIMEOUT:-300}

skip() { printf 'template.sh: skipped: %s\n' "$*" >&2; exit 77; }

release=${1:-$(find /boot -maxdepth 1 -name 'vmlinuz-6.12.*' -printf '%f\n' | sort -V |
	sed -n 's/^vmlinuz-//;$p')}
[ -n "$release" ] || skip "no /boot/vmlinuz-6.12.*: install linux-image-6.12-amd64"
headers=/lib/modules/$release/build
[ -r "/boot/vmlinuz-$release" ] || skip "no /boot/vmlinuz-$release"
[ -d "$headers" ] || skip "no $headers: install linux-headers-$release"
busybox=$(command -v busybox) || skip "no busybox: install busybox-static"
for tool in qemu-system-x86_64 cpio make gcc; do
	command -v "$tool" >/dev/null || skip "no $tool"
done
if ldd "$busybox" >/dev/null 2>&1; then
	skip "$busybox is not static: install busybox-static"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/drivers/template" "$work/module"
if ! make -C "$work/module" KLINT= KDIR="$headers" >"$work/make.log" 2>&1; then
	cat "$work/make.log" >&2
	printf 'template.sh: the module does not build\n' >&2
	exit 1
fi
mkdir -p "$work"/rootfs/{bin,dev,proc,sys}
cp "$busybox" "$work/rootfs/bin/busybox"
cp "$work/module/template.ko" "$work/rootfs/template.ko"
cat >"$work/rootfs/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
fail() { echo "VM: FAIL: $*"; dmesg | tail -20; poweroff -f; sleep 60; }

for i in 1 2 3 4 5; do
	insmod /template.ko interval_ms=1 || fail "insmod"
	first=$(cat /sys/module/template/parameters/beats)
	sleep 1
	second=$(cat /sys/module/template/parameters/beats)
	[ "$second" -gt "$first" ] || fail "no beat: $first, then $second"
	rmmod template || fail "rmmod"
done
insmod /template.ko interval_ms=0 2>/dev/null && fail "interval_ms=0 was accepted"
sleep 1
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' && fail "the kernel complains"
echo "VM: PASS"
poweroff -f
INIT
chmod +x "$work/rootfs/init"
(cd "$work/rootfs" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/initrd.gz"

# KVM is not everywhere, and hangs in some nested machines: emulate.
timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 512 -nographic \
	-no-reboot -nodefaults -serial stdio -kernel "/boot/vmlinuz-$release" \
	-initrd "$work/initrd.gz" -append "console=ttyS0 panic=-1 rdinit=/init quiet" \
	</dev/null >"$work/log" 2>&1 || true
tr -d '\r' <"$work/log" | grep -o 'VM: .*' || true
if ! tr -d '\r' <"$work/log" | grep -q 'VM: PASS$'; then
	tail -40 "$work/log" >&2
	printf 'template.sh: failed (no PASS within %s s)\n' "$seconds" >&2
	exit 1
fi
