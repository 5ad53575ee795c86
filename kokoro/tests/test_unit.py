# SPDX-License-Identifier: BSD-3-Clause
"""A run of host tests is judged by its records, and nothing gets lost."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hfh.console import split  # noqa: E402
from hfh.protocol import events  # noqa: E402

import unit  # noqa: E402

GOOD = ["plan 2", "start a.b", "end a.b pass", "start a.c", "skip no"]
GOOD += ["end a.c skip", "finished 2"]


def judge(records: list[str], code: int, between: str = "") -> unit.Report:
    """What unit.py makes of these records and this exit status."""
    lines = [f"[hft 7 {n}] {text}" for n, text in enumerate(records)]
    raw = f"\n{between}\n".join(lines) + "\n"
    console = split(raw.encode(), demux=False)
    report = unit.read(events(console, nonce="7", judge=0), code)
    unit.explain(report, console, "7")
    return report


def test_a_good_run() -> None:
    report = judge(GOOD, 0)
    assert (report.count("pass"), report.failed, report.count("skip")) == (
        *(1, 0),
        1,
    )


def test_a_failed_test() -> None:
    records = ["plan 1", "start a.b", "fail f.c:1: no", "end a.b fail"]
    report = judge([*records, "finished 1"], 1)
    assert report.failed == 1 and report.errors == []
    assert report.outcomes[0].text == ["f.c:1: no"]


def test_a_test_without_end_is_a_crash() -> None:
    report = judge(["plan 1", "start a.b"], -11)
    assert report.outcomes[0].verdict == "crash"
    assert report.errors == ["the run did not finish, exit status -11"]


def test_silence_is_a_failure() -> None:
    assert judge([], 0).failed == 1


def test_fewer_tests_than_planned() -> None:
    report = judge(["plan 3", *GOOD[1:]], 0)
    assert report.errors == ["planned [3], ran 2"]


def test_a_lost_record() -> None:
    lines = b"[hft 7 0] plan 0\n[hft 7 2] finished 0\n"
    found = events(split(lines, demux=False), nonce="7", judge=0)
    assert unit.read(found, 0).errors[0] == "record 2 where 1 was due"


def test_an_exit_status_that_contradicts() -> None:
    report = judge(GOOD, 1)
    assert report.errors == ["exit status 1 contradicts the verdicts"]


def test_another_nonce_is_just_text() -> None:
    lines = b"[hft 8 0] plan 1\n[hft 8 1] start a.b\n[hft 8 2] end a.b pass\n"
    found = events(split(lines, demux=False), nonce="7", judge=0)
    assert unit.read(found, 0).failed == 1


def test_what_a_sanitizer_says_goes_to_its_test() -> None:
    report = judge(GOOD, 0, "x.c:1:1: runtime error: shift")
    said = "x.c:1:1: runtime error: shift"
    assert said in report.outcomes[0].text


def test_junit_has_a_case_for_each_test(tmp_path: Path) -> None:
    file = tmp_path / "junit" / "x.xml"
    unit.write_junit(judge(GOOD, 1), "unit-asan", 1.0, file)
    text = file.read_text(encoding="utf-8")
    assert text.count("<testcase") == 3
    assert text.count("<failure") == 1 and text.count("<skipped") == 1
