# SPDX-License-Identifier: BSD-3-Clause
"""The QEMU command line of an item, and which QEMU there is."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hfh.errors import UsageError
from hfh.plan import Machine
from hfh.setup import Setup

LEAST = (7, 2)
NAME = "qemu-system-aarch64"
PACKAGE = "qemu-system-arm"


@dataclass(frozen=True)
class Files:
    """What QEMU loads."""

    kernel: Path
    initrd: Path | None
    bootargs: str


def find_qemu(env: Mapping[str, str]) -> str:
    """Return the QEMU to use: $QEMU, or the one on the path.

    Raises UsageError when it is missing or older than LEAST.
    """
    name = env.get("QEMU") or NAME
    path = shutil.which(name)
    if path is None:
        hint = f"install {PACKAGE} (`make setup`) or set QEMU"
        raise UsageError(f"QEMU is missing: no {name}; {hint}")
    version = _version(path)
    if version < LEAST:
        found = ".".join(str(part) for part in version) or "no version"
        text = f"QEMU is too old: {path} has {found}"
        raise UsageError(f"{text}; version 7.2 or later is needed")
    return path


@lru_cache(maxsize=4)
def _version(path: str) -> tuple[int, ...]:
    done = subprocess.run(
        [path, "--version"],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    text = done.stdout.decode("utf-8", "replace")
    match = re.search(r"version ([0-9]+)\.([0-9]+)", text)
    return (int(match.group(1)), int(match.group(2))) if match else ()


def cpu_model(cpu: str) -> str:
    """Return the -cpu argument; max gets the cheap pointer authentication."""
    return "max,pauth-impdef=on" if cpu == "max" else cpu


def machine_argument(gic: int, options: tuple[str, ...]) -> str:
    """Return the -M argument; options replace the defaults they name."""
    words = {
        "virtualization": "on",
        "gic-version": str(gic),
        "dtb-randomness": "off",
    }
    for option in options:
        key, _, value = option.partition("=")
        words[key] = value
    return ",".join(["virt", *(f"{k}={v}" for k, v in words.items())])


def command(
    qemu: str, setup: Setup, machine: Machine, files: Files
) -> list[str]:
    """Return QEMU's arguments but for its console and monitor."""
    argv = [
        qemu,
        *("-M", machine_argument(machine.gic, setup.machine)),
        *("-cpu", cpu_model(machine.cpu)),
        *("-smp", str(machine.cpus)),
        *("-m", str(setup.memory_mib)),
        *("-accel", "tcg"),
        *("-nodefaults", "-display", "none", "-no-reboot"),
        *("-kernel", str(files.kernel)),
    ]
    if files.initrd is not None:
        argv += ["-initrd", str(files.initrd)]
    if files.bootargs:
        argv += ["-append", files.bootargs]
    if setup.icount:
        argv += ["-icount", "shift=0,sleep=off"]
        argv += ["-rtc", "clock=vm,base=2020-01-01", "-seed", "1"]
    return [*argv, *setup.qemu_args]
