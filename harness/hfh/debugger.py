# SPDX-License-Identifier: BSD-3-Clause
"""QEMU, halted at reset, and a gdb-multiarch that is connected to it."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hfh.drivers.command import Files, command, find_qemu
from hfh.drivers.process import Child
from hfh.errors import UsageError
from hfh.loaded import bootargs, kernel_image, ramdisk
from hfh.plan import BUILD_HINT, Item
from hfh.symbols import Placed, placed
from hfh.tree import Tree, need

GDB = "gdb-multiarch"
NONCE = "0"
FRAMES = 32


@dataclass(frozen=True)
class Session:
    """A machine that waits for a debugger. gdb: its command line so far."""

    gdb: tuple[str, ...]
    qemu: tuple[str, ...]


def find_gdb() -> str:
    """Return the gdb to use; UsageError when there is none."""
    path = shutil.which(GDB)
    if path is None:
        hint = f"install {GDB} (`make setup`)"
        raise UsageError(f"{GDB} is missing; {hint}")
    return path


def commands(images: Sequence[Placed], path: Path, test: str) -> list[str]:
    """Return gdb's first commands: symbols, connection, a breakpoint."""
    found = ["set pagination off", "set confirm off"]
    # Below an exception entry gdb finds the same frame again and again.
    found += ["set architecture aarch64", f"set backtrace limit {FRAMES}"]
    for image in images:
        found.append(f'add-symbol-file "{image.elf}" -o {image.base:#x}')
    found.append(f"target remote {path}")
    if test:
        function = "hft_test_" + test.replace(".", "_")
        found.append(f"thbreak {function}")
    return found


@contextmanager
def debugged(
    tree: Tree, item: Item, env: Mapping[str, str], output: IO[bytes]
) -> Iterator[Session]:
    """Start an item's machine, halted; it is killed at the end.

    output: gets what QEMU says and the guest's console. Nothing has a
    deadline. Raises UsageError when something is missing.
    """
    gdb, qemu = find_gdb(), find_qemu(env)
    images = placed(tree, item)
    for image in images:
        need(tree, image.elf, "symbols", BUILD_HINT)
    files = Files(
        kernel_image(tree, item).bin,
        ramdisk(tree, item),
        bootargs(item, NONCE),
    )
    test = item.name if item.kind in ("vm", "el2") else item.test
    with tempfile.TemporaryDirectory(prefix="hf-") as folder:
        path = Path(folder) / "gdb"
        script = Path(folder) / "commands"
        lines = commands(images, path, test)
        script.write_text("\n".join(lines) + "\n")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.fspath(path))
            listener.listen(1)
            argv = command(qemu, item.setup, item.machine, files)
            argv += _stub(listener.fileno())
            with Child(argv, [listener.fileno()], output):
                first = (gdb, "-q", "-nx", "-x", str(script))
                yield Session(first, tuple(argv))


def _stub(listener: int) -> list[str]:
    """Return the arguments for a gdb stub on an open socket, and halted."""
    stub = f"socket,id=gdb,fd={listener},server=on,wait=off"
    return ["-chardev", stub, "-gdb", "chardev:gdb", "-S", "-serial", "stdio"]
