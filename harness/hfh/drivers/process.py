# SPDX-License-Identifier: BSD-3-Clause
"""A child process with one owner, and what /proc says about it."""

import os
import signal
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

_TICKS = os.sysconf("SC_CLK_TCK")


class Child:
    """A process in a session of its own that dies with its parent.

    setpriv makes the kernel kill it when this process dies, however that
    happens; leaving the `with` block kills whatever is left of its group.
    """

    def __init__(
        self, argv: Sequence[str], fds: Iterable[int], stderr: IO[bytes]
    ) -> None:
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *argv],
            stdin=subprocess.DEVNULL,
            stdout=stderr,
            stderr=stderr,
            pass_fds=tuple(fds),
            start_new_session=True,
        )
        self._proc = Path("/proc") / str(self._process.pid)

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Process id, also that of its group."""
        return self._process.pid

    def kill(self) -> None:
        """Kill the whole group and reap the child; no-op when it is gone."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self._process.wait()

    def wait(self, timeout_s: float) -> int | None:
        """Return the exit code (negative: signal) or None if still alive."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def cpu_s(self) -> float:
        """Return the host CPU seconds used so far, 0 when it is gone."""
        try:
            stat = (self._proc / "stat").read_text()
        except OSError:
            return 0.0
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def threads(self) -> dict[int, tuple[str, int]]:
        """Return thread id -> (state letter, CPU time in ns)."""
        found = {}
        try:
            for task in (self._proc / "task").iterdir():
                state = (task / "stat").read_text().rpartition(")")[2].split()
                ran = (task / "schedstat").read_text().split()
                found[int(task.name)] = (state[0], int(ran[0]))
        except OSError:
            return {}
        return found
