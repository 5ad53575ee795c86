# SPDX-License-Identifier: BSD-3-Clause
"""Image offsets -> functions and source lines, by addr2line."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_FRAME = re.compile(r"^\s*#([0-9]+) (0x[0-9a-f]+) image\+(0x[0-9a-f]+)")
TOOLS = ("aarch64-linux-gnu-addr2line", "llvm-addr2line", "addr2line")
INSTRUCTION = 4


def frames(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return (number, image offset) of each backtrace line of a console.

    They look like `  #1 0x40005b80 image+0x4b80`.
    """
    found = (_FRAME.match(line) for line in lines)
    return [(int(m.group(1)), int(m.group(3), 16)) for m in found if m]


def look_up(elf: Path, offsets: Sequence[int]) -> list[str]:
    """Return "function at file:line" for each offset, [] without a tool."""
    tool = next((t for t in map(shutil.which, TOOLS) if t), None)
    if not offsets or tool is None or not elf.is_file():
        return []
    done = subprocess.run(
        [tool, "-f", "-C", "-e", str(elf), *map(hex, offsets)],
        capture_output=True,
        check=False,
        text=True,
    )
    words = done.stdout.splitlines()
    if len(words) != 2 * len(offsets):
        return []
    return [f"{name} at {at}" for name, at in zip(words[::2], words[1::2])]


def backtrace(lines: Sequence[str], elf: Path) -> list[str]:
    """Return one readable line per frame of a console; [] for none.

    A return address stands behind its call: all but frame 0 look one
    instruction back.
    """
    found = frames(lines)
    wanted = [at - INSTRUCTION if number else at for number, at in found]
    names = look_up(elf, wanted)
    return [
        f"#{number} image+{at:#x} {name}"
        for (number, at), name in zip(found, names)
    ]
