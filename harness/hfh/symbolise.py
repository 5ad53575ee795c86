# SPDX-License-Identifier: BSD-3-Clause
"""`#<n> 0x<address> image+0x<offset>` lines -> functions and source lines."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_FRAME = re.compile(r"^\s*#([0-9]+) (0x[0-9a-f]+) image\+(0x[0-9a-f]+)")
TOOLS = ("aarch64-linux-gnu-addr2line", "llvm-addr2line", "addr2line")


def frames(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return (number, image offset) of each backtrace line."""
    found = (_FRAME.match(line) for line in lines)
    return [(int(m.group(1)), int(m.group(3), 16)) for m in found if m]


def backtrace(lines: Sequence[str], elf: Path) -> list[str]:
    """Return one readable line per frame; [] when there is none.

    A return address stands behind its call: all but frame 0 look one
    instruction back.
    """
    found = frames(lines)
    tool = next((t for t in map(shutil.which, TOOLS) if t), None)
    if not found or tool is None or not elf.is_file():
        return []
    wanted = [hex(at - 4 if number else at) for number, at in found]
    done = subprocess.run(
        [tool, "-f", "-C", "-e", str(elf), *wanted],
        capture_output=True,
        check=False,
        text=True,
    )
    answers = done.stdout.splitlines()
    if len(answers) != 2 * len(found):
        return []
    return [
        f"#{number} image+{at:#x} {function} at {where}"
        for (number, at), function, where in zip(
            found, answers[::2], answers[1::2]
        )
    ]
