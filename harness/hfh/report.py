# SPDX-License-Identifier: BSD-3-Clause
"""What people see: a failure, the live console, the counts."""

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from hfh.evidence import BACKTRACE
from hfh.drivers.postmortem import CORE, REGISTERS, RING
from hfh.execute import Result
from hfh.status import Failure, Status
from hfh.tree import Tree

_ORDER = [status.value for status in Status]


def failure(result: Result, tree: Tree) -> str:
    """Return the text of a failed item.

    The last console lines, what failed, the evidence, the repeat command.
    """
    verdict = result.verdict
    lines = ["console:", *(f"  {line}" for line in result.tail)]
    if not result.tail:
        lines = ["console: (nothing)"]
    trace = result.folder / BACKTRACE
    if trace.is_file():
        frames = trace.read_text().splitlines()
        lines += ["backtrace:", *(f"  {frame}" for frame in frames)]
    kind = verdict.status.value.upper()
    if verdict.failure is not Failure.NONE:
        kind = f"{kind} ({verdict.failure.value})"
    lines.append(f"{kind}: {verdict.text or 'see the console'}")
    others = [f.text for f in verdict.findings if f.text]
    for text in dict.fromkeys(others):
        if text != verdict.text:
            lines.append(f"  also: {text}")
    lines.append(f"evidence: {result.folder}")
    saved = [
        n for n in (REGISTERS, CORE, RING) if (result.folder / n).is_file()
    ]
    if saved:
        lines.append(f"  with {', '.join(saved)}")
    lines.append(f"repeat:   {result.repeat}")
    return "\n".join(lines)


def live_tee(config: pytest.Config) -> Callable[[bytes], None]:
    """Return a function that shows console bytes at once."""
    capture = config.pluginmanager.getplugin("capturemanager")

    def tee(chunk: bytes) -> None:
        with capture.global_and_fixture_disabled():
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()

    return tee


def live_verdict(config: pytest.Config, result: Result) -> None:
    """Write the one line that ends a live console."""
    verdict, outcome = result.verdict, result.outcome
    times = f"{outcome.wall_s:.2f} s"
    text = f": {verdict.text}" if verdict.text else ""
    status = verdict.status.value.upper()
    line = f"--- {result.item.id} {status}{text} ({times})\n"
    live_tee(config)(line.encode())


def summary(terminal: Any) -> None:
    """Write the counts of the items by status."""
    counts: Counter[str] = Counter()
    for reports in terminal.stats.values():
        for entry in reports:
            properties = dict(getattr(entry, "user_properties", ()))
            if "status" in properties and entry.when == "call":
                counts[properties["status"]] += 1
    if not counts:
        return
    words = [
        f"{counts[name]} {name.upper()}" for name in _ORDER if counts[name]
    ]
    bad = any(counts[name] for name in _ORDER[2:])
    terminal.write_line(
        f"items: {', '.join(words)}", red=bad, green=not bad, bold=True
    )
