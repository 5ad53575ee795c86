#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""make check: every rule of docs/style.md, side by side, a line for each.

With names as arguments only those checks run. Findings are printed as
`file:line: rule: text`; the exit code is 1 when there is one.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tree import files

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RULES = (
    *("headers", "layout", "abi", "abi_page", "limits", "floors"),
    *("state", "spdx", "doclinks", "claims", "commits"),
)
PYTHON = "/usr/bin/python3"
CONFIG = "--config=harness/pyproject.toml"
WORKERS = 2


@dataclass(frozen=True)
class Result:
    """How one check ended."""

    name: str
    seconds: float
    output: str
    passed: bool


def mypy(folder: str, paths: list[str]) -> list[str]:
    """Types of one folder, whose modules import each other by plain name."""
    inside = [p for p in paths if p.startswith(folder + "/")]
    return [
        *(PYTHON, "-m", "mypy", "--config-file=harness/pyproject.toml"),
        *("--cache-dir=out/.mypy_cache", "--no-error-summary", *inside),
    ]


def commands() -> dict[str, list[str]]:
    """Name and command of each check; the slow ones come first."""
    python = files(ROOT, ".py")
    shell = [*files(ROOT, ".sh"), ".ci/run", ".githooks/pre-commit"]
    text = [p for p in files(ROOT) if "/tests/" not in p]
    found: dict[str, list[str]] = {
        "types": mypy("harness/hfh", python),
        "types-checks": mypy("harness/checks", python),
        "types-coverage": mypy("coverage", python),
        "types-kokoro": mypy("kokoro", python),
        "black": ["black", "-q", "--check", "--diff", CONFIG, *python],
        "shellcheck": ["shellcheck", "-x", *shell],
        "spelling": ["codespell", "-q2", "-I", str(HERE / "words"), *text],
    }
    for rule in RULES:
        found[rule] = [PYTHON, str(HERE / f"{rule}.py")]
    return found


def run(name: str, command: list[str]) -> Result:
    """Run one check from the top of the tree."""
    begin = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        text = f"{command[0]} is missing: run `make setup`\n"
        return Result(name, 0.0, text, False)
    seconds = time.monotonic() - begin
    return Result(name, seconds, done.stdout, done.returncode == 0)


def main(wanted: list[str]) -> int:
    """Run the checks, print each as it ends, then the sum."""
    known = commands()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"check: no check {unknown[0]}; there are: {' '.join(known)}")
        return 2
    begin, failed = time.monotonic(), 0
    chosen = {n: c for n, c in known.items() if not wanted or n in wanted}
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [pool.submit(run, n, c) for n, c in chosen.items()]
        for job in as_completed(jobs):
            result = job.result()
            word = "ok" if result.passed else "FAILED"
            print(f"  {result.name:<15}{result.seconds:6.2f} s  {word}")
            if not result.passed:
                print(result.output, end="")
            failed += not result.passed
            sys.stdout.flush()
    seconds = time.monotonic() - begin
    print(f"check: {len(chosen) - failed} passed, {failed} failed", end="")
    print(f" in {seconds:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
