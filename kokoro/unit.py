#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs one build of the host unit tests and judges its records.

The program speaks the line protocol of hftest/protocol.md under a nonce of
this run. A test passes when its `end` says so; what was planned and has no
end, and any record out of order, counts as failed. The verdicts go to a JUnit
file. See docs/ci.md.
"""

import argparse
import os
import re
import secrets
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))

from hfh.console import HYPERVISOR, Line, split  # noqa: E402
from hfh.protocol import Event, Kind, events, parse  # noqa: E402

DEADLINE_S = 900
SAID = re.compile(r"runtime error:|^SUMMARY: |ERROR: \w+Sanitizer")
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=0:exitcode=66:die_after_fork=0",
}


@dataclass
class Outcome:
    """Verdict of one test and the lines that explain it."""

    name: str
    verdict: str = "crash"
    text: list[str] = field(default_factory=list)


@dataclass
class Report:
    """All outcomes of a run, and what was wrong with the run itself."""

    outcomes: list[Outcome]
    errors: list[str]

    def count(self, *verdicts: str) -> int:
        """How many tests ended with one of these verdicts."""
        return sum(o.verdict in verdicts for o in self.outcomes)

    @property
    def failed(self) -> int:
        """Tests that failed or crashed, and one for a broken run."""
        return self.count("fail", "crash") + bool(self.errors)


def read(found: list[Event], code: int) -> Report:
    """Judge a run by its records and the exit status of the program."""
    outcomes: list[Outcome] = []
    errors = [
        f"record {event.seq} where {due} was due"
        for due, event in enumerate(found)
        if event.seq != due
    ][:1]
    for event in found:
        match event.kind:
            case Kind.START:
                outcomes.append(Outcome(event.text))
            case Kind.FAIL | Kind.SKIP | Kind.LOG if outcomes:
                outcomes[-1].text.append(event.text)
            case Kind.END if outcomes and outcomes[-1].name == event.text:
                outcomes[-1].verdict = event.verdict
            case Kind.END | Kind.UNKNOWN | Kind.TEST:
                errors.append(f"record `{event.text}` has no place")
    plans = [event.count for event in found if event.kind is Kind.PLAN]
    ends = [event.count for event in found if event.kind is Kind.FINISHED]
    if plans != [len(outcomes)]:
        errors.append(f"planned {plans or 'nothing'}, ran {len(outcomes)}")
    if ends != [len(outcomes)]:
        errors.append(f"the run did not finish, exit status {code}")
    report = Report(outcomes, errors)
    if bool(report.failed) != bool(code) and not errors:
        errors.append(f"exit status {code} contradicts the verdicts")
    return report


def explain(report: Report, lines: list[Line], nonce: str) -> None:
    """Add what a sanitizer said between a test's start and its end."""
    outcomes = {outcome.name: outcome for outcome in report.outcomes}
    now: Outcome | None = None
    for line in lines:
        event = parse(line, nonce=nonce, judge=HYPERVISOR)
        if event and event.kind is Kind.START:
            now = outcomes[event.text]
        elif event and event.kind is Kind.END:
            now = None
        elif not event and now and SAID.search(line.text):
            now.text.append(line.text.strip())


def run(program: Path, glob: str) -> tuple[Report, str]:
    """Run the program; its report, and all it printed."""
    nonce = secrets.token_hex(8)
    command = [str(program), f"hft.nonce={nonce}", f"hft.run={glob}"]
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | SANITIZERS,
            timeout=DEADLINE_S,
            check=False,
        )
        raw, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        raw, code = late.stdout or b"", -1
    lines = split(raw, demux=False)
    found = events(lines, nonce=nonce, judge=HYPERVISOR)
    report = read(found, code)
    explain(report, lines, nonce)
    return report, raw.decode("utf-8", "replace")


def write_junit(report: Report, suite: str, seconds: float, to: Path) -> None:
    """The verdicts as a JUnit file of one suite."""
    cases = [*report.outcomes]
    if report.errors:
        cases.append(Outcome(f"{suite}.run", "crash", report.errors))
    top = ET.Element("testsuites")
    element = ET.SubElement(top, "testsuite", name=suite)
    element.set("tests", str(len(cases)))
    element.set("failures", str(report.failed))
    element.set("skipped", str(report.count("skip")))
    element.set("errors", "0")
    element.set("time", f"{seconds:.3f}")
    for outcome in cases:
        group, _, name = outcome.name.partition(".")
        case = ET.SubElement(element, "testcase", name=name)
        case.set("classname", f"{suite}.{group}")
        if outcome.verdict != "pass":
            kind = "skipped" if outcome.verdict == "skip" else "failure"
            text = "\n".join(outcome.text)
            ET.SubElement(case, kind, message=text[:200]).text = text
    to.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(top).write(to, encoding="unicode", xml_declaration=True)


def main() -> int:
    """Run, print what is wrong and one line of counts, write JUnit."""
    parser = argparse.ArgumentParser(description="Runs host unit tests.")
    parser.add_argument("program", type=Path)
    parser.add_argument("--suite", default="unit")
    parser.add_argument("--run", default="*", metavar="GLOB")
    parser.add_argument("--junit", type=Path, required=True)
    args = parser.parse_args()
    begin = time.monotonic()
    report, raw = run(args.program, args.run)
    seconds = time.monotonic() - begin
    write_junit(report, args.suite, seconds, args.junit)
    log = args.junit.with_suffix(".log")
    log.write_text(raw, encoding="utf-8")
    if not report.outcomes and "no test has that name" in raw:
        print(f"{args.suite}: error: no test is called {args.run}")
        return 4
    for outcome in report.outcomes:
        if outcome.verdict in ("fail", "crash"):
            print(f"{args.suite}: {outcome.verdict}: {outcome.name}")
            print("".join(f"    {line}\n" for line in outcome.text), end="")
    for error in report.errors:
        print(f"{args.suite}: error: {error}")
    if report.failed:
        print(f"{args.suite}: all it said is in {log}")
    passed, skipped = report.count("pass"), report.count("skip")
    print(f"{args.suite}: {passed} passed, {report.failed} failed, ", end="")
    print(f"{skipped} skipped in {seconds:.1f} s")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
