# SPDX-License-Identifier: BSD-3-Clause
"""The hftest line protocol (hftest/protocol.md): console lines to events."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from hfh.console import Line

_NAME = r"[A-Za-z0-9_]+\.[A-Za-z0-9_]+"
_RECORD = re.compile(r"\[hft ([0-9a-f]{1,32}) ([0-9]{1,9})\] (.*)")
_EVENTS = (
    ("plan", re.compile(r"plan ([0-9]{1,9})")),
    ("start", re.compile(rf"start ({_NAME})")),
    ("fail", re.compile(r"fail ([^ :]+:[0-9]+: .*)")),
    ("skip", re.compile(r"skip (.*)")),
    ("log", re.compile(r"log (.*)")),
    ("end", re.compile(rf"end ({_NAME}) (pass|fail|skip|crash)")),
    ("test", re.compile(rf"test ({_NAME})")),
    ("finished", re.compile(r"finished ([0-9]{1,9})")),
)


class Kind(Enum):
    """The event of a record."""

    PLAN = "plan"
    START = "start"
    FAIL = "fail"
    SKIP = "skip"
    LOG = "log"
    END = "end"
    TEST = "test"
    FINISHED = "finished"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Event:
    """One record of the judge VM.

    text: name, file:line: text, reason, or the whole of an unknown event.
    count: of plan and finished. verdict: of end.
    """

    kind: Kind
    seq: int
    text: str = ""
    count: int = 0
    verdict: str = ""


def parse(line: Line, *, nonce: str, judge: int) -> Event | None:
    """Return the event of a line, or None for ordinary console output."""
    if line.source != judge or not line.complete:
        return None
    match = _RECORD.fullmatch(line.text)
    if match is None or match.group(1) != nonce:
        return None
    return _event(int(match.group(2)), match.group(3))


def _event(seq: int, body: str) -> Event:
    for word, pattern in _EVENTS:
        match = pattern.fullmatch(body)
        if match is None:
            continue
        kind, first = Kind(word), match.group(1)
        if kind in (Kind.PLAN, Kind.FINISHED):
            return Event(kind, seq, count=int(first))
        verdict = match.group(2) if kind is Kind.END else ""
        return Event(kind, seq, text=first, verdict=verdict)
    return Event(Kind.UNKNOWN, seq, text=body)


def events(lines: Iterable[Line], *, nonce: str, judge: int) -> list[Event]:
    """Return the events of a console, in order of arrival."""
    found = (parse(line, nonce=nonce, judge=judge) for line in lines)
    return [event for event in found if event is not None]
