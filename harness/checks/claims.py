#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Claims: every claim and attack of the security page names tests that exist.

A reference is `scenario::glob` or `host::glob`; the glob is on suite.test, or on
the case of a scenario that has cases.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from tree import Finding, files, lines, main

PAGE = "docs/security.md"
SECTIONS = ("## What is guaranteed", "## Attacks")
REFERENCE = re.compile(r"`(\w+)::([\w.*?]+)`")
TEST = re.compile(r"^TEST\w*\((\w+),\s*(\w+)", re.M)


@cache
def tests_below(root: Path, folder: str) -> frozenset[str]:
    """Names of the tests in the C files of a folder."""
    found: set[str] = set()
    for path in files(root, ".c"):
        if path.startswith(folder):
            text = (root / path).read_text(encoding="utf-8")
            found |= {f"{s}.{t}" for s, t in TEST.findall(text)}
    return frozenset(found)


def tests_of(root: Path, scenario: str) -> frozenset[str] | None:
    """Names of a scenario's tests or cases; None: there is no such scenario."""
    if scenario == "host":
        return tests_below(root, "hafnium/test/")
    path = root / "harness/scenarios" / f"{scenario}.toml"
    if not path.is_file():
        return None
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if "case" in data:
        return frozenset(data["case"])
    image = data.get("image") or data["vms"][0]
    return tests_below(root, f"testvms/{image}/")


def judge(root: Path, scenario: str, glob: str) -> str:
    """What is wrong with a reference; nothing when it holds."""
    names = tests_of(root, scenario)
    if names is None:
        return f"there is no scenario {scenario}"
    if not any(fnmatchcase(name, glob) for name in names):
        return f"{scenario} has no test {glob}"
    return ""


def check(root: Path) -> Iterator[Finding]:
    """Claims without a test, and tests that are not there."""
    inside = False
    for number, line in enumerate(lines(root, PAGE), start=1):
        if line.startswith("## "):
            inside = line in SECTIONS
        if not inside or not line.startswith("| ") or line.startswith("|--"):
            continue
        attacked_by = line.rstrip("| ").rsplit("|", 1)[-1]
        found = REFERENCE.findall(attacked_by)
        if not found and attacked_by.strip() != "attacked by":
            yield Finding(PAGE, number, "claims", "no test attacks this")
        for scenario, glob in found:
            if text := judge(root, scenario, glob):
                yield Finding(PAGE, number, "claims", text)


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
