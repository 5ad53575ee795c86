# SPDX-License-Identifier: BSD-3-Clause
"""QEMU: cold start, console by pexpect, control by QMP, one process."""

import select
import signal
import socket
import tempfile
from contextlib import ExitStack
from typing import IO

import pexpect
from pexpect.fdpexpect import fdspawn

from hfh.drivers.base import Launch, Outcome
from hfh.drivers.postmortem import dump
from hfh.drivers.process import Child
from hfh.drivers.qmp import Qmp
from hfh.drivers.tap import Tap
from hfh.drivers.watchdog import Watchdog
from hfh.judge import Cause, Ending

POLL_S = 0.05
CONSOLE = "console.log"
_NOISE = "warning: icount sleep disabled and no active timers"
_REASONS = {"guest-shutdown": Cause.POWEROFF, "guest-reset": Cause.RESET}
_DUMPED = (Cause.IDLE, Cause.TIMEOUT, Cause.PANICKED)


def channels(argv: tuple[str, ...], console: int, qmp: int) -> list[str]:
    """Return the arguments for a serial port and a monitor on open sockets.

    argv: other devices in it may write to the console, too.
    """
    shared = any("chardev=console" in word for word in argv)
    mux = ",mux=on" if shared else ""
    return [
        *("-chardev", f"socket,id=console,fd={console}{mux}"),
        *("-serial", "chardev:console"),
        *("-chardev", f"socket,id=qmp,fd={qmp}"),
        *("-mon", "chardev=qmp,mode=control", "-S"),
    ]


class QemuDriver:
    """Runs one machine at a time. See base.Driver."""

    def run(self, launch: Launch) -> Outcome:
        """Run QEMU to its end; kills it on any way out of here."""
        with ExitStack() as stack:
            ours, theirs = socket.socketpair()
            qmp_ours, qmp_theirs = socket.socketpair()
            for end in (ours, theirs, qmp_ours, qmp_theirs):
                stack.enter_context(end)
            log = stack.enter_context((launch.folder / CONSOLE).open("wb"))
            stderr = stack.enter_context(tempfile.TemporaryFile())
            fds = (theirs.fileno(), qmp_theirs.fileno())
            argv = [*launch.argv, *channels(launch.argv, *fds)]
            qmp = Qmp(qmp_ours)
            child = stack.enter_context(Child(argv, fds, stderr))
            theirs.close()
            qmp_theirs.close()
            tap = Tap(log, launch.demux, launch.goals, launch.tee)
            spawn = fdspawn(ours.fileno(), maxread=1 << 16)
            spawn.logfile_read = tap
            session = _Session(launch, child, qmp, spawn, tap)
            outcome = session.run(stderr)
        return outcome


class _Session:
    """The life of one QEMU process."""

    def __init__(
        self, launch: Launch, child: Child, qmp: Qmp, spawn: fdspawn, tap: Tap
    ) -> None:
        self._launch, self._child, self._qmp = launch, child, qmp
        self._spawn, self._tap = spawn, tap
        self._steps = list(launch.steps)
        self._watchdog = Watchdog(child, qmp, launch)

    def run(self, stderr: IO[bytes]) -> Outcome:
        ending = self._watch()
        if ending is None:
            ending = self._ended()
        elif ending.cause in _DUMPED:
            dump(self._qmp, self._launch.folder, self._launch.limits.dump_s)
        self._child.kill()
        said = _said(stderr)
        if ending.cause is Cause.EXIT and said:
            ending = Ending(Cause.EXIT, f"{ending.text}: {said}")
        watchdog = self._watchdog
        missing = self._steps[0].expect if self._steps else ""
        return Outcome(
            ending=ending,
            missing=f'waited for "{missing}"' if missing else "",
            stderr=said,
            guest_s=watchdog.guest_s,
            icount=watchdog.icount,
            cpu_s=watchdog.cpu_s,
            wall_s=watchdog.wall_s,
        )

    def _watch(self) -> Ending | None:
        """Pump until the guest is through (None) or is given up."""
        due = 0.0
        while self._pump():
            if self._tap.size > self._launch.limits.console_bytes:
                text = f"more than {self._launch.limits.console_bytes} bytes"
                return Ending(Cause.FLOOD, f"console flood: {text}")
            if self._tap.reached:
                return Ending(Cause.STOPPED, "all expected lines have come")
            if self._tap.panicked:
                self._watchdog.panicked()
            if self._watchdog.wall_s < due:
                continue
            due = self._watchdog.wall_s + POLL_S
            ending = self._watchdog.poll()
            if ending is not None:
                return ending
        return None

    def _pump(self) -> bool:
        """Wait POLL_S at most, read what there is; False at the end.

        The SHUTDOWN event is as good as the end of the console, and surer:
        QEMU 7.2 may lock up in its monitor when it is asked while it exits.
        """
        channels = [self._spawn.fileno(), self._qmp.channel]
        select.select(channels, [], [], POLL_S)
        down = bool(self._qmp.shutdown_reason())
        more = self._read()
        while down and more:
            more = self._read(drain=True)
        return more

    def _read(self, drain: bool = False) -> bool:
        """Take in console bytes; False at their end, or none to drain."""
        try:
            if not self._steps:
                self._spawn.read_nonblocking(1 << 16, timeout=0)
                return True
            pattern = self._steps[0].expect.encode()
            wanted = [pattern, pexpect.TIMEOUT]
            if self._spawn.expect(wanted, timeout=0) == 0:
                self._answer(self._steps.pop(0).send)
                return True
        except pexpect.TIMEOUT:
            return not drain
        except (pexpect.EOF, ConnectionError):
            return False
        return not drain

    def _answer(self, text: str | None) -> None:
        if text is None:
            return
        try:
            self._spawn.send(text.encode() + b"\n")
        except OSError:
            return

    def _ended(self) -> Ending:
        """Find out why the console has ended."""
        reason = self._qmp.shutdown_reason()
        if reason in _REASONS:
            return Ending(_REASONS[reason], reason)
        code = self._child.wait(self._launch.limits.exit_s)
        if code is None:
            return Ending(Cause.EXIT, "QEMU closed its console but runs on")
        if code < 0:
            name = signal.Signals(-code).name
            return Ending(Cause.SIGNAL, f"QEMU was killed by {name}")
        why = f" ({reason})" if reason else ""
        return Ending(Cause.EXIT, f"QEMU ended with exit code {code}{why}")


def _said(stderr: IO[bytes]) -> str:
    stderr.seek(0)
    text = stderr.read(1 << 16).decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if _NOISE not in line]
    return "\n".join(lines)
