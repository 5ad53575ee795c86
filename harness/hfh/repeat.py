# SPDX-License-Identifier: BSD-3-Clause
"""`make repeat`: a scenario many times over, and how often it failed.

python3 -m hfh.repeat SCENARIO [TEST] N=rounds [CPUS=n] ...: for races, which
one pass does not show. A round that failed leaves its evidence in
out/test/<run>/round-<n>; the last line is the result.
"""

import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hfh import evidence
from hfh.drivers.base import Driver
from hfh.drivers.qemu import QemuDriver
from hfh.errors import InfraError, UsageError
from hfh.execute import Bench, run_item
from hfh.live import KNOBS, knobs, number, selection
from hfh.plan import Item, require
from hfh.scenario import find, load
from hfh.status import Status
from hfh.tree import Tree, default_tree, writable

WELL = (Status.PASS, Status.SKIP)


def run_round(bench: Bench, items: Sequence[Item]) -> int:
    """Run all items once; return how many failed, and say which."""
    failed = 0
    for item in items:
        result = run_item(bench, item)
        if result.verdict.status not in WELL:
            failed += 1
            status = result.verdict.status.value.upper()
            text = f"{status} {item.id}: {result.verdict.text}"
            print(f"{text}\nevidence: {result.folder}", flush=True)
    if not failed:
        shutil.rmtree(bench.run, ignore_errors=True)
    return failed


def repeat(
    tree: Tree, items: Sequence[Item], rounds: int, driver: Driver
) -> int:
    """Run all items `rounds` times; return how many runs failed."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid():x}"
    run, commit = evidence.start_run(tree, name), evidence.git_id(tree.root)
    failed = 0
    for number_of in range(1, rounds + 1):
        folder: Path = writable(tree, run / f"round-{number_of}")
        bench = Bench(tree, folder, driver, os.environ, commit)
        failed += run_round(bench, items)
    return failed


def main(argv: Sequence[str] | None = None) -> int:
    """Repeat, print one line; 1 when anything failed, 2 on wrong use."""
    tree = default_tree()
    try:
        words = sys.argv[1:] if argv is None else argv
        found = knobs(words, os.environ, (*KNOBS, "N"))
        rounds = number(found, "N")
        if "S" not in found or not rounds:
            raise UsageError("say what: make repeat S=<scenario> N=<rounds>")
        scenario = load(find(tree.scenarios, found["S"]))
        items = require(tree, scenario, selection(found))
        failed = repeat(tree, items, rounds, QemuDriver())
    except (UsageError, InfraError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    runs = f"{rounds} rounds of {len(items)} tests"
    print(f"repeat {scenario.name}: {runs}, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
