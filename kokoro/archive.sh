# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Packages of the Debian archive that this machine uses, arm64 ones too, without
# root: apt with a private configuration below $apt, made from the machine's own
# sources; it verifies Debian's signatures. Sourced behind say.sh, not run.
# See docs/dependencies.md.

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

# open_archive DIR: reads the package lists; what follows is kept below DIR.
open_archive() {
	apt=$1
	mkdir -p "$apt"/{sources,lists/partial,cache/archives/partial,debs,root}
	: >"$apt/log"
	/usr/bin/python3 "${BASH_SOURCE[0]%/*}/sources.py" >"$apt/sources/debian.sources" ||
		die "found no Debian archive in your apt sources"
	say "reading the package lists for arm64"
	private_apt apt-get -o APT::Update::Error-Mode=any update \
		>>"$apt/log" 2>&1 ||
		die "cannot read the package lists (network?), see $apt/log"
}

close_archive() {
	rm -rf "$apt/lists" "$apt/cache" "$apt/root"
}

# download NAME [:ARCH]: prints the path of the package's file.
download() {
	local name=$1 arch=${2:-}
	rm -f "$apt/debs/$name"_*.deb
	(cd "$apt/debs" && private_apt apt-get download "$name$arch") \
		>>"$apt/log" 2>&1 || return 1
	printf '%s\n' "$apt/debs/$name"_*.deb
}

# Downloads one arm64 package and unpacks it below $apt/root/NAME.
fetch() {
	local name=$1 deb
	say "fetching $name (arm64)"
	deb=$(download "$name" :arm64) ||
		die "cannot fetch $name:arm64 (network?), see $apt/log"
	rm -rf "$apt/root/$name"
	dpkg-deb -x "$deb" "$apt/root/$name"
	rm -f "$deb"
}

# Takes FILE to its place in one step, so a broken run leaves no half of it.
place() {
	mkdir -p "${2%/*}"
	cp -f "$1" "$2.new"
	touch "$2.new"
	mv -f "$2.new" "$2"
}

# pack_initramfs DIR FILE: the tree as cpio and gzip; same inputs, same bits.
pack_initramfs() {
	(cd "$1" && find . -exec touch -h -d @0 {} + &&
		find . -print0 | LC_ALL=C sort -z |
		cpio -0 -o -H newc --quiet -R 0:0 --reproducible) |
		gzip -n -9 >"$2.new"
	mv -f "$2.new" "$2"
}
