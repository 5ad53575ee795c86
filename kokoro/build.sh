#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# All that this project checks about itself, stage by stage; a failed stage does
# not keep the others from running. See docs/ci.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
cd "$here/.."
out=$PWD/out
stages=(setup build check unit tools scenarios coverage)

usage() {
	cat <<-END
		usage: build.sh [--help] [STAGE...]

		Runs these stages, or only the named ones:
		  setup      installs and fetches what is missing, else nothing
		  build      hypervisor, test VMs and host tests, gcc and clang
		  check      style, floors, limits, spelling, types
		  unit       host unit tests: ASan with UBSan, then TSan
		  tools      tests of harness, checks and coverage, without QEMU
		  scenarios  every scenario in QEMU, two at a time
		  coverage   host tests under gcov against the minimum

		Exit code 0 when all is well, 1 when anything failed, 2 on wrong
		use. The last line is \`N passed, N failed, N skipped\`: every
		test of the stages unit, tools and scenarios, and each other
		stage as one. Details: out/summary.json, out/junit/, out/ci/.
	END
}

# pytest ARGS...: from the harness folder, two at a time.
run_pytest() {
	(cd harness && /usr/bin/python3 -m pytest -q -n 2 "$@")
}

stage_setup() { "$here/setup.sh"; }
stage_build() { make -j2 -k all out/host/{asan,tsan,cov}/unit; }
stage_check() { make check; }
stage_unit() { make unit; }
stage_tools() {
	run_pytest --junit-xml="$out/junit/tools.xml" \
		tests checks/tests ../coverage/tests ../kokoro/tests
}
stage_scenarios() {
	make -j2 all >"$out/ci/images.log" 2>&1 ||
		die "the images do not build, see $out/ci/images.log"
	rm -f "$out/test/complete"
	run_pytest --junit-xml="$out/junit/scenarios.xml" scenarios
	ln -sfn "$(readlink "$out/test/latest")" "$out/test/complete"
}
stage_coverage() { make -j2 coverage; }

# run_stage NAME: output to the terminal and to a log; the end to a list. The
# compiler's many lines are shown only when something is wrong.
run_stage() {
	local name=$1 code=0 begin=$EPOCHREALTIME log=$out/ci/$1.log
	say "$name"
	if [[ $name == build ]]; then
		(stage_build) >"$log" 2>&1 || code=$?
		((code == 0)) || grep -E 'error|Error|warning' "$log" ||
			tail -n 20 "$log"
	else
		"stage_$name" 2>&1 | tee "$log" || code=$?
	fi
	printf '%s\t%s\t%s\t%d\n' "$name" "$begin" "$EPOCHREALTIME" "$code" \
		>>"$out/ci/stages"
}

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
	usage
	exit 0
fi
for name in "$@"; do
	[[ " ${stages[*]} " == *" $name "* ]] || {
		say "error: no stage $name; there are: ${stages[*]}" >&2
		exit 2
	}
done
writable "$out"
rm -rf "$out/ci" "$out/junit" "$out/summary.json"
mkdir -p "$out/ci" "$out/junit"
trap 'exit 130' INT TERM
# What every stage stands on; without it there is nothing to run.
"$here/setup.sh"
for name in "${stages[@]}"; do
	[[ $# -eq 0 || " $* " == *" $name "* ]] || continue
	run_stage "$name"
done
exec /usr/bin/python3 "$here/summary.py" "$out"
