# SPDX-License-Identifier: BSD-3-Clause
"""Everything that looks at the console while the machine runs."""

import re
from collections.abc import Callable
from typing import BinaryIO

from hfh.console import HYPERVISOR, Line, Splitter
from hfh.judge import PANIC, shown


class Tap:
    """pexpect's log file: keeps the bytes, and looks at the lines.

    size: bytes so far. panicked: a panic line of the hypervisor has come.
    """

    def __init__(
        self,
        file: BinaryIO,
        demux: bool,
        goals: tuple[str, ...],
        tee: Callable[[bytes], None] | None,
    ) -> None:
        self._file, self._tee = file, tee
        self._splitter = Splitter(demux=demux)
        self._goals = [re.compile(goal) for goal in goals]
        self._stoppable = bool(goals)
        self.size = 0
        self.panicked = False

    @property
    def reached(self) -> bool:
        """All goals have come."""
        return self._stoppable and not self._goals

    def write(self, chunk: bytes) -> None:
        """Take a piece of the console."""
        self.size += len(chunk)
        self._file.write(chunk)
        if self._tee is not None:
            self._tee(chunk)
        for line in self._splitter.feed(chunk):
            self._look(line)

    def _look(self, line: Line) -> None:
        if line.source == HYPERVISOR and line.text.startswith(PANIC):
            self.panicked = True
        if self._goals and self._goals[0].search(shown(line)):
            self._goals.pop(0)

    def flush(self) -> None:
        """Part of what pexpect wants of a log file."""
        self._file.flush()
