# SPDX-License-Identifier: BSD-3-Clause
"""Does the judge VM's record stream have the shape of a run? What does it say?

Shape errors make the run an ERROR, whatever its verdicts say; missing records
mean what the machine's ending says they mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hfh.console import Line
from hfh.protocol import Event, Kind, events
from hfh.status import Failure, Finding, Status


@dataclass(frozen=True)
class Run:
    """The one test that was asked for, and who may answer.

    judge: VM id of the judge, or console.HYPERVISOR for a bare image.
    """

    test: str
    nonce: str
    judge: int


def check(
    lines: Sequence[Line], run: Run, absent: Finding, cut_off: bool
) -> Iterator[Finding]:
    """Yield the findings of a run's records.

    absent: finding to yield for an owed record that never came.
    cut_off: an expected panic ended the run; `end` and `finished` are not owed.
    """
    found = events(lines, nonce=run.nonce, judge=run.judge)
    for due, event in enumerate(found):
        if event.seq != due:
            yield _error(f"record {event.seq} where {due} was due")
            break
    walk = _Walk(run, absent)
    for event in found:
        yield from walk.step(event)
    yield from walk.close(cut_off)


def _error(text: str) -> Finding:
    return Finding(Status.ERROR, Failure.PROTOCOL, text)


class _Walk:
    """The state of a run while its events go by."""

    def __init__(self, run: Run, absent: Finding) -> None:
        self._run = run
        self._absent = absent
        self._plan: int | None = None
        self._open = ""
        self._ended: list[str] = []
        self._reason = ""
        self._failed = False
        self._finished = False

    def step(self, event: Event) -> Iterator[Finding]:
        """Take one event."""
        if self._finished:
            yield _error(f"{event.kind.value} after finished")
        match event.kind:
            case Kind.PLAN:
                yield from self._on_plan(event)
            case Kind.START:
                yield from self._on_start(event)
            case Kind.END:
                yield from self._on_end(event)
            case Kind.FINISHED:
                yield from self._on_finished(event)
            case Kind.FAIL:
                self._failed = True
                yield Finding(Status.FAIL, Failure.TEST_FAIL, event.text)
            case Kind.SKIP:
                self._reason = event.text
            case Kind.TEST | Kind.UNKNOWN:
                text = event.text or event.kind.value
                yield _error(f'record "{text}" has no place in a run')

    def _on_plan(self, event: Event) -> Iterator[Finding]:
        if self._plan is not None:
            yield _error("second plan")
        self._plan = event.count
        if event.count != 1:
            yield _error(f"plan of {event.count} tests, 1 was asked for")

    def _on_start(self, event: Event) -> Iterator[Finding]:
        if self._plan is None:
            yield _error("start without a plan")
        if self._open:
            yield _error(f"start of {event.text} inside {self._open}")
        if event.text in self._ended:
            yield _error(f"second start of {event.text}")
        if event.text != self._run.test:
            yield _error(f"ran {event.text}, not {self._run.test}")
        self._open = event.text

    def _on_end(self, event: Event) -> Iterator[Finding]:
        if event.text in self._ended:
            yield _error(f"second end of {event.text}")
        elif event.text != self._open:
            yield _error(f"end of {event.text} without its start")
        self._ended.append(event.text)
        self._open = ""
        if event.text == self._run.test:
            yield self._verdict(event.verdict)

    def _verdict(self, verdict: str) -> Finding:
        match verdict:
            case "pass":
                return Finding(Status.PASS)
            case "skip":
                return Finding(Status.SKIP, text=self._reason)
            case "crash":
                return Finding(Status.CRASH, Failure.VM_CRASH, "test crashed")
        text = "" if self._failed else "test failed without saying why"
        return Finding(Status.FAIL, Failure.TEST_FAIL, text)

    def _on_finished(self, event: Event) -> Iterator[Finding]:
        if self._open:
            yield self._owed(f"no end of {self._open}")
        if event.count != len(self._ended):
            ended = len(self._ended)
            yield _error(f"finished {event.count}, but {ended} tests ended")
        self._finished = True

    def _owed(self, text: str) -> Finding:
        failure = self._absent.failure
        if self._plan is None and failure is Failure.VM_CRASH:
            failure = Failure.BOOT_FAIL
        return Finding(self._absent.status, failure, f"{text}: {self._why()}")

    def _why(self) -> str:
        return self._absent.text or self._absent.failure.value

    def close(self, cut_off: bool) -> Iterator[Finding]:
        """Yield what is still owed when the console has ended."""
        if self._plan is None:
            yield self._owed("no plan")
        elif cut_off and self._open == self._run.test:
            yield Finding(Status.PASS)
        elif cut_off and self._run.test in self._ended:
            text = "the expected panic came after the end of the test"
            yield Finding(Status.FAIL, Failure.TEST_FAIL, text)
        elif self._run.test not in self._ended:
            about = "end" if self._open else "start"
            yield self._owed(f"no {about} of {self._run.test}")
        elif not self._finished:
            yield self._owed("not finished")
