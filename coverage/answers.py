# SPDX-License-Identifier: BSD-3-Clause
"""The table of FF-A calls and codes: in how many tests each was seen.

What a call may answer stands in its contract, the comment in a header of
hafnium/inc/hf/ffa; what it did answer was noted by the fixture of the host
tests (hafnium/test/fixture/answers.c) and by the test VMs (hftest's calls).
A code that is in the contract and in no test needs a written reason; one that
was seen and is in no contract is an error of the contract. NOT_SUPPORTED is in
the contract of each call that the table of dispatch does not offer to every VM
in both forms.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SUCCESS = 0
CODES = {
    "NOT_SUPPORTED": -1,
    "INVALID_PARAMETERS": -2,
    "NO_MEMORY": -3,
    "BUSY": -4,
    "INTERRUPTED": -5,
    "DENIED": -6,
    "RETRY": -7,
    "ABORTED": -8,
    "NO_DATA": -9,
    "NOT_READY": -10,
}
SHORT = ["ok", "NOTSUP", "INVAL", "NOMEM", "BUSY", "INTR", "DENIED", "RETRY"]
SHORT += ["ABORT", "NODATA", "NOTRDY"]
# Dispatch answers it for an id that is not offered to the caller, which is none
# of those whose row says this.
OFFERED_TO_ALL = re.compile(r"V1_0, V1_2, W32 \| W64, .*, ANYBODY, ")
UNOFFERED = CODES["NOT_SUPPORTED"]
# A result that is called by mistake is refused like this, or with the above.
NO_CALL = {"FFA_INTERRUPT": {CODES["DENIED"]}}

COMMENT = re.compile(r"/\*\*\n(.*?)\*/", re.S)
NAMES = re.compile(r"((?:FFA)?_[A-Z0-9_]+)")
ERRORS = re.compile(r"\berr  (.*?)(?:\n \*   \S|\n \* ?\S|\Z)", re.S)
CODE = re.compile(r"\b(" + "|".join(CODES) + r")\b")
ID = re.compile(r"#define (FFA_\w+) UINT32_C\(0x(840000[0-9a-f]{2})\)")
LINE = re.compile(r"([0-9a-f]{8}) (-?\d+)$", re.M)
RECORD = re.compile(r"\[hft \S+ \d+\] log ffa ([0-9a-f]{8}) (-?\d+)$", re.M)
ROW = re.compile(r"^FFA_CALL\((FFA_\w+), \w+, (.*)\)", re.M)
TABLE = "hafnium/src/dispatch/hypercalls.def"

Cells = Counter[tuple[str, int]]


@dataclass
class Table:
    """What may be, what was, and why something was not."""

    calls: Iterable[str]
    contracts: dict[str, set[int]]
    seen: dict[str, Cells] = field(default_factory=dict)
    reasons: dict[str, dict[str, str]] = field(default_factory=dict)


def ids(root: Path) -> dict[int, str]:
    """Number of the 32-bit form -> name, from the header of the guests."""
    text = (root / "hafnium/inc/vmapi/hf/ffa.h").read_text(encoding="utf-8")
    return {int(number, 16): name for name, number in ID.findall(text)}


def full_names(heading: str) -> list[str]:
    """Calls that a contract is about: `FFA_A and _B2` are FFA_A, FFA_AB2.

    A part of a name continues the first name where that has its beginning.
    """
    found = NAMES.findall(heading)
    first = found[0]
    stem = first.rsplit("_", 1)[0]
    return [n if n.startswith("FFA_") else stem + n for n in found]


def contracts_of(text: str) -> Iterator[tuple[str, set[int]]]:
    """Each call of one header with the codes that it may answer."""
    for comment in COMMENT.findall(text):
        heading, cites, _ = comment.removeprefix(" * ").partition(", DEN0")
        if not heading.startswith("FFA_") or not cites:
            continue
        said = ERRORS.search(comment)
        codes = {CODES[c] for c in CODE.findall(said.group(1) if said else "")}
        for name in full_names(heading):
            yield name, codes | {SUCCESS}


def contracts(root: Path) -> dict[str, set[int]]:
    """All of them, in the order of their ids."""
    known = ids(root)
    found: dict[str, set[int]] = {}
    for header in sorted((root / "hafnium/inc/hf/ffa").glob("*.h")):
        for name, codes in contracts_of(header.read_text(encoding="utf-8")):
            found[name] = found.get(name, set()) | codes
    for name, offer in rows(root).items():
        if name in found and not OFFERED_TO_ALL.match(offer):
            found[name].add(UNOFFERED)
    return {name: found[name] for name in known.values() if name in found}


def rows(root: Path) -> dict[str, str]:
    """The calls that there are and to whom, from the table of dispatch."""
    return dict(ROW.findall((root / TABLE).read_text(encoding="utf-8")))


def read(path: Path, known: dict[int, str], line: re.Pattern[str]) -> Cells:
    """Counts of one file's lines of call and code."""
    found = line.findall(path.read_text(encoding="utf-8"))
    named = ((known.get(int(number, 16)), int(code)) for number, code in found)
    return Counter((name, code) for name, code in named if name is not None)


