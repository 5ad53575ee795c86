# SPDX-License-Identifier: BSD-3-Clause
"""Where each CPU of a hung machine was: registers, stacks and .debug_frame.

Hypervisor and test VMs run at the addresses that they have in memory, and VMs
keep frame pointers, so a dump of physical memory is enough.
"""

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from elftools.dwarf.callframe import FDE, RegisterRule
from elftools.elf.elffile import ELFFile

from hfh.symbolise import INSTRUCTION, look_up
from hfh.symbols import Placed

MOST_FRAMES = 32
# Their DWARF numbers (aadwarf64); PC has none that matters here.
X29, X30, SP, PC = 29, 30, 31, 32
_NAMES = {"SP": SP, "PC": PC}
_CPU = re.compile(r"^CPU#([0-9]+)", re.MULTILINE)
_REGISTER = re.compile(r"\b(PC|SP|X[0-9]+)=([0-9a-f]+)")
_STATE = re.compile(r"\bPSTATE=.*?\b(EL[0-3][ht])")


class Memory:
    """Physical memory from an ELF core file."""

    def __init__(self, core: Path) -> None:
        self._data = core.read_bytes()
        with core.open("rb") as file:
            self._parts = [
                (part["p_paddr"], part["p_filesz"], part["p_offset"])
                for part in ELFFile(file).iter_segments("PT_LOAD")
            ]

    def pair(self, address: int) -> tuple[int, int] | None:
        """Return two 64-bit words, None when they are not in memory."""
        for begin, size, offset in self._parts:
            if begin <= address and address + 16 <= begin + size:
                at = offset + address - begin
                first, second = struct.unpack_from("<QQ", self._data, at)
                return first, second
        return None


@dataclass(frozen=True)
class Row:
    """How to leave a function, from one of its instructions.

    cfa: register and offset that give the caller's SP. saved: register ->
    offset from that SP where its value lies, None when it is lost.
    """

    cfa: tuple[int, int]
    saved: dict[int, int | None]


def _row(line: dict[str | int, Any]) -> Row:
    cfa = (line["cfa"].reg, line["cfa"].offset)
    rules = {n: rule for n, rule in line.items() if isinstance(n, int)}
    return Row(
        cfa,
        {
            n: rule.arg if rule.type == RegisterRule.OFFSET else None
            for n, rule in rules.items()
            if rule.type != RegisterRule.SAME_VALUE
        },
    )


@cache
def _table(elf: Path) -> list[tuple[int, int, Row]]:
    """Return (begin, end, row) of all instructions that .debug_frame has."""
    found: list[tuple[int, int, Row]] = []
    if not elf.is_file():
        return found
    with elf.open("rb") as file:
        for entry in ELFFile(file).get_dwarf_info().CFI_entries():
            if not isinstance(entry, FDE):
                continue
            end = entry["initial_location"] + entry["address_range"]
            for line in reversed(entry.get_decoded().table):
                found.append((line["pc"], end, _row(line)))
                end = line["pc"]
    return found


def rows(images: Sequence[Placed]) -> Callable[[int], Row | None]:
    """Return what finds the row of an address."""

    def find(pc: int) -> Row | None:
        for image in images:
            at = pc - image.base
            for begin, end, row in _table(image.elf):
                if begin <= at < end:
                    return row
        return None

    return find


def _leave(memory: Memory, row: Row, now: dict[int, int]) -> dict[int, int]:
    """Return the caller's registers; without X30 where nobody called."""
    if row.cfa[0] not in now:
        return {}
    sp = now[row.cfa[0]] + row.cfa[1]
    then = now | {SP: sp}
    for number, offset in row.saved.items():
        word = None if offset is None else memory.pair(sp + offset)
        if word is None:
            del then[number]
        else:
            then[number] = word[0]
    return then


def _records(memory: Memory, fp: int) -> Iterator[int]:
    """Yield the return addresses of frame records, innermost first."""
    while fp and fp % 16 == 0:
        record = memory.pair(fp)
        if record is None or record[1] == 0:
            return
        yield record[1]
        if record[0] <= fp:
            return
        fp = record[0]


def addresses(
    memory: Memory, now: dict[int, int], find: Callable[[int], Row | None]
) -> list[int]:
    """Return PC and the return addresses behind it, innermost first.

    now: registers by their DWARF number. By rows as long as there are some;
    then, for a VM that the hypervisor was called by, by frame records.
    """
    found = [now[PC]]
    row = find(now[PC])
    while row is not None and len(found) < MOST_FRAMES:
        now = _leave(memory, row, now)
        if X30 not in now:
            break
        found.append(now[X30])
        row = find(now[X30] - INSTRUCTION)
    return [*found, *_records(memory, now.get(X29, 0))][:MOST_FRAMES]


def describe(images: Sequence[Placed], stack: Sequence[int]) -> list[str]:
    """Return a readable line for each address of a stack."""
    lines = []
    for number, address in enumerate(stack):
        text = "?"
        for image in images:
            if image.base <= address < image.base + image.size:
                back = INSTRUCTION if number else 0
                found = look_up(image.elf, [address - image.base - back])
                text = f"{image.elf.name}: {found[0] if found else '?'}"
        lines.append(f"  #{number} {address:#x} {text}")
    return lines


def cpus(registers: str, memory: Memory, images: Sequence[Placed]) -> list[str]:
    """Return the backtraces of all CPUs of `info registers -a`."""
    lines = []
    find = rows(images)
    parts = _CPU.split(registers)[1:]
    for number, text in zip(parts[::2], parts[1::2]):
        now = {
            _NAMES.get(name) or int(name[1:]): int(value, 16)
            for name, value in _REGISTER.findall(text)
        }
        state = _STATE.search(text)
        if PC not in now:
            continue
        lines.append(f"CPU {number} at {state.group(1) if state else '?'}")
        if now[PC] == 0:
            lines[-1] = f"CPU {number} is off"
            continue
        lines += describe(images, addresses(memory, now, find))
    return lines
