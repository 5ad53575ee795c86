#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""make coverage: what the host tests reach, per floor, against the minimum.

Runs out/host/cov/unit, collects with lcov (children of a test merge into the
same counters), leaves out/coverage/index.html and summary.json. Tests, hftest
and system headers do not count; the fake machine has a row but no part in the
sum, since it is equipment of the tests. The other branch of a CHECK() is our
own bug, which no test can cause: these branches are left out.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import answers
import minimum
import tracefile
from tracefile import FAKE, FLOORS, KINDS, Counts, by_floor

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "out/host/cov"
REPORT = ROOT / "out/coverage"
NOTED = REPORT / "answers.txt"
SCENARIOS = ROOT / "out/test/complete"
IMAGES = ROOT / "out/qemu_virt/gcc"
REASONS = ROOT / "coverage/answers.toml"
LEAST = ROOT / "coverage/minimum.toml"
BRANCHES = "lcov_branch_coverage=1"
NO_BRANCHES = r"lcov_excl_br_line=LCOV_EXCL_BR_LINE|\bCHECK\("
LCOV = ["lcov", "-q", "--rc", BRANCHES, "--rc", NO_BRANCHES]


def call(*command: str) -> None:
    """Run a tool quietly; what it said is shown when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise SystemExit(
            f"coverage: no {command[0]}: run `make setup`"
        ) from None
    if done.returncode:
        print(done.stdout[-2000:], end="")
        raise SystemExit(f"coverage: {command[0]} failed")


def run_tests() -> bool:
    """Run all tests with fresh counters; true when they passed."""
    for old in [*BUILD.rglob("*.gcda"), *tracefile.orphans(BUILD, ROOT)]:
        old.unlink()
    unit = ROOT / "kokoro/unit.py"
    junit = ROOT / "out/junit/unit-cov.xml"
    command = [str(unit), str(BUILD / "unit"), "--suite", "unit-cov"]
    command += ["--junit", str(junit)]
    REPORT.mkdir(parents=True, exist_ok=True)
    NOTED.unlink(missing_ok=True)
    env = os.environ | {"HFTEST_ANSWERS": str(NOTED)}
    return subprocess.run(command, check=False, env=env).returncode == 0


def run_is_of_these_images() -> bool:
    """Did the last complete run of the scenarios have what is built now?"""
    built = (image.stat().st_mtime for image in IMAGES.rglob("*.bin"))
    return SCENARIOS.lstat().st_mtime >= max(built, default=0)


def see_vms(table: answers.Table, known: dict[int, str]) -> list[str]:
    """Add what the VMs saw, if there was a run; whom to judge."""
    if not SCENARIOS.is_dir():
        print("coverage: VMs are not judged: no complete run of scenarios yet")
        return ["host"]
    table.seen["VMs"] = answers.of_vms(SCENARIOS, known)
    if run_is_of_these_images():
        return ["host", "VMs"]
    print("coverage: VMs are not judged: built since the run of scenarios")
    return ["host"]


def calls_and_codes() -> list[str]:
    """Print how many tests saw each code of each call; what is wrong with it.

    The VMs' part is of the last complete run of the scenarios, if there is one.
    """
    known = answers.ids(ROOT)
    table = answers.Table(
        answers.rows(ROOT),
        answers.contracts(ROOT),
        {"host": answers.of_host(NOTED, known)},
        answers.reasons(REASONS),
    )
    judged = see_vms(table, known)
    print(f"coverage: tests that saw a code of a call: {'/'.join(table.seen)}")
    print("\n".join(f"  {line}" for line in answers.lines(table)))
    table.seen = {name: table.seen[name] for name in judged}
    return list(answers.problems(table))


def collect() -> Path:
    """The tracefile of the hypervisor, files never reached included."""
    REPORT.mkdir(parents=True, exist_ok=True)
    info, none = REPORT / "hafnium.info", REPORT / "none.info"
    here = ["-d", str(BUILD / "hafnium"), "-b", str(ROOT), "--no-external"]
    call(*LCOV, "-c", "-i", *here, "-o", str(none))
    call(*LCOV, "-c", *here, "-o", str(info))
    call(*LCOV, "-a", str(none), "-a", str(info), "-o", str(info))
    wanted = [f"{ROOT}/hafnium/src/*", f"{ROOT}/hafnium/inc/*"]
    call(*LCOV, "-e", str(info), *wanted, "-o", str(info))
    none.unlink()
    return info


def html(info: Path) -> None:
    """The pages that people read."""
    for old in REPORT.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    call(
        *("genhtml", "-q", "--rc", "genhtml_branch_coverage=1"),
        *("--title", "Hafnium, host tests", "--legend"),
        *("-p", str(ROOT), "-o", str(REPORT), str(info)),
    )


def table(floors: dict[str, Counts], total: Counts) -> None:
    """The summary for people."""
    print(f"  {'':<11}" + "".join(f"{kind:>20}" for kind in KINDS))
    for name, counts in [*floors.items(), ("total", total)]:
        cells = (
            f"{counts.percent(k):>7.1f} % {counts.hit[k]:>4}/{counts.all[k]:<5}"
            for k in KINDS
        )
        note = "  (not in the total)" if name == FAKE else ""
        print(f"  {name:<11}" + "".join(cells) + note)


def main() -> int:
    """Run, report, compare; 1 when tests fail or a figure is too low."""
    parser = argparse.ArgumentParser(description="Coverage of host tests.")
    parser.add_argument("--update", action="store_true", help="raise minimum")
    update = parser.parse_args().update
    passed = run_tests()
    info = collect()
    html(info)
    floors = by_floor(info.read_text(encoding="utf-8"))
    total = Counts()
    for name in FLOORS:
        total.add(floors[name])
    table(floors, total)
    now = {n: {k: c.percent(k) for k in KINDS} for n, c in floors.items()}
    now["total"] = {k: total.percent(k) for k in KINDS}
    summary = now["total"] | {"floors": {n: now[n] for n in FLOORS}}
    file = REPORT / "summary.json"
    text = json.dumps(summary | {"fake": now[FAKE]}, indent=2)
    file.write_text(text + "\n", encoding="utf-8")
    now.pop(FAKE)
    least = minimum.read(LEAST)
    low = minimum.below(least, now)
    for line in low:
        print(f"coverage: too low: {line}")
    if update and passed:
        minimum.write(LEAST, minimum.raised(least, now))
        print(f"coverage: raised {LEAST.relative_to(ROOT)}")
    wrong = calls_and_codes()
    for line in wrong:
        print(f"coverage: {line}")
    print(f"coverage: the report is {REPORT / 'index.html'}")
    return 0 if passed and not low and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