def of_host(path: Path, known: dict[int, str]) -> Cells:
    """What the fixture of the host tests left; nothing without a file."""
    return read(path, known, LINE) if path.exists() else Counter()


def of_vms(run: Path, known: dict[int, str]) -> Cells:
    """What the test VMs said in a run of the scenarios, below out/test."""
    cells: Cells = Counter()
    for log in sorted(run.glob("*/*/vm1.log")):
        cells.update(read(log, known, RECORD))
    return cells


def reasons(path: Path) -> dict[str, dict[str, str]]:
    """`[where.FFA_NAME] CODE = "why no test can see it"`, as "FFA_NAME CODE"."""
    text = path.read_text(encoding="utf-8")
    return {
        where: {
            f"{name} {code}": why
            for name, codes in calls.items()
            for code, why in codes.items()
        }
        for where, calls in tomllib.loads(text).items()
    }


def name_of(code: int) -> str:
    """The name of a code."""
    return next((n for n, c in CODES.items() if c == code), "success")


def problems(table: Table) -> Iterator[str]:
    """Cells that are empty without a reason, or full without a contract."""
    for name in table.calls:
        if name not in table.contracts:
            yield f"{name} has no contract in a header"
    for where, cells in table.seen.items():
        excused = table.reasons.get(where, {})
        for name, codes in table.contracts.items():
            for code in sorted(codes, reverse=True):
                cell = f"{name} {name_of(code)}"
                if cells[name, code] == 0 and cell not in excused:
                    yield f"{where}: no test saw {cell}"
                if cells[name, code] > 0 and cell in excused:
                    yield f"{where}: {cell} was seen: drop its reason"
        for name, code in sorted(cells):
            known = table.contracts.get(
                name, {UNOFFERED} | NO_CALL.get(name, set())
            )
            if code not in known:
                yield f"{where}: {name} {name_of(code)} is in no contract"


def lines(table: Table) -> Iterator[str]:
    """The table for people: host/VM tests that saw it, `why` for a reason."""
    width = max(len(name) for name in table.contracts) + 2
    yield " " * width + "".join(f"{short:>9}" for short in SHORT)
    for name, codes in table.contracts.items():
        cells = [
            _cell(table, name, -minus) if -minus in codes else "."
            for minus in range(len(SHORT))
        ]
        yield f"{name:<{width}}" + "".join(f"{cell:>9}" for cell in cells)


def _cell(table: Table, name: str, code: int) -> str:
    counts = [
        str(cells[name, code])
        if cells[name, code]
        or f"{name} {name_of(code)}" not in table.reasons.get(where, {})
        else "why"
        for where, cells in table.seen.items()
    ]
    return "/".join(counts)
