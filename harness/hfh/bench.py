# SPDX-License-Identifier: BSD-3-Clause
"""`make bench`: what calls cost, one line each: bench NAME INSTRUCTIONS.

Runs the scenarios bench* and takes the figures from the judge's records. They
are exact: the clock is the number of instructions.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfh.tree import Tree, default_tree

LINE = re.compile(r"\] log (bench \w+ \d+)$")


def figures(run: Path) -> Iterator[str]:
    """Yield the lines `bench NAME INSTRUCTIONS` of a run's evidence."""
    for log in sorted(run.glob("bench*/*/console.log")):
        for line in log.read_text("utf-8", "replace").splitlines():
            if match := LINE.search(line):
                yield match.group(1)


def run(tree: Tree) -> int:
    """Run the scenarios; return pytest's exit code."""
    scenarios = sorted(str(p) for p in tree.scenarios.glob("bench*.toml"))
    config = str(tree.harness / "pyproject.toml")
    return int(pytest.main(["-q", "-q", "-c", config, *scenarios]))


def main() -> int:
    """Print the figures; the exit code is not 0 when a scenario failed."""
    tree = default_tree()
    code = run(tree)
    for line in sorted(set(figures(tree.tests / "latest"))):
        print(line)
    return code


if __name__ == "__main__":
    sys.exit(main())
