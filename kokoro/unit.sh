#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# unit.sh HOST [GLOB]: host unit tests, the build under HOST/asan and then the
# one under HOST/tsan; JUnit in out/junit/. See docs/ci.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
[[ $# -ge 1 ]] || die "usage: unit.sh HOST [GLOB]"
host=$1
glob=${2:-*}
junit=${host%/*}/junit
writable "$junit"
code=0
for build in asan tsan; do
	"$here/unit.py" "$host/$build/unit" --suite "unit-$build" \
		--run "$glob" --junit "$junit/unit-$build.xml" || code=$?
done
exit "$code"
