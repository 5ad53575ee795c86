# SPDX-License-Identifier: BSD-3-Clause
"""Where each CPU of a hung machine was: registers and frame records.

Hypervisor and test VMs run at the addresses that they have in memory, and keep
frame pointers, so a dump of physical memory is enough.
"""

import re
import struct
from collections.abc import Sequence
from pathlib import Path

from elftools.elf.elffile import ELFFile

from hfh.symbolise import INSTRUCTION, look_up
from hfh.symbols import Placed

MOST_FRAMES = 32
_CPU = re.compile(r"^CPU#([0-9]+)", re.MULTILINE)
_PC = re.compile(r"\bPC=([0-9a-f]+)")
_FP = re.compile(r"\bX29=([0-9a-f]+)")
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


def addresses(memory: Memory, pc: int, fp: int) -> list[int]:
    """Return pc and the return addresses behind it, innermost first."""
    found = [pc]
    while len(found) < MOST_FRAMES and fp and fp % 16 == 0:
        record = memory.pair(fp)
        if record is None or record[1] == 0:
            break
        found.append(record[1])
        if record[0] <= fp:
            break
        fp = record[0]
    return found


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
    parts = _CPU.split(registers)[1:]
    for number, text in zip(parts[::2], parts[1::2]):
        pc, fp, state = (p.search(text) for p in (_PC, _FP, _STATE))
        if pc is None or fp is None:
            continue
        level = state.group(1) if state else "?"
        lines.append(f"CPU {number} at {level}")
        begin = int(pc.group(1), 16)
        if begin == 0:
            lines[-1] = f"CPU {number} is off"
            continue
        stack = addresses(memory, begin, int(fp.group(1), 16))
        lines += describe(images, stack)
    return lines
