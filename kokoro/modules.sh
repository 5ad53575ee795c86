#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# modules.sh fetch|build CACHE OUT: the mainline FF-A driver and our own client
# of it as modules for the Debian kernel that linux.sh has fetched. fetch: the
# headers and the driver's source to CACHE/linux/modules, unless they are there.
# build: OUT/linux/ffa.cpio.gz, linux.sh's initramfs with the modules. What
# cannot be fetched is no error: OUT/linux/ffa.skip then says why, and scenarios
# that need it are skipped. See docs/dependencies.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
# shellcheck source=kokoro/archive.sh
source "$here/archive.sh"
[[ $# -eq 3 && ($1 == fetch || $1 == build) ]] ||
	die "usage: modules.sh fetch|build CACHE OUT"
mkdir -p "$3/linux"
cache=$(realpath "$2")/linux
out=$(realpath "$3")/linux
kit=$cache/modules
client=${here%/*}/testvms/linux/ffa_client
# linux-image-6.1.0-18-cloud-arm64: release 6.1.0-18-cloud-arm64, series 6.1
image=$(<"$cache/package")
release=${image#linux-image-}
series=$(cut -d. -f1,2 <<<"$release")
common=${release%%-cloud-*}-common

# What scenarios print instead of running.
skip() {
	mkdir -p "$out"
	printf '%s\n' "$*" >"$out/ffa.skip"
	rm -f "$out/ffa.cpio.gz"
	say "skipped: $*"
}

# unpack NAME [:ARCH]: into the new kit.
unpack() {
	local deb
	say "fetching $1"
	deb=$(download "$@") || return 1
	dpkg-deb -x "$deb" "$kit.new"
	rm -f "$deb"
}

# The driver and its header alone, out of the archive in the package; that may be
# a little newer than the headers, so the header goes where it is looked for.
unpack_driver() {
	local name=linux-source-$series deb
	say "fetching $name for drivers/firmware/arm_ffa"
	deb=$(download "$name") || return 1
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$name.tar.xz" |
		tar -xJ -C "$kit.new" --strip-components=1 \
			"$name/drivers/firmware/arm_ffa" \
			"$name/include/linux/arm_ffa.h"
	rm -f "$deb"
	mv "$kit.new/drivers/firmware/arm_ffa" "$kit.new"
	mv "$kit.new/include/linux/arm_ffa.h" \
		"$kit.new/usr/src/linux-headers-$common/include/linux"
	rm -r "$kit.new/drivers" "$kit.new/include"
}

# The kit may lie anywhere: Debian's headers name their other half absolutely.
relocate() {
	local base=$kit.new/usr/src
	# shellcheck disable=SC2016 # for make, not for this shell
	printf 'include $(dir $(lastword $(MAKEFILE_LIST)))%s\n' \
		"../linux-headers-$common/Makefile" \
		>"$base/linux-headers-$release/Makefile"
}

fetch_kit() {
	rm -rf "$kit" "$kit.new"
	mkdir -p "$kit.new"
	apt=${cache%/*}/apt
	(open_archive "$apt") || return 1
	unpack "linux-headers-$release" :arm64 &&
		unpack "linux-headers-$common" &&
		unpack "linux-kbuild-$series" &&
		unpack_driver || return 1
	relocate
	close_archive
	printf '%s\n' "$release" >"$kit.new/release"
	mv "$kit.new" "$kit"
}

has_kit() {
	[[ -f $kit/release && $(<"$kit/release") == "$release" ]]
}

# build_module DIR FLAGS...: every module of DIR, which is below $work.
build_module() {
	local dir=$1
	shift
	make -s -C "$kit/usr/src/linux-headers-$release" M="$dir" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- "$@" modules \
		>>"$work/log" 2>&1 ||
		{ cat "$work/log" >&2 && die "$dir does not build"; }
}

build_modules() {
	local work=$out/modules config
	config="-DCONFIG_ARM_FFA_TRANSPORT_MODULE=1 -DCONFIG_ARM_FFA_SMCCC=1"
	rm -rf "$work"
	mkdir -p "$work/tree/lib/modules"
	cp -r "$kit/arm_ffa" "$client" "$work"
	build_module "$work/arm_ffa" CONFIG_ARM_FFA_TRANSPORT=m \
		CONFIG_ARM_FFA_SMCCC=y KCFLAGS="$config"
	build_module "$work/ffa_client" KCFLAGS="$config -Werror" \
		KBUILD_EXTRA_SYMBOLS="$work/arm_ffa/Module.symvers"
	for module in "$work"/{arm_ffa,ffa_client}/*.ko; do
		aarch64-linux-gnu-strip -g \
			-o "$work/tree/lib/modules/${module##*/}" "$module"
	done
	pack_initramfs "$work/tree" "$work/modules.cpio.gz"
	cat "$cache/initrd.cpio.gz" "$work/modules.cpio.gz" >"$out/ffa.new"
	mv "$out/ffa.new" "$out/ffa.cpio.gz"
	rm -f "$out/ffa.skip"
}

is_built() {
	[[ -s $out/ffa.cpio.gz && ! $kit/release -nt $out/ffa.cpio.gz &&
		! $cache/initrd.cpio.gz -nt $out/ffa.cpio.gz &&
		-z $(find "$client" -newer "$out/ffa.cpio.gz") ]]
}

if [[ $1 == fetch ]]; then
	exec 9>"${cache%/*}/lock"
	flock 9
	has_kit || fetch_kit ||
		skip "cannot fetch headers and source of $image (network?)"
elif has_kit; then
	exec 9>"$out/lock"
	flock 9
	is_built || build_modules
elif [[ ! -f $out/ffa.skip ]]; then
	skip "no headers and source of $image: run make setup"
fi
