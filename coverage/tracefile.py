# SPDX-License-Identifier: BSD-3-Clause
"""An lcov tracefile as counts of lines, branches and functions per floor."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

KINDS = ("lines", "branches", "functions")
RECORDS = {
    "LH": ("lines", 0),
    "LF": ("lines", 1),
    "BRH": ("branches", 0),
    "BRF": ("branches", 1),
    "FNH": ("functions", 0),
    "FNF": ("functions", 1),
}
FLOORS = ("base", "arch", "mm", "vm", "subsystem", "dispatch", "boot")
FOLDERS = {
    "base": "base",
    "vmapi": "base",
    "arch": "arch",
    "dev": "arch",
    "plat": "arch",
    "mm": "mm",
    "vm": "vm",
    "ffa": "subsystem",
    "irq": "subsystem",
    "vtimer": "subsystem",
    "psci": "subsystem",
    "smc": "subsystem",
    "dispatch": "dispatch",
    "boot": "boot",
}
FAKE = "fake"


@dataclass
class Counts:
    """How many were hit and how many there are, for each kind."""

    hit: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    all: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def add(self, other: "Counts") -> None:
        """Take the counts of another part in."""
        for kind in KINDS:
            self.hit[kind] += other.hit[kind]
            self.all[kind] += other.all[kind]

    def percent(self, kind: str) -> float:
        """Rounded down, so that 100 means all; nothing to hit is all."""
        if not self.all[kind]:
            return 100.0
        return int(1000 * self.hit[kind] / self.all[kind]) / 10


def floor_of(path: str) -> str:
    """Floor of a source file by its folder; the fake machine is apart."""
    if "/fake/" in path or path.endswith("/plat/host.c"):
        return FAKE
    parts = Path(path).parts
    below = parts[parts.index("hafnium") + 2 :]
    folder = below[1] if below[0] == "hf" else below[0]
    return FOLDERS[folder]


def read_files(text: str) -> Iterator[tuple[str, Counts]]:
    """Name and counts of each file of a tracefile."""
    name, counts = "", Counts()
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key == "SF":
            name, counts = value, Counts()
        elif key in RECORDS:
            kind, place = RECORDS[key]
            (counts.hit, counts.all)[place][kind] = int(value)
        elif line == "end_of_record":
            yield name, counts


def by_floor(text: str) -> dict[str, Counts]:
    """Counts of each floor, and of the fake machine."""
    floors = {name: Counts() for name in (*FLOORS, FAKE)}
    for name, counts in read_files(text):
        floors[floor_of(name)].add(counts)
    return floors


def orphans(build: Path, root: Path) -> list[Path]:
    """Notes of the compiler about sources that are not there any more.

    They stay when a source is renamed or removed, and would count as files
    that no test reaches.
    """
    return [
        note
        for note in build.rglob("*.gcno")
        if not (root / note.relative_to(build).with_suffix("")).exists()
    ]
