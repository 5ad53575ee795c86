# SPDX-License-Identifier: BSD-3-Clause
"""One item from plan to verdict: pack, run, judge, leave the evidence."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hfh import console, evidence
from hfh.drivers.base import Driver, Launch, Outcome, limits
from hfh.drivers.command import Files, command, find_qemu
from hfh.drivers.qemu import CONSOLE
from hfh.judge import Case, judge
from hfh.pack import LINUX, SETUP_HINT, order, pack
from hfh.plan import BUILD_HINT, Item
from hfh.records import Run
from hfh.status import Verdict
from hfh.tree import Image, Tree, need, writable

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


def kernel_image(tree: Tree, item: Item) -> Image:
    """Return what QEMU starts, which must be there.

    Raises UsageError when it is missing.
    """
    setup, build = item.setup, item.machine.build
    hint, what = BUILD_HINT, "hypervisor"
    if item.kind == "el2":
        image, what = tree.el2(build, setup.image), f"image {setup.image}"
    elif setup.kernel == LINUX:
        image, what, hint = tree.linux, "Linux kernel", SETUP_HINT
    elif setup.kernel:
        path = tree.root / setup.kernel.replace("{build}", build)
        image, what = Image(path.with_suffix(".elf"), path), "kernel"
    else:
        image = tree.hypervisor(build)
    need(tree, image.bin, f"scenario {item.scenario}: {what}", hint)
    return image


def ramdisk(tree: Tree, item: Item) -> Path | None:
    """Return the RAM disk of an item, packed if need be."""
    setup = item.setup
    if item.kind == "el2" or not setup.ramdisk.present:
        return None
    if setup.kernel == LINUX and not setup.vms:
        return need(tree, tree.initrd, "initramfs", SETUP_HINT)
    return pack(tree, order(tree, setup, item.machine.build, item.folder))


def bootargs(item: Item, nonce: str) -> str:
    """Return /chosen/bootargs: the test's arguments, then the scenario's."""
    words = [item.setup.bootargs] if item.setup.bootargs else []
    if item.kind in ("vm", "el2"):
        words = [f"hft.nonce={nonce}", f"hft.run={item.name}", *words]
    return " ".join(words)


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
    demux = item.kind != "el2"
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
    outcome = bench.driver.run(launch)
    raw = (folder / CONSOLE).read_bytes()
    lines = tuple(console.split(raw, demux=demux))
    verdict = judge(_case(item, nonce, lines, outcome))
    record = evidence.Record(
        item, argv, nonce, lines, outcome, verdict, image.elf, bench.env
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
