# SPDX-License-Identifier: BSD-3-Clause
"""One item from plan to verdict: pack, run, judge, leave the evidence."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hfh import console, evidence
from hfh.drivers.base import Driver, Launch, Outcome, limits
from hfh.drivers.command import Files, command, find_qemu
from hfh.drivers.gdb import run_script
from hfh.drivers.qemu import CONSOLE
from hfh.judge import Case, judge
from hfh.loaded import bootargs, kernel_image, ramdisk
from hfh.plan import Item
from hfh.records import Run
from hfh.status import Verdict
from hfh.symbols import placed
from hfh.tree import Tree, writable

PRIMARY = 1


@dataclass(frozen=True)
class Bench:
    """What all items of a session share."""

    tree: Tree
    run: Path
    driver: Driver
    env: Mapping[str, str]
    commit: str
    tee: Callable[[bytes], None] | None = None


@dataclass(frozen=True)
class Result:
    """What the reports need of a finished item."""

    item: Item
    verdict: Verdict
    outcome: Outcome
    tail: tuple[str, ...]
    folder: Path
    repeat: str


def run_item(bench: Bench, item: Item) -> Result:
    """Run an item and judge it.

    Raises UsageError or InfraError when it cannot be started at all.
    """
    tree, nonce = bench.tree, secrets.token_hex(8)
    image, initrd = kernel_image(tree, item), ramdisk(tree, item)
    files = Files(image.bin, initrd, bootargs(item, nonce))
    qemu = find_qemu(bench.env)
    argv = tuple(command(qemu, item.setup, item.machine, files))
    folder = writable(tree, evidence.item_folder(bench.run, item))
    demux = item.kind not in ("el2", "gdb")
    launch = Launch(
        argv=argv,
        folder=folder,
        icount=item.setup.icount,
        limits=limits(item.setup.deadline_s, item.setup.icount),
        demux=demux,
        steps=item.steps,
        goals=item.expect.log if item.expect.end == "stopped" else (),
        tee=bench.tee,
    )
    if item.kind == "gdb":
        outcome = run_script(tree, item, bench.env, launch)
    else:
        outcome = bench.driver.run(launch)
    raw = (folder / CONSOLE).read_bytes()
    lines = tuple(console.split(raw, demux=demux))
    verdict = judge(_case(item, nonce, lines, outcome))
    images = tuple(placed(tree, item))
    record = evidence.Record(
        item, argv, nonce, lines, outcome, verdict, images, bench.env
    )
    evidence.write(folder, record, bench.commit)
    repeat = evidence.repeat_command(tree, item, bench.env)
    last = tuple(evidence.tail(lines))
    return Result(item, verdict, outcome, last, folder, repeat)


def _case(
    item: Item, nonce: str, lines: tuple[console.Line, ...], outcome: Outcome
) -> Case:
    run = None
    if item.kind in ("vm", "el2"):
        judged_by = console.HYPERVISOR if item.kind == "el2" else PRIMARY
        run = Run(item.name, nonce, judged_by)
    return Case(lines, outcome.ending, item.expect, run, outcome.missing)
