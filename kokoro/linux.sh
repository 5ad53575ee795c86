#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# linux.sh CACHE: fetches Debian's arm64 cloud kernel, busybox and libfdt into
# CACHE and packs the initramfs, unless they are there. See docs/dependencies.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
# shellcheck source=kokoro/archive.sh
source "$here/archive.sh"
[[ $# -eq 1 ]] || die "usage: linux.sh CACHE"
cache=$1
init=${here%/*}/testvms/linux/init.sh
secondary=${here%/*}/testvms/linux/secondary.sh
image=$cache/linux/Image
initrd=$cache/linux/initrd.cpio.gz
busybox=$cache/arm64/bin/busybox
libfdt=$cache/arm64/lib/libfdt.a

# Everything is there, and the initramfs is newer than what it is made of.
is_complete() {
	[[ -s $image && -s $busybox && -s $libfdt && -s $initrd &&
		! $init -nt $initrd && ! $secondary -nt $initrd &&
		! $busybox -nt $initrd ]]
}

# The kernel that the meta package stands for: prints its package name.
kernel_package() {
	private_apt apt-cache depends linux-image-cloud-arm64:arm64 |
		sed -nE 's/.*Depends: (linux-image-[^: ]+).*/\1/p' | head -n 1
}

fetch_kernel() {
	local name
	name=$(kernel_package)
	[[ -n $name ]] || die "no linux-image-cloud-arm64 in your Debian sources"
	fetch "$name"
	# A raw arm64 Image has "ARM\x64" at byte 56; nothing else boots.
	[[ $(dd if="$(echo "$apt/root/$name"/boot/vmlinuz-*)" bs=1 skip=56 \
		count=4 status=none) == "ARMd" ]] ||
		die "$name holds no raw arm64 Image"
	place "$(echo "$apt/root/$name"/boot/vmlinuz-*)" "$image"
	printf '%s\n' "$name" >"$cache/linux/package"
	rm -rf "$apt/root/$name"
}

fetch_busybox() {
	fetch busybox-static
	place "$apt/root/busybox-static/bin/busybox" "$busybox"
}

fetch_libfdt() {
	local header
	fetch libfdt-dev
	for header in "$apt"/root/libfdt-dev/usr/include/*.h; do
		place "$header" "$cache/arm64/include/${header##*/}"
	done
	place "$apt/root/libfdt-dev/usr/lib/aarch64-linux-gnu/libfdt.a" "$libfdt"
	check_libfdt
}

# The archive must link into a program without a C library.
check_libfdt() {
	aarch64-linux-gnu-ld -r -u fdt_open_into -u fdt_add_mem_rsv \
		-o "$apt/libfdt.o" "$libfdt" 2>>"$apt/log" ||
		{ rm -f "$libfdt" && die "libfdt.a does not link, see $apt/log"; }
	rm -f "$apt/libfdt.o"
}

# One archive from our scripts and busybox; same inputs, same bits.
pack_initrd() {
	local tree=$cache/linux/tree
	rm -rf "$tree"
	mkdir -p "$tree"/{bin,dev,etc,proc,sys,tmp,root}
	cp "$init" "$tree/init"
	cp "$secondary" "$tree/secondary"
	cp "$busybox" "$tree/bin/busybox"
	chmod 0755 "$tree"/{init,secondary} "$tree/bin/busybox"
	pack_initramfs "$tree" "$initrd"
	rm -rf "$tree"
}

! is_complete || exit 0
writable "$cache"
exec 9>"$cache/lock"
flock 9
! is_complete || exit 0
if [[ ! -s $image || ! -s $busybox || ! -s $libfdt ]]; then
	open_archive "$cache/apt"
	[[ -s $image ]] || fetch_kernel
	[[ -s $busybox ]] || fetch_busybox
	[[ -s $libfdt ]] || fetch_libfdt
	close_archive
fi
pack_initrd
say "Debian arm64 kernel and initramfs are in $cache/linux"
