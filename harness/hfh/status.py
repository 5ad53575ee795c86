# SPDX-License-Identifier: BSD-3-Clause
"""The one status enum, the class of a failure, and a verdict.

The worst finding wins. A run without any finding is a CRASH, never a PASS.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """How an item ended; declared from the best to the worst."""

    PASS = "pass"
    SKIP = "skip"
    FAIL = "fail"
    ERROR = "error"
    TIMEOUT = "timeout"
    CRASH = "crash"

    @property
    def severity(self) -> int:
        """Rank: the higher, the worse."""
        return list(Status).index(self)


class Failure(Enum):
    """Who is to blame, for whoever reads the report first."""

    NONE = "none"
    TEST_FAIL = "TEST_FAIL"
    HYP_PANIC = "HYP_PANIC"
    VM_CRASH = "VM_CRASH"
    HANG = "HANG"
    BOOT_FAIL = "BOOT_FAIL"
    PROTOCOL = "PROTOCOL"
    FLOOD = "FLOOD"
    INFRA = "INFRA"
    HARNESS_BUG = "HARNESS_BUG"


@dataclass(frozen=True)
class Finding:
    """One thing the judge has seen, good or bad."""

    status: Status
    failure: Failure = Failure.NONE
    text: str = ""


@dataclass(frozen=True)
class Verdict:
    """The end of an item: its status, the class, and all that was found."""

    status: Status
    failure: Failure
    text: str
    findings: tuple[Finding, ...] = ()
    asserts: tuple[str, ...] = ()


NO_VERDICT = Finding(Status.CRASH, Failure.VM_CRASH, "no verdict")


def worst(findings: Iterable[Finding]) -> Finding:
    """Return the first of the most severe findings; none at all is a CRASH."""
    found = list(findings)
    if not found:
        return NO_VERDICT
    return max(found, key=lambda f: f.status.severity)
