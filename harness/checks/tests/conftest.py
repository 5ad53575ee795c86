# SPDX-License-Identifier: BSD-3-Clause
"""A tree of one or a few files, and what a check says about it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKS = Path(__file__).resolve().parents[1]
Say = Callable[..., list[str]]


def run_check(root: Path, check: str) -> list[str]:
    """Findings of one check on the tree at `root`."""
    done = subprocess.run(
        ["/usr/bin/python3", str(CHECKS / f"{check}.py"), "--root", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    assert done.returncode == (1 if done.stdout else 0)
    return done.stdout.splitlines()


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """say(check, {path: text}): what the check finds in these files."""

    def answer(check: str, given: dict[str, str]) -> list[str]:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        given = {"testvms/testvms.mk": "EL2_IMAGES := bare\n"} | given
        for name, text in given.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return run_check(tmp_path, check)

    return answer


sys.path.insert(0, str(CHECKS))
