# SPDX-License-Identifier: BSD-3-Clause
"""What every check needs: the files of the tree, and how a finding reads."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One broken rule; printed as `file:line: rule: text`."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def files(root: Path, *suffixes: str) -> list[str]:
    """Paths in the tree that git knows or would know, with these suffixes."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(done.stdout.split("\0")) - {""})
    return [
        name
        for name in names
        if (not suffixes or name.endswith(suffixes))
        and (root / name).is_file()
        and "/checks/tests/bad/" not in name
    ]


def lines(root: Path, path: str) -> list[str]:
    """Lines of a file of the tree, without their ends."""
    return (root / path).read_text(encoding="utf-8").splitlines()


def main(check: Callable[[Path], Iterable[Finding]], what: str | None) -> int:
    """Command line of a check: findings on standard output, exit 1 if any."""
    parser = argparse.ArgumentParser(description=what)
    here = Path(__file__).resolve().parents[2]
    parser.add_argument("--root", type=Path, default=here)
    found = sorted(set(check(parser.parse_args().root)))
    for finding in found:
        print(finding)
    return 1 if found else 0
