# SPDX-License-Identifier: BSD-3-Clause
"""What a driver is given and what it gives back: plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hfh.judge import Ending
from hfh.scenario import Step


@dataclass(frozen=True)
class Limits:
    """When a machine is given up.

    guest_s: guest seconds, or host CPU seconds without icount or with steps.
    cpu_s: host CPU seconds. wall_s: last resort. idle_polls: polls in which
    no vCPU has run. console_bytes: more output than that is a flood.
    panic_s: guest (CPU) seconds from a panic to power-off. exit_s, dump_s:
    host seconds for QEMU to end behind its console, to answer for a dump.
    """

    guest_s: float
    cpu_s: float
    wall_s: float
    idle_polls: int
    console_bytes: int = 8 << 20
    panic_s: float = 0.05
    exit_s: float = 10.0
    dump_s: float = 20.0


def limits(deadline_s: float, icount: bool) -> Limits:
    """Return the limits for a deadline in guest seconds.

    Under icount a busy guest second takes 4 to 10 host CPU seconds, and a
    machine whose CPUs all sleep has no timer left: it sleeps for ever.
    """
    if icount:
        cpu_s = 20 + 30 * deadline_s
        return Limits(deadline_s, cpu_s, 20 * cpu_s, idle_polls=10)
    wall_s = 60 + 10 * deadline_s
    return Limits(deadline_s, deadline_s, wall_s, 1200, panic_s=2.0)


@dataclass(frozen=True)
class Launch:
    """One start of a machine.

    argv: without the console and QMP channels, which the driver adds.
    goals: regexes of console lines; when all came in order, the machine is
    stopped (empty: it runs until it ends). tee: gets the console's bytes.
    """

    argv: tuple[str, ...]
    folder: Path
    icount: bool
    limits: Limits
    demux: bool
    steps: tuple[Step, ...] = ()
    goals: tuple[str, ...] = ()
    tee: Callable[[bytes], None] | None = None


@dataclass(frozen=True)
class Outcome:
    """What a machine left: its console lies in folder/console.log.

    missing: what a dialogue still waited for. Times are in seconds.
    """

    ending: Ending
    missing: str = ""
    stderr: str = ""
    guest_s: float = 0.0
    icount: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0


class Driver(Protocol):
    """Starts a machine, watches it to its end, leaves no process behind."""

    def run(self, launch: Launch) -> Outcome:
        """Run one machine from cold start to its end."""
