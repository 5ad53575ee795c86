#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Headers stand alone: each one compiles when it is the only include.

It is included twice, so that a missing guard shows, and with the warnings of
the build. Headers of the fake architecture and of host tests take the host's
compiler and C library.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tree import Finding, files, main

WARN = "-Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes -Wundef"
INCLUDES = "-Ihafnium/inc -Ihafnium/inc/vmapi -Ihftest/inc -Ihftest/src"
FLAGS = ["-std=gnu17", "-fsyntax-only", *WARN.split(), *INCLUDES.split()]
TARGET = [
    *("aarch64-linux-gnu-gcc", "-ffreestanding", "-mgeneral-regs-only"),
    "-Ihafnium/inc/aarch64",
]
HOST = [
    *("gcc", "-D_GNU_SOURCE", "-pthread", "-Ihafnium/test"),
    "-Ihafnium/inc/fake",
]
HOST_PLACES = ("hafnium/src/arch/fake/", "hafnium/test/", "hftest/src/host/")
SYSTEM = [
    "-nostdinc",
    "-isystemhafnium/inc/libc",
    "-isystemout/cache/arm64/include",
]
# Of the C library, and of the Linux kernel.
ELSEWHERE = ("hafnium/inc/libc/", "testvms/linux/")
GENERATED = ("hafnium/src/arch/aarch64/asm.h",)  # for assembly only


def compiler(root: Path, path: str) -> list[str]:
    """The command that compiles a file which includes `path`."""
    if "/fake/" in path or path.startswith(HOST_PLACES):
        return [*HOST, *FLAGS]
    done = subprocess.run(
        [TARGET[0], "-print-file-name=include"],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    return [*TARGET, *FLAGS, *SYSTEM, "-isystem" + done.stdout.strip()]


def compile_alone(root: Path, path: str) -> list[Finding]:
    """Errors of a file that holds nothing but two includes of `path`."""
    done = subprocess.run(
        [*compiler(root, path), "-x", "c", "-"],
        input=f'#include "{path}"\n#include "{path}"\n',
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    found = []
    for line in done.stderr.splitlines():
        match = re.match(r"(.+?):(\d+):\d+: (?:fatal )?error: (.*)", line)
        if match:
            file, number, text = match.groups()
            text = text if file == path else f"{text} ({file}:{number})"
            number = number if file == path else "1"
            found.append(Finding(path, int(number), "headers", text))
    if done.returncode and not found:
        found.append(Finding(path, 1, "headers", done.stderr.strip()[:200]))
    return found


def check(root: Path) -> Iterator[Finding]:
    """Every header of hypervisor, tests, framework and test VMs."""
    paths = [
        path
        for path in files(root, ".h")
        if path.startswith(("hafnium/", "hftest/", "testvms/"))
        and not path.startswith(ELSEWHERE)
        and path not in GENERATED
    ]
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(lambda p: compile_alone(root, p), paths):
            yield from found


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
