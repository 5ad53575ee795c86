# SPDX-License-Identifier: BSD-3-Clause
"""Is the machine getting anywhere? In guest time and CPU time, not by the wall.

Under icount one instruction is one nanosecond of guest time, and time jumps
to the next timer when all CPUs sleep. QEMU tells its instruction count
(query-replay) and how far guest time is behind the host's (x-query-jit). While
a guest waits to be typed at, its time is nobody's measure: it runs as fast as
timers follow each other, for as long as the host takes.
"""

import re
import time
from typing import Any

from hfh.drivers.base import Launch
from hfh.drivers.process import Child
from hfh.drivers.qmp import Qmp
from hfh.judge import Cause, Ending

_DRIFT = re.compile(r"Host - Guest clock\s+(-?[0-9]+) ms")


class Watchdog:
    """Polled by the driver's loop; ends a machine that has had its time.

    guest_s, icount, cpu_s: as of the last poll.
    """

    def __init__(self, child: Child, qmp: Qmp, launch: Launch) -> None:
        self._child, self._qmp, self._limits = child, qmp, launch.limits
        self._icount_on = launch.icount
        self._by_guest_time = launch.icount and not launch.steps
        self._start = time.monotonic()
        self._booted: float | None = None
        self._asked: tuple[float, int, int] | None = None
        self._cpus_ticket = 0
        self._cpus: set[int] = set()
        self._ran = -1
        self._idle = 0
        self._panic_at: float | None = None
        self.guest_s = 0.0
        self.icount = 0
        self.cpu_s = 0.0

    @property
    def wall_s(self) -> float:
        """Host seconds since the start."""
        return time.monotonic() - self._start

    def panicked(self) -> None:
        """From now on the machine has panic_s to power off."""
        if self._panic_at is None:
            self._panic_at = self._progress()

    def _progress(self) -> float:
        return self.guest_s if self._by_guest_time else self.cpu_s

    def poll(self) -> Ending | None:
        """Take a sample; return the ending when the machine is given up."""
        self.cpu_s = self._child.cpu_s() or self.cpu_s
        self._sample_idle()
        self._qmp.pump()
        if self._icount_on:
            self._sample_guest()
        return self._given_up()

    def _sample_guest(self) -> None:
        if self._qmp.greeted and self._booted is None:
            self._booted = self.wall_s
        if self._asked is not None:
            asked_at, jit_ticket, replay_ticket = self._asked
            replay = self._qmp.answer(replay_ticket)
            if replay is None:
                return
            self._note(asked_at, self._qmp.answer(jit_ticket), replay)
        jit_ticket = self._qmp.post("x-query-jit")
        replay_ticket = self._qmp.post("query-replay")
        self._asked = (self.wall_s, jit_ticket, replay_ticket)

    def _note(self, asked_at: float, jit: Any, replay: Any) -> None:
        self.icount = int(replay.get("icount", 0))
        guest_s = self.icount / 1e9
        text = jit.get("human-readable-text", "") if jit else ""
        match = _DRIFT.search(text)
        if match is not None and self._booted is not None:
            host_s = asked_at - self._booted
            guest_s = max(guest_s, host_s - int(match.group(1)) / 1e3)
        self.guest_s = max(self.guest_s, guest_s)

    def _sample_idle(self) -> None:
        """Count polls without a run; before new questions wake the monitor."""
        if not self._cpus_ticket:
            self._cpus_ticket = self._qmp.post("query-cpus-fast")
        elif not self._cpus:
            cpus = self._qmp.answer(self._cpus_ticket) or []
            self._cpus = {int(cpu["thread-id"]) for cpu in cpus}
        threads = self._child.threads()
        asleep = all(state == "S" for state, _ in threads.values())
        ran = sum(
            ns
            for thread, (_, ns) in threads.items()
            if not self._cpus or thread in self._cpus
        )
        idle = bool(threads) and asleep and ran == self._ran
        self._idle = self._idle + 1 if idle else 0
        self._ran = ran

    def _given_up(self) -> Ending | None:
        limits, progress = self._limits, self._progress()
        idle = self._idle >= limits.idle_polls
        if self._panic_at is not None:
            if idle or progress > self._panic_at + limits.panic_s:
                return Ending(Cause.PANICKED, "panic, but no power-off")
        if idle:
            text = "hang: no vCPU runs and no timer is set"
            return Ending(Cause.IDLE, text)
        clock = "guest time" if self._by_guest_time else "host CPU time"
        if progress > limits.guest_s:
            text = f"deadline of {limits.guest_s:g} s of {clock} passed"
            return Ending(Cause.TIMEOUT, text)
        if self.cpu_s > limits.cpu_s:
            text = f"{limits.cpu_s:g} s of host CPU time used up"
            return Ending(Cause.TIMEOUT, text)
        if self.wall_s > limits.wall_s:
            text = f"no end after {limits.wall_s:g} s by the wall clock"
            return Ending(Cause.TIMEOUT, text)
        return None
