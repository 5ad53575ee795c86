#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The end of kokoro/build.sh: a table, out/summary.json, one last line.

Counted are the tests of the stages that have some (their JUnit files) and
each other stage as one. A stage of tests that leaves no result, or failed
although no test did, counts as one failure: nothing gets lost.
"""

import json
import sys
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from pathlib import Path

JUNIT = {
    "unit": ("unit-asan.xml", "unit-tsan.xml"),
    "tools": ("tools.xml",),
    "scenarios": ("scenarios.xml",),
}
REPORTS = {
    "unit": "out/junit/unit-*.log",
    "scenarios": "out/test/",
    "coverage": "out/coverage/index.html",
}


@dataclass
class Stage:
    """One stage: how long, how it ended, how many tests ended how."""

    name: str
    seconds: float
    code: int
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def count_junit(stage: Stage, path: Path) -> None:
    """Add the tests of a JUnit file; a missing or empty one is a failure."""
    try:
        cases = list(ET.parse(path).getroot().iter("testcase"))
    except (OSError, ET.ParseError):
        cases = []
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            stage.failed += 1
        elif "skipped" in kinds:
            stage.skipped += 1
        else:
            stage.passed += 1
    stage.failed += not cases


def read_stage(line: str, junit: Path) -> Stage:
    """A line of the list of stages, with its counts."""
    name, begin, end, code = line.split("\t")
    stage = Stage(name, round(float(end) - float(begin), 1), int(code))
    if name not in JUNIT:
        stage.passed, stage.failed = int(code == "0"), int(code != "0")
        return stage
    for file in JUNIT[name]:
        count_junit(stage, junit / file)
    if stage.code and not stage.failed:
        stage.failed = 1
    return stage


def table(stages: list[Stage]) -> None:
    """The stages for people."""
    print(f"\n  {'stage':<12}{'time':>8}{'passed':>9}", end="")
    print(f"{'failed':>9}{'skipped':>9}  report")
    for stage in stages:
        print(f"  {stage.name:<12}{stage.seconds:>6.1f} s", end="")
        for number in (stage.passed, stage.failed, stage.skipped):
            print(f"{number:>9}", end="")
        print("  " + REPORTS.get(stage.name, f"out/ci/{stage.name}.log"))
    seconds = sum(stage.seconds for stage in stages)
    print(f"  {'all':<12}{seconds:>6.1f} s\n")


def main(out: Path) -> int:
    """Prints and writes the sums; 1 when anything failed."""
    listed = (out / "ci/stages").read_text(encoding="utf-8").splitlines()
    stages = [read_stage(line, out / "junit") for line in listed]
    passed = sum(stage.passed for stage in stages)
    failed = sum(stage.failed for stage in stages)
    skipped = sum(stage.skipped for stage in stages)
    table(stages)
    summary = {
        "passed": passed,
        "failed": failed,
        "skipped": skipped,
        "seconds": round(sum(stage.seconds for stage in stages), 1),
        "stages": [asdict(stage) for stage in stages],
    }
    text = json.dumps(summary, indent=2)
    (out / "summary.json").write_text(text + "\n", encoding="utf-8")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or any(stage.code for stage in stages) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
