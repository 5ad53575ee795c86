# SPDX-License-Identifier: BSD-3-Clause
"""The last line of build.sh counts every test, and every lost one."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import summary  # noqa: E402

CASES = {
    "p": "<testcase/>",
    "f": "<testcase><failure/></testcase>",
    "e": "<testcase><error/></testcase>",
    "s": "<testcase><skipped/></testcase>",
}


def last_line(
    out: Path, stages: dict[str, int], junit: dict[str, str]
) -> tuple[int, dict[str, int]]:
    """Exit code and sums of a run with these stages and JUnit files."""
    (out / "ci").mkdir()
    (out / "junit").mkdir()
    text = "".join(f"{n}\t1.0\t2.5\t{code}\n" for n, code in stages.items())
    (out / "ci/stages").write_text(text, encoding="utf-8")
    for name, kinds in junit.items():
        cases = "".join(CASES[kind] for kind in kinds)
        text = f"<testsuites><testsuite>{cases}</testsuite></testsuites>"
        (out / "junit" / name).write_text(text, encoding="utf-8")
    code = summary.main(out)
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return code, {k: found[k] for k in ("passed", "failed", "skipped")}


def sums(passed: int, failed: int, skipped: int) -> dict[str, int]:
    """The three counts as summary.json has them."""
    return {"passed": passed, "failed": failed, "skipped": skipped}


def test_all_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages = {"build": 0, "tools": 0}
    assert last_line(tmp_path, stages, {"tools.xml": "pps"}) == (
        0,
        sums(3, 0, 1),
    )
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "3 passed, 0 failed, 1 skipped"


def test_a_failed_stage_counts_as_one(tmp_path: Path) -> None:
    assert last_line(tmp_path, {"build": 2}, {}) == (1, sums(0, 1, 0))


def test_errors_are_failures(tmp_path: Path) -> None:
    junit = {"tools.xml": "pfe"}
    assert last_line(tmp_path, {"tools": 1}, junit) == (1, sums(1, 2, 0))


def test_a_missing_result_is_a_failure(tmp_path: Path) -> None:
    junit = {"unit-asan.xml": "pp"}
    assert last_line(tmp_path, {"unit": 0}, junit) == (1, sums(2, 1, 0))


def test_an_empty_result_is_a_failure(tmp_path: Path) -> None:
    junit = {"scenarios.xml": ""}
    assert last_line(tmp_path, {"scenarios": 0}, junit) == (1, sums(0, 1, 0))


def test_a_failed_stage_with_good_tests_is_a_failure(tmp_path: Path) -> None:
    junit = {"tools.xml": "pp"}
    assert last_line(tmp_path, {"tools": 3}, junit) == (1, sums(2, 1, 0))
