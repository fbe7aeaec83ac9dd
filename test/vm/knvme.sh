#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Boot the packaged kernel in QEMU with NVMe devices and let knvme drive them:
# data, a file system, resets, lost doorbells and interrupts, removal while I/O
# runs, hot-unplug.  What the guest wrote is compared once more by the host.
#
#   knvme.sh [KERNEL-RELEASE | BUILD-DIRECTORY]
#
# Default: the newest 6.12 that has an image in /boot.  A build directory, say of a
# kernel with KASAN and lockdep, must have bzImage and what modules are built with;
# what its kernel lacks (ext4, hot-plug, suspend) is then left out, and said so.
#
# VM_TIMEOUT: seconds for the boot (600); VM_SIZE_MB: size of the disks (64).
#
# Needs: qemu-system-x86, busybox-static, e2fsprogs, kmod, cpio,
# linux-image-6.12-amd64 and its headers.  Exit 0: passed; 1: failed; 77: something
# that is needed is not here.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(cd "$here/../.." && pwd)
seconds=${VM_TIMEOUT:-600}
size=${VM_SIZE_MB:-64}

skip() { printf 'knvme.sh: skipped: %s\n' "$*" >&2; exit 77; }

release=${1:-$(find /boot -maxdepth 1 -name 'vmlinuz-6.12.*' -printf '%f\n' | sort -V |
	sed -n 's/^vmlinuz-//;$p')}
[ -n "$release" ] || skip "no /boot/vmlinuz-6.12.*: install linux-image-6.12-amd64"
if [ -d "$release" ]; then
	headers=$(readlink -f "$release")
	kernel=$headers/arch/x86/boot/bzImage
	release=
else
	headers=/lib/modules/$release/build
	kernel=/boot/vmlinuz-$release
fi
[ -r "$kernel" ] || skip "no $kernel"
[ -d "$headers" ] || skip "no $headers: install linux-headers-$release"
busybox=$(command -v busybox) || skip "no busybox: install busybox-static"
PATH=$PATH:/usr/sbin:/sbin
for tool in qemu-system-x86_64 cpio make gcc modprobe ldd mkfs.ext4 e2fsck; do
	command -v "$tool" >/dev/null || skip "no $tool"
done
# Debian's other busybox package needs libraries that the image lacks.
if ldd "$busybox" >/dev/null 2>&1; then
	skip "$busybox is not static: install busybox-static"
fi

work=$(mktemp -d)
follower=
trap '[ -z "$follower" ] || kill "$follower" 2>/dev/null || true; rm -rf "$work"' EXIT

# A program of this machine with the libraries that it needs.
add_program() { # NAME
	local path lib
	path=$(readlink -f "$(command -v "$1")")
	cp "$path" "$work/rootfs/sbin/$1"
	for lib in $(ldd "$path" | grep -o '/[^ ]*'); do
		mkdir -p "$work/rootfs$(dirname "$lib")"
		cp -L "$lib" "$work/rootfs$lib"
	done
}

# ext4 and what it depends on, unpacked, in the order in which they are loaded.
add_ext4() {
	local file n=0
	for file in $(modprobe --set-version "$release" --show-depends ext4 | awk '/^insmod/ { print $2 }'); do
		n=$((n + 1))
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -qdc "$file" ;;
		*) cat "$file" ;;
		esac >"$work/rootfs/modules/$(printf %02d $n)-$(basename "${file%.ko*}").ko"
	done
}

build_module() {
	cp -r "$root/drivers/nvme/knvme" "$work/module"
	if ! make -C "$headers" M="$work/module" modules >"$work/make.log" 2>&1; then
		cat "$work/make.log" >&2
		printf 'knvme.sh: the module does not build\n' >&2
		exit 1
	fi
}

make_image() {
	mkdir -p "$work"/rootfs/{bin,sbin,dev,proc,sys,tmp,mnt,modules}
	cp "$busybox" "$work/rootfs/bin/busybox"
	cp "$work/module/knvme.ko" "$work/rootfs/knvme.ko"
	cp "$here/knvme-guest.sh" "$work/rootfs/init"
	chmod +x "$work/rootfs/init"
	add_program mkfs.ext4
	add_program e2fsck
	[ -z "$release" ] || add_ext4
	(cd "$work/rootfs" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/initrd.gz"
}

# The guest asks by a line on its console for what only the host can do.
follow() {
	local answered=0 line
	while sleep 1; do
		while read -r line; do
			answered=$((answered + 1))
			case $line in
			*unplug) echo "device_del hot" ;;
			*plug) echo "device_add nvme,id=hot,serial=hot,drive=hot,bus=port1" ;;
			esac
		done < <(tr -d '\r' <"$work/log" | sed -n 's/^HOST: //p' | tail -n +$((answered + 1)))
	done >"$work/monitor.in"
}

# KVM is not everywhere, and hangs in some nested machines: emulate.
boot() {
	mkfifo "$work/monitor.in" "$work/monitor.out"
	cat "$work/monitor.out" >"$work/monitor.log" &
	: >"$work/log"
	follow </dev/null >/dev/null 2>&1 &
	follower=$!
	timeout "$seconds" qemu-system-x86_64 -machine q35 -accel tcg -cpu max -smp 2 -m 768 \
		-nographic -no-reboot -nodefaults -serial stdio -monitor "pipe:$work/monitor" \
		-device pcie-root-port,id=port0,chassis=1 -device pcie-root-port,id=port1,chassis=2 \
		-drive "file=$work/target,format=raw,if=none,id=target,discard=unmap" \
		-drive "file=$work/source,format=raw,if=none,id=source" \
		-drive "file=$work/hot,format=raw,if=none,id=hot" \
		-device nvme,id=first,serial=klint-0001,bus=port0 \
		-device nvme-ns,drive=target,bus=first,nsid=1 \
		-device nvme-ns,drive=source,bus=first,nsid=3 \
		-kernel "$kernel" -initrd "$work/initrd.gz" \
		-append "console=ttyS0 panic=-1 rdinit=/init quiet slab_debug=FZPU page_poison=1" \
		</dev/null >"$work/log" 2>&1 || true
}

fail() {
	tail -40 "$work/log" >&2
	printf 'knvme.sh: failed (%s)\n' "$*" >&2
	exit 1
}

build_module
make_image
truncate -s "${size}M" "$work/target"
truncate -s 16M "$work/hot"
dd if=/dev/urandom of="$work/source" bs=1M count="$size" status=none
boot
tr -d '\r' <"$work/log" | grep -o 'VM: .*' | grep -v '^VM: PASS$' || true
tr -d '\r' <"$work/log" | grep -q 'VM: PASS$' || fail "no PASS within $seconds s"
# The guest's last act is to copy the one to the other.
cmp "$work/source" "$work/target" >&2 || fail "the image is not what the guest wrote"
echo "VM: PASS"
