#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Floors: an include points to a lower floor or to its own folder.

The folder names are the architecture; docs/architecture.md draws it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tree import Finding, files, lines, main

FLOORS = [
    {"vmapi"},
    {"base"},
    {"arch", "dev", "plat"},
    {"mm"},
    {"vm"},
    {"ffa", "irq", "vtimer", "psci", "smc", "ipc", "seal"},
    {"dispatch"},
    {"boot"},
]
FLOOR_OF = {name: n for n, names in enumerate(FLOORS) for name in names}
SUBSYSTEM = 5
INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)[">]')
STANDARD = re.compile(r"std(align|arg|atomic|bool|def|int|noreturn)\.h")
ROOTS = (
    *("hafnium/inc/", "hafnium/inc/vmapi/", "hafnium/inc/aarch64/"),
    *("hafnium/inc/fake/", "hftest/inc/", "hftest/src/"),
)
# Beside the compiler's own headers: what hafnium/inc/libc has.
LIBC = {"limits.h", "stdlib.h", "string.h"}


def folder_of(path: str) -> str:
    """The folder that decides the floor of a hypervisor file, or ""."""
    match = re.match(
        r"hafnium/(?:inc/(vmapi)/|inc/(?:\w+/)?hf/(\w+)/|src/(\w+)/)", path
    )
    return next((g for g in match.groups() if g), "") if match else ""


def resolve(root: Path, path: str, name: str) -> str:
    """The file in the tree that `#include "name"` in `path` means, or ""."""
    for base in (str(Path(path).parent) + "/", *ROOTS):
        if (root / base / name).is_file():
            return base + name
    return ""


def judge(folder: str, target: str) -> str:
    """What is wrong with an include of `target` by a file of `folder`."""
    other = folder_of(target)
    if not other:
        return f"{target} is no part of the hypervisor"
    mine, its = FLOOR_OF.get(folder), FLOOR_OF.get(other)
    if mine is None or its is None:
        return f"folder {folder if mine is None else other} has no floor"
    if folder == other or its < mine:
        return ""
    if its > mine:
        return f"{folder} (floor {mine}) includes {other} (floor {its})"
    text = f"{folder} and {other} are siblings on floor {mine}"
    return text if mine == SUBSYSTEM else ""


def judge_system(path: str, name: str) -> str:
    """What is wrong with `#include <name>` in `path`."""
    folder = folder_of(path)
    if "/fake/" in path or path.startswith("hafnium/src/plat/host"):
        return ""
    libc = name in LIBC and folder != "vmapi"
    if STANDARD.fullmatch(name) or libc:
        return ""
    return f"<{name}> is not for {folder}"


def judge_guest(root: Path, path: str, name: str) -> str:
    """Test VMs and hftest see vmapi and hftest, nothing of the hypervisor."""
    target = resolve(root, path, name)
    if folder_of(target) in {"", "vmapi"}:
        return "" if target else f'"{name}" is not in the tree'
    return f"{target} is inside the hypervisor; guests see vmapi"


def el2_images(root: Path) -> set[str]:
    """Folders of testvms that are bare EL2 images: they test our objects."""
    text = (root / "testvms/testvms.mk").read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ")
    match = re.search(r"^EL2_IMAGES\s*[:+]?=(.*)$", joined, re.M)
    return set(match.group(1).split()) if match else set()


def check(root: Path) -> Iterator[Finding]:
    """Every include that points the wrong way."""
    bare = el2_images(root)
    for path in files(root, ".c", ".h", ".S"):
        folder, top = folder_of(path), path.split("/")
        guest = top[0] == "testvms" and top[1] not in bare
        for number, line in enumerate(lines(root, path), start=1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, name = match.groups()
            wrong = ""
            if folder and quote == "<":
                wrong = judge_system(path, name)
            elif folder and (target := resolve(root, path, name)):
                wrong = judge(folder, target)
            elif guest and quote == '"':
                wrong = judge_guest(root, path, name)
            if wrong:
                yield Finding(path, number, "floors", wrong)


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
