# SPDX-License-Identifier: BSD-3-Clause
"""What an item leaves in out/test/<run>/<item>/; see docs/debugging.md."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hfh.console import HYPERVISOR, Line
from hfh import unwind
from hfh.drivers.base import Outcome
from hfh.drivers.postmortem import CORE, REGISTERS
from hfh.judge import shown
from hfh.plan import Item
from hfh.status import Verdict
from hfh.symbolise import backtrace
from hfh.symbols import Placed
from hfh.tree import Tree, quoted, writable

KEPT_RUNS = 10
TAIL = 15
BACKTRACE = "backtrace.txt"
_ENV = ("QEMU", "HF_OUT")
_RUN = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]+")


@dataclass(frozen=True)
class Record:
    """Everything that is known about one finished item.

    images: what ran, with symbols; the console's `image+0x...` lines speak of
    the first one.
    """

    item: Item
    argv: tuple[str, ...]
    nonce: str
    lines: tuple[Line, ...]
    outcome: Outcome
    verdict: Verdict
    images: tuple[Placed, ...]
    env: Mapping[str, str]


def item_folder(run: Path, item: Item) -> Path:
    """Return (not make) the folder of an item."""
    name = re.sub(r"[^A-Za-z0-9_.=,-]", "_", item.label)
    return run / item.scenario / name


def git_id(root: Path) -> str:
    """Return the commit and whether the tree differs, or "unknown"."""
    done = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty"],
        capture_output=True,
        check=False,
        text=True,
    )
    return done.stdout.strip() or "unknown"


def write(folder: Path, record: Record, commit: str) -> None:
    """Write item.json, command.sh, the per-VM logs and the backtrace."""
    verdict, outcome = record.verdict, record.outcome
    facts = {
        "item": record.item.id,
        "status": verdict.status.value,
        "failure": verdict.failure.value,
        "text": verdict.text,
        "findings": [
            [f.status.value, f.failure.value, f.text] for f in verdict.findings
        ],
        "ending": [outcome.ending.cause.value, outcome.ending.text],
        "stderr": outcome.stderr,
        "nonce": record.nonce,
        "git": commit,
        "instructions": outcome.icount,
        "guest_s": round(outcome.guest_s, 6),
        "cpu_s": outcome.cpu_s,
        "wall_s": round(outcome.wall_s, 3),
        "argv": list(record.argv),
        "env": {key: record.env[key] for key in _ENV if key in record.env},
    }
    (folder / "item.json").write_text(json.dumps(facts, indent=1) + "\n")
    script = f"#!/bin/sh\n{quoted(list(record.argv))} -serial mon:stdio\n"
    (folder / "command.sh").write_text(script)
    for source in {line.source for line in record.lines}:
        name = "hypervisor" if source == HYPERVISOR else f"vm{source:x}"
        texts = [ln.text for ln in record.lines if ln.source == source]
        (folder / f"{name}.log").write_text("\n".join(texts) + "\n")
    if trace := _backtrace(folder, record):
        (folder / BACKTRACE).write_text("\n".join(trace) + "\n")


def _backtrace(folder: Path, record: Record) -> list[str]:
    """Return the hypervisor's own backtrace, or that of all CPUs at a hang."""
    lines = [shown(line) for line in record.lines]
    trace = backtrace(lines, record.images[0].elf) if record.images else []
    registers, core = folder / REGISTERS, folder / CORE
    if not trace and registers.is_file() and core.is_file():
        text = registers.read_text()
        trace = unwind.cpus(text, unwind.Memory(core), record.images)
    return trace


def tail(lines: Sequence[Line], count: int = TAIL) -> list[str]:
    """Return the last console lines, cut to 200 characters each."""
    texts = [shown(line) for line in lines[-count:]]
    return [t if len(t) <= 200 else f"{t[:200]}..." for t in texts]


def start_run(tree: Tree, name: str) -> Path:
    """Make the folder of a run, drop the oldest ones, point `latest` to it."""
    runs = writable(tree, tree.tests)
    old = sorted(p for p in runs.iterdir() if _RUN.fullmatch(p.name))
    for path in old[: max(0, len(old) - KEPT_RUNS + 1)]:
        shutil.rmtree(path, ignore_errors=True)
    folder = writable(tree, runs / name)
    link, part = runs / "latest", runs / f".latest.{os.getpid()}"
    part.unlink(missing_ok=True)
    part.symlink_to(name)
    os.replace(part, link)
    return folder


def repeat_command(tree: Tree, item: Item, env: Mapping[str, str]) -> str:
    """Return the shell command that runs an item again, from anywhere."""
    machine = item.machine
    words = [
        *(("env", f"QEMU={env['QEMU']}") if env.get("QEMU") else ()),
        *("make", "-C", str(tree.root), "scenario"),
        f"S={item.scenario}",
        f"T={item.name}",
        f"CPUS={machine.cpus}",
        f"GIC={machine.gic}",
    ]
    if len(item.setup.cpu) > 1:
        words.append(f"CPU={machine.cpu}")
    if len(item.setup.builds) > 1:
        words.append(f"BUILD={machine.build}")
    return quoted(words)
