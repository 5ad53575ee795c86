#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Commit subjects: `scope: what now holds`, scope a folder, at most 72.

A copy of the tree without its history has nothing to check.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tree import Finding, files, main

LENGTH = 72
EXTRA = {"build", "ci", "tree"}
SUBJECT = re.compile(r"([a-z0-9_.,/ -]+): \S.*[^.\s]")


def scopes(root: Path) -> set[str]:
    """Names of all folders, of the files at the top, and a few more."""
    found = set(EXTRA)
    for path in files(root):
        found.update(part.lstrip(".") for part in Path(path).parts[:-1])
        found.add(Path(path).stem.lower())
    return found


def judge(subject: str, known: set[str]) -> str:
    """What is wrong with a subject, or ""."""
    if len(subject) > LENGTH:
        return f"{len(subject)} characters, most {LENGTH}: {subject}"
    match = SUBJECT.fullmatch(subject)
    if not match:
        return f"not `scope: what now holds`: {subject}"
    named = re.split(r"[,/ ]+", match.group(1))
    unknown = [name for name in named if name not in known]
    if unknown:
        return f"no folder is called {unknown[0]}: {subject}"
    return ""


def check(root: Path) -> Iterator[Finding]:
    """Subjects of all commits but merges."""
    log = subprocess.run(
        ["git", "log", "--no-merges", "--format=%h %s"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    known = scopes(root)
    for line in log.stdout.splitlines():
        commit, _, subject = line.partition(" ")
        if wrong := judge(subject, known):
            yield Finding(commit, 1, "commits", wrong)


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
