#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# make setup: installs the Debian packages of kokoro/packages.txt that are
# missing, then fetches Debian's arm64 kernel, busybox and libfdt to out/cache.
# With everything in place it says nothing, needs no network and no root.
# See docs/dependencies.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
root=${here%/*}
out=$root/out

# Packages of the list that dpkg does not report as installed.
missing_packages() {
	local -A have=()
	local status name
	mapfile -t wanted < <(sed -E 's/[[:space:]]*#.*//; /^$/d' \
		"$here/packages.txt")
	while read -r status name; do
		[[ $status != installed ]] || have[$name]=1
	done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' \
		"${wanted[@]}" 2>/dev/null || true)
	for name in "${wanted[@]}"; do
		[[ -n ${have[$name]:-} ]] || printf '%s\n' "$name"
	done
}

# Installs what was named, or ends with one line.
install_packages() {
	local log=$out/setup.log
	local -a apt=(apt-get -q -y -o DPkg::Lock::Timeout=120)
	export DEBIAN_FRONTEND=noninteractive
	say "installing ${#} Debian packages: $*"
	say "this takes a minute or two; the log is $log"
	"${apt[@]}" update >"$log" 2>&1 ||
		die "apt-get update failed (network?), see $log"
	"${apt[@]}" install --no-install-recommends "$@" >>"$log" 2>&1 ||
		die "apt-get install failed (network?), see $log"
}

# QEMU that can run us: there, and not older than 7.2.
check_qemu() {
	local qemu=${QEMU:-qemu-system-aarch64} version
	command -v "$qemu" >/dev/null ||
		die "no $qemu: install qemu-system-arm, or set QEMU=<path>"
	version=$("$qemu" --version 2>/dev/null | head -n 1) ||
		die "$qemu does not run: install qemu-system-arm"
	[[ $version =~ version\ ([0-9]+)\.([0-9]+) ]] ||
		die "$qemu tells no version: $version"
	((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 702)) ||
		die "QEMU is ${BASH_REMATCH[1]}.${BASH_REMATCH[2]}, 7.2 or" \
			"newer is needed: install qemu-system-arm of Debian 12"
}

command -v dpkg-query >/dev/null ||
	die "this is no Debian: see docs/dependencies.md for what is needed"
writable "$out"
mapfile -t missing < <(missing_packages)
if ((${#missing[@]})); then
	((EUID == 0)) ||
		die "missing packages; as root:" \
			"apt-get install --no-install-recommends ${missing[*]}"
	install_packages "${missing[@]}"
fi
check_qemu
"$here/linux.sh" "$out/cache"
"$here/modules.sh" fetch "$out/cache" "$out"
