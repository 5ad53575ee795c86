#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Layout: C as .clang-format has it; `make format` puts it right."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tree import Finding, files, main

ASSEMBLY = ("hafnium/src/arch/aarch64/asm.h",)  # no C; see kokoro/format.sh
WRONG = re.compile(r"^(\S+?):(\d+):\d+: error: code should be", re.M)


def check(root: Path) -> Iterator[Finding]:
    """The first line of each file that clang-format would change."""
    paths = [p for p in files(root, ".c", ".h") if p not in ASSEMBLY]
    done = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", *paths],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    first: dict[str, int] = {}
    for path, line in WRONG.findall(done.stderr):
        first.setdefault(path, int(line))
    for path, number in first.items():
        yield Finding(path, number, "layout", "from here on: make format")
    if done.returncode and not first:
        yield Finding(".clang-format", 1, "layout", done.stderr.strip())


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
