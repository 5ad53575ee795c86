# SPDX-License-Identifier: BSD-3-Clause
"""Verdict of one item from its console, its ending and what was expected.

A pure function of recorded values: harness/tests feeds it golden logs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from hfh import records
from hfh.console import HYPERVISOR, Line
from hfh.protocol import parse
from hfh.status import Failure, Finding, Status, Verdict, worst

PANIC = "Panic: "


class Cause(Enum):
    """Why the machine is no longer running."""

    POWEROFF = "poweroff"
    RESET = "reset"
    STOPPED = "stopped"
    PANICKED = "panicked"
    EXIT = "exit"
    SIGNAL = "signal"
    TIMEOUT = "timeout"
    IDLE = "idle"
    FLOOD = "flood"


@dataclass(frozen=True)
class Ending:
    """How the machine ended; `text` is for people."""

    cause: Cause
    text: str = ""


@dataclass(frozen=True)
class Expect:
    """What a scenario demands of an item.

    result: pass, fail or skip. panic: substring of the first Panic line.
    log: regexes found on console lines in this order. forbid: regexes that
    no line may match. end: the cause the machine must end with.
    """

    result: str = "pass"
    panic: str | None = None
    log: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    end: str = "poweroff"


@dataclass(frozen=True)
class Case:
    """All the judge looks at. `run` is None when the guest runs no tests.

    missing: what a console dialogue still waited for, or "".
    """

    lines: Sequence[Line]
    ending: Ending
    expect: Expect
    run: records.Run | None = None
    missing: str = ""


def judge(case: Case) -> Verdict:
    """Return the verdict of a case; the worst finding decides."""
    found = list(_findings(case))
    decisive = _inverted(case.expect.result, worst(found))
    asserts = tuple(f.text for f in found if f.failure is Failure.TEST_FAIL)
    return Verdict(
        decisive.status, decisive.failure, decisive.text, tuple(found), asserts
    )


def _findings(case: Case) -> Iterator[Finding]:
    panics = panic_lines(case)
    yield from _panic(case.expect.panic, panics)
    yield from _ending(case, bool(panics))
    if case.run is not None:
        absent = _absence(case.ending, bool(panics))
        cut_off = case.expect.panic is not None and bool(panics)
        yield from records.check(case.lines, case.run, absent, cut_off)
    if case.missing:
        absent = _absence(case.ending, bool(panics))
        yield Finding(absent.status, absent.failure, case.missing)
    yield from _log(case)
    if case.run is None:
        yield Finding(Status.PASS)


def panic_lines(case: Case) -> list[str]:
    """Return the panic texts of the hypervisor, not those of a guest."""
    found = []
    for line in case.lines:
        if line.source != HYPERVISOR or PANIC not in line.text:
            continue
        if case.run and parse(line, nonce=case.run.nonce, judge=case.run.judge):
            continue
        found.append(line.text.split(PANIC, 1)[1])
    return found


def _panic(expected: str | None, panics: list[str]) -> Iterator[Finding]:
    crash, failure = Status.CRASH, Failure.HYP_PANIC
    if expected is None:
        if panics:
            yield Finding(crash, failure, f"{PANIC}{panics[0]}")
        return
    if not panics:
        text = f'no panic, expected "{expected}"'
        yield Finding(Status.FAIL, Failure.TEST_FAIL, text)
        return
    if expected not in panics[0]:
        text = f'{PANIC}{panics[0]} (expected "{expected}")'
        yield Finding(crash, failure, text)
    if len(panics) > 1:
        yield Finding(crash, failure, f"panic after panic: {panics[1]}")


def _absence(ending: Ending, panicked: bool) -> Finding:
    """Return what it means that something owed never came."""
    if panicked:
        return Finding(Status.CRASH, Failure.HYP_PANIC, "after a panic")
    finding = _bad_ending(ending)
    return finding or Finding(Status.CRASH, Failure.VM_CRASH, ending.text)


def _bad_ending(ending: Ending) -> Finding | None:
    """Return the finding for an ending that is bad whatever is expected."""
    match ending.cause:
        case Cause.TIMEOUT | Cause.IDLE:
            return Finding(Status.TIMEOUT, Failure.HANG, ending.text)
        case Cause.EXIT | Cause.SIGNAL:
            return Finding(Status.ERROR, Failure.INFRA, ending.text)
        case Cause.FLOOD:
            return Finding(Status.CRASH, Failure.FLOOD, ending.text)
    return None


def _ending(case: Case, panicked: bool) -> Iterator[Finding]:
    bad = _bad_ending(case.ending)
    if bad is not None:
        yield bad
        return
    if case.ending.cause.value != case.expect.end:
        failure = Failure.HYP_PANIC if panicked else Failure.VM_CRASH
        text = f"ended by {case.ending.cause.value}, not {case.expect.end}"
        yield Finding(Status.CRASH, failure, f"{text}: {case.ending.text}")


def _log(case: Case) -> Iterator[Finding]:
    texts = [shown(line) for line in case.lines if line.complete]
    at = 0
    for pattern in case.expect.log:
        hits = (
            i for i in range(at, len(texts)) if re.search(pattern, texts[i])
        )
        hit = next(hits, None)
        if hit is None:
            text = f'console line "{pattern}" never came'
            yield Finding(Status.FAIL, Failure.TEST_FAIL, text)
            return
        at = hit + 1
    for pattern in case.expect.forbid:
        for text in texts:
            if re.search(pattern, text):
                said = f'console line "{text}" is forbidden'
                yield Finding(Status.FAIL, Failure.TEST_FAIL, said)
                break


def shown(line: Line) -> str:
    """Return a line as the console shows it, with its VM prefix."""
    if line.source == HYPERVISOR:
        return line.text
    return f"VM {line.source:x}: {line.text}"


def _inverted(expected: str, found: Finding) -> Finding:
    """Apply an expected fail or skip to the decisive finding."""
    if expected == "pass":
        return found
    if expected == "skip" and found.status is Status.SKIP:
        return Finding(Status.PASS, text=f"skipped as expected: {found.text}")
    if expected == "fail" and found.failure is Failure.TEST_FAIL:
        return Finding(Status.PASS, text=f"failed as expected: {found.text}")
    if found.status in (Status.PASS, Status.SKIP):
        text = f"{found.status.value}, but {expected} was expected"
        return Finding(Status.FAIL, Failure.TEST_FAIL, text)
    return found
