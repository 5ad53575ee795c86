#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# linux.sh CACHE: fetches Debian's arm64 cloud kernel, busybox and libfdt into
# CACHE and packs the initramfs, unless they are there. apt runs with a private
# configuration made from the machine's own Debian sources, so it needs neither
# root nor arm64 as a foreign architecture, and verifies Debian's signatures.
# See docs/dependencies.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
[[ $# -eq 1 ]] || die "usage: linux.sh CACHE"
cache=$1
init=${here%/*}/testvms/linux/init.sh
image=$cache/linux/Image
initrd=$cache/linux/initrd.cpio.gz
busybox=$cache/arm64/bin/busybox
libfdt=$cache/arm64/lib/libfdt.a

# Everything is there, and the initramfs is newer than what it is made of.
is_complete() {
	[[ -s $image && -s $busybox && -s $libfdt && -s $initrd &&
		! $init -nt $initrd && ! $busybox -nt $initrd ]]
}

# apt with our own lists, sources and cache; ARGS as for apt-get or apt-cache.
private_apt() {
	local tool=$1
	shift
	"$tool" -q \
		-o Dir::Etc::SourceList=/dev/null \
		-o Dir::Etc::SourceParts="$apt/sources" \
		-o Dir::State::Lists="$apt/lists" \
		-o Dir::Cache="$apt/cache" \
		-o APT::Architectures="$(dpkg --print-architecture),arm64" \
		-o Acquire::Languages=none \
		-o APT::Update::Post-Invoke::= \
		-o APT::Update::Post-Invoke-Success::= \
		-o APT::Sandbox::User="$(id -un)" \
		"$@"
}

# The kernel that the meta package stands for: prints its package name.
kernel_package() {
	private_apt apt-cache depends linux-image-cloud-arm64:arm64 |
		sed -nE 's/.*Depends: (linux-image-[^: ]+).*/\1/p' | head -n 1
}

# Downloads one arm64 package and unpacks it below $apt/root/NAME.
fetch() {
	local name=$1 log=$apt/log
	say "fetching $name (arm64)"
	rm -f "$apt/debs/$name"_*.deb
	(cd "$apt/debs" && private_apt apt-get download "$name:arm64") \
		>>"$log" 2>&1 ||
		die "cannot fetch $name:arm64 (network?), see $log"
	rm -rf "$apt/root/$name"
	dpkg-deb -x "$apt/debs/$name"_*.deb "$apt/root/$name"
	rm -f "$apt/debs/$name"_*.deb
}

# Takes FILE to its place in one step, so a broken run leaves no half of it.
place() {
	mkdir -p "${2%/*}"
	cp -f "$1" "$2.new"
	touch "$2.new"
	mv -f "$2.new" "$2"
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

# One archive from init.sh and busybox; same inputs, same bits.
pack_initrd() {
	local tree=$cache/linux/tree
	rm -rf "$tree"
	mkdir -p "$tree"/{bin,dev,etc,proc,sys,tmp,root}
	cp "$init" "$tree/init"
	cp "$busybox" "$tree/bin/busybox"
	chmod 0755 "$tree/init" "$tree/bin/busybox"
	(cd "$tree" && find . -exec touch -h -d @0 {} + &&
		find . -print0 | LC_ALL=C sort -z |
		cpio -0 -o -H newc --quiet -R 0:0 --reproducible) |
		gzip -n -9 >"$initrd.new"
	rm -rf "$tree"
	mv -f "$initrd.new" "$initrd"
}

! is_complete || exit 0
writable "$cache"
apt=$cache/apt
mkdir -p "$apt"/{sources,lists/partial,cache/archives/partial,debs,root}
exec 9>"$cache/lock"
flock 9
! is_complete || exit 0
if [[ ! -s $image || ! -s $busybox || ! -s $libfdt ]]; then
	: >"$apt/log"
	/usr/bin/python3 "$here/sources.py" >"$apt/sources/debian.sources" ||
		die "found no Debian archive in your apt sources"
	say "reading the package lists for arm64"
	private_apt apt-get -o APT::Update::Error-Mode=any update \
		>>"$apt/log" 2>&1 ||
		die "cannot read the package lists (network?), see $apt/log"
	[[ -s $image ]] || fetch_kernel
	[[ -s $busybox ]] || fetch_busybox
	[[ -s $libfdt ]] || fetch_libfdt
fi
pack_initrd
rm -rf "$apt/lists" "$apt/cache" "$apt/root"
say "Debian arm64 kernel and initramfs are in $cache/linux"
