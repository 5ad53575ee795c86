#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Licence: every source file names it in one of its first three lines."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tree import Finding, files, lines, main

OURS = "BSD-3-Clause"
# Linux takes modules of its own licence only; what others need of them is both.
FOLDERS = {"testvms/linux/ffa_client/": "GPL-2.0-only"}
SUFFIXES = (
    *(".c", ".h", ".S", ".ld", ".def", ".mk"),
    *(".py", ".sh", ".toml", "Makefile"),
)
# Data for tests: the bytes matter, a comment would change them.
DATA = ("harness/tests/",)


def is_script(root: Path, path: str) -> bool:
    """A file without suffix that begins with #!."""
    if Path(path).suffix:
        return False
    with (root / path).open("rb") as file:
        return file.read(2) == b"#!"


def check(root: Path) -> Iterator[Finding]:
    """Every source file without the licence line."""
    for path in files(root):
        if path.startswith(DATA) and not path.endswith(".py"):
            continue
        if path.endswith(SUFFIXES) or is_script(root, path):
            name = path.rpartition("/")[0] + "/"
            line = f"SPDX-License-Identifier: {FOLDERS.get(name, OURS)}"
            if not any(line in text for text in lines(root, path)[:3]):
                yield Finding(path, 1, "spdx", f"no `{line}`")


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
