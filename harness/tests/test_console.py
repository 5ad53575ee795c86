# SPDX-License-Identifier: BSD-3-Clause
"""Console bytes to lines, lines to events."""

import pytest

from hfh.console import HYPERVISOR, Line, Splitter, split
from hfh.protocol import Event, Kind, parse


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"", []),
        (b"a\nb\n", [Line(0, "a"), Line(0, "b")]),
        (b"a\r\nb", [Line(0, "a"), Line(0, "b", complete=False)]),
        (b"\n", [Line(0, "")]),
        (b"VM 1: x\n", [Line(1, "x")]),
        (b"VM 2: VM 1: x\n", [Line(2, "VM 1: x")]),
        (b"VM a: x\n", [Line(10, "x")]),
        (b"VM 1: \n", [Line(1, "")]),
        (b"VM 1:\n", [Line(1, "")]),
        (b"VM 1x: a\n", [Line(0, "VM 1x: a")]),
        (b"VM A: x\n", [Line(0, "VM A: x")]),
        (b" VM 1: x\n", [Line(0, " VM 1: x")]),
        (b"a\rb\r\r\n", [Line(0, "a\\x0db\\x0d")]),
        (b"\0\xff\xc3\xa9\t\n", [Line(0, "\\x00\\xff\u00e9\t")]),
    ],
)
def test_lines(raw: bytes, lines: list[Line]) -> None:
    """The whole and any way to cut it into chunks give the same lines."""
    assert split(raw) == lines
    for size in range(1, len(raw)):
        splitter = Splitter()
        chunks = [raw[i : i + size] for i in range(0, len(raw), size)]
        found = [line for chunk in chunks for line in splitter.feed(chunk)]
        assert [*found, *splitter.close()] == lines


def test_bare_images_have_no_prefix() -> None:
    """Without demux a VM prefix is text."""
    assert split(b"VM 1: x\n", demux=False) == [Line(HYPERVISOR, "VM 1: x")]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("plan 3", Event(Kind.PLAN, 4, count=3)),
        ("start a.b_2", Event(Kind.START, 4, "a.b_2")),
        ("fail d/x.c:12: 1 == 2", Event(Kind.FAIL, 4, "d/x.c:12: 1 == 2")),
        ("skip one CPU", Event(Kind.SKIP, 4, "one CPU")),
        ("log hello", Event(Kind.LOG, 4, "hello")),
        ("end a.b pass", Event(Kind.END, 4, "a.b", verdict="pass")),
        ("test a.b", Event(Kind.TEST, 4, "a.b")),
        ("finished 12", Event(Kind.FINISHED, 4, count=12)),
        ("end a.b", Event(Kind.UNKNOWN, 4, "end a.b")),
        ("plan -1", Event(Kind.UNKNOWN, 4, "plan -1")),
        ("plan 1 ", Event(Kind.UNKNOWN, 4, "plan 1 ")),
        ("start a", Event(Kind.UNKNOWN, 4, "start a")),
        ("fail x: no line", Event(Kind.UNKNOWN, 4, "fail x: no line")),
        ("", Event(Kind.UNKNOWN, 4)),
    ],
)
def test_events(text: str, event: Event) -> None:
    """Each event of the grammar, and what is none."""
    line = Line(1, f"[hft a0 4] {text}")
    assert parse(line, nonce="a0", judge=1) == event


@pytest.mark.parametrize(
    "line",
    [
        Line(1, "[hft a1 4] plan 1"),
        Line(1, "[hft a0 4]plan 1"),
        Line(1, "[hft a0 -4] plan 1"),
        Line(1, "[hft a0 4x] plan 1"),
        Line(1, "x[hft a0 4] plan 1"),
        Line(1, "hft a0 4 plan 1"),
        Line(2, "[hft a0 4] plan 1"),
        Line(HYPERVISOR, "[hft a0 4] plan 1"),
        Line(1, "[hft a0 4] plan 1", complete=False),
        Line(1, f"[hft {'a' * 33} 4] plan 1"),
    ],
)
def test_ordinary_output(line: Line) -> None:
    """What is no record of the judge with the nonce is just a line."""
    assert parse(line, nonce="a0", judge=1) is None
