#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""ABI: layout and constants that others see equal the golden file.

What guests (vmapi) and tools (log ring, test list) read is compiled for the
board and read back from its debug information. `--update` writes the golden
file anew: do that for an intended change, and say so in the commit.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from abi_layout import layout
from tree import Finding, main

GOLDEN = "harness/checks/abi.golden"


def check(root: Path) -> Iterator[Finding]:
    """Every difference between the tree and the golden file."""
    golden = (root / GOLDEN).read_text(encoding="utf-8").splitlines()
    now = layout(root)
    for line in sorted(set(golden) - set(now)):
        yield Finding(GOLDEN, golden.index(line) + 1, "abi", f"gone: {line}")
    for line in sorted(set(now) - set(golden)):
        yield Finding(GOLDEN, 1, "abi", f"new: {line}; intended? --update")


if __name__ == "__main__":
    if "--update" in sys.argv:
        top_folder = Path(__file__).resolve().parents[2]
        new = "\n".join(layout(top_folder)) + "\n"
        (top_folder / GOLDEN).write_text(new, encoding="utf-8")
        sys.exit(0)
    sys.exit(main(check, __doc__))
