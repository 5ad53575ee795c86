#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""State: every static variable's file is in the list of the architecture page.

At most two a module, a structure and a buffer beside it; none that other
files see. The fake
machine and the pretend board keep what tests set; they are not listed.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tree import Finding, files, lines, main

PAGE = "docs/architecture.md"
MOST = 2
SECTION = "## Static state"
VARIABLE = re.compile(
    r"static (?!const\b|inline\b)[^()]*?(?:[{=;]|aligned_to\()"
)
EXTERN = re.compile(r"extern (?!char \w+\[\];)[^()]*;")
# Assembly and the linker script define what C reads here.
SHARED = ("hafnium/src/arch/aarch64/", "hafnium/src/plat/")
APART = ("hafnium/src/arch/fake/", "hafnium/src/plat/host.c")


def listed(root: Path) -> dict[str, int]:
    """Files that the page's table names, with their lines."""
    found, inside = {}, False
    for number, line in enumerate(lines(root, PAGE), start=1):
        if line.startswith("## "):
            inside = line == SECTION
        if inside and (match := re.match(r"\| `(\S+)` \|", line)):
            found[match.group(1)] = number
    return found


def check(root: Path) -> Iterator[Finding]:
    """Files with state that are not listed, and the other way round."""
    known = listed(root)
    seen: set[str] = set()
    for path in files(root, ".c", ".h"):
        if not path.startswith("hafnium/src/") or path.startswith(APART):
            continue
        count = 0
        for number, line in enumerate(lines(root, path), start=1):
            if EXTERN.match(line) and not path.startswith(SHARED):
                yield Finding(path, number, "state", "variable of all files")
            if not VARIABLE.match(line) or re.search(r"\bconst \w+\[", line):
                continue
            seen.add(path)
            count += 1
            if path not in known:
                yield Finding(path, number, "state", f"not listed in {PAGE}")
            if count > MOST:
                yield Finding(path, number, "state", "third one in a module")
    for path in sorted(set(known) - seen):
        yield Finding(PAGE, known[path], "state", f"{path} has none")


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
