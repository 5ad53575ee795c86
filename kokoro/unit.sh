#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# unit.sh HOST [GLOB]: host unit tests, the builds under HOST/asan and HOST/tsan
# side by side; if all are meant, those of the VMs once more with room for 64.
# JUnit in out/junit/. See docs/ci.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
[[ $# -ge 1 ]] || die "usage: unit.sh HOST [GLOB]"
host=$1
glob=${2:-*}
junit=${host%/*}/junit
writable "$junit"

# run_build NAME: what it says comes in one piece.
run_build() {
	local text code=0
	text=$("$here/unit.py" "$host/$1/unit" --suite "unit-$1" \
		--run "$glob" --junit "$junit/unit-$1.xml") || code=$?
	printf '%s\n' "$text"
	return "$code"
}

code=0
run_build asan &
asan=$!
run_build tsan || code=$?
wait "$asan" || code=$?
if [[ $glob == '*' ]]; then
	many=$host/vms64
	make -s HOST="$many" LIMITS=-DMAX_VMS=64 "$many/asan/unit" &&
		"$here/unit.py" "$many/asan/unit" --suite unit-vms64 \
			--run 'vm_set*' --junit "$junit/unit-vms64.xml" ||
		code=$?
fi
exit "$code"
