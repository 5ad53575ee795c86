# SPDX-License-Identifier: BSD-3-Clause
"""The judge's verdict on each recorded console of logs/."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from hfh import console
from hfh.judge import Case, Cause, Ending, Expect, judge
from hfh.records import Run
from hfh.status import NO_VERDICT, Failure, Finding, Status, worst

LOGS = Path(__file__).parent / "logs"
VERDICTS: dict[str, dict[str, Any]] = tomllib.loads(
    (LOGS / "verdicts.toml").read_text("utf-8")
)


def case_of(raw: bytes, entry: dict[str, Any]) -> Case:
    """Return what the judge is given for a recorded console."""
    kind = entry.get("kind", "vm")
    lines = console.split(raw, demux=kind != "el2")
    cause = entry.get("ending", "poweroff")
    expect = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entry.get("expect", {}).items()
    }
    run = Run("mem.map", "3fa9", {"el2": console.HYPERVISOR}.get(kind, 1))
    return Case(
        lines,
        Ending(Cause(cause), f"{cause} text"),
        Expect(**expect),
        run if kind != "boot" else None,
        entry.get("missing", ""),
    )


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict(name: str) -> None:
    """Status, class and text are the recorded ones."""
    entry = VERDICTS[name]
    raw = (LOGS / f"{name}.log").read_bytes()
    verdict = judge(case_of(raw, entry))
    assert verdict.status.value == entry["status"], verdict
    assert verdict.failure.value == entry["failure"], verdict
    texts = [verdict.text, *(f.text for f in verdict.findings)]
    assert any(entry.get("text", "") in text for text in texts), verdict


def test_every_log_has_a_verdict() -> None:
    """No log lies there unjudged."""
    logs = {path.stem for path in LOGS.glob("*.log")}
    assert logs == set(VERDICTS)
    assert len(logs) >= 60


@pytest.mark.parametrize("name", ["pass", "fail", "expected_panic"])
def test_no_prefix_of_a_log_passes(name: str) -> None:
    """A console cut anywhere before its last record is never a PASS."""
    entry = VERDICTS[name]
    raw = (LOGS / f"{name}.log").read_bytes()
    last = raw.rindex(b"finished 1") if b"finished" in raw else len(raw) - 8
    for size in range(last):
        verdict = judge(case_of(raw[:size], entry))
        assert verdict.status.value in ("crash", "fail"), size


def test_no_single_byte_change_turns_a_fail_into_a_pass() -> None:
    """Corruption of a failing run never makes it green."""
    raw = (LOGS / "fail.log").read_bytes()
    for at in range(len(raw)):
        for value in b"\n\r\0 1":
            changed = raw[:at] + bytes([value]) + raw[at + 1 :]
            verdict = judge(case_of(changed, {}))
            assert verdict.status.value not in ("pass", "skip"), at


def test_failing_asserts_are_listed() -> None:
    """All of them, in order, for whoever prints them."""
    raw = (LOGS / "fail_twice.log").read_bytes()
    assert judge(case_of(raw, {})).asserts[:2] == ("a.c:1: x", "a.c:2: y")


def test_no_finding_is_a_crash() -> None:
    """Silence never passes."""
    assert worst([]) == NO_VERDICT
    assert NO_VERDICT.status is Status.CRASH
    assert NO_VERDICT.failure is Failure.VM_CRASH


def test_the_first_of_the_worst_decides() -> None:
    """Order of severity: pass, skip, fail, error, timeout, crash."""
    found = [Finding(status, text=status.value) for status in Status]
    for last in range(1, len(found) + 1):
        assert worst(found[:last]) is found[last - 1]
    twice = [Finding(Status.FAIL, text="a"), Finding(Status.FAIL, text="b")]
    assert worst(twice).text == "a"
