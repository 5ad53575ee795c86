# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of the harness share: a tree, an ELF file, a fake QEMU."""

import os
import select
import struct
from collections.abc import Sequence
from pathlib import Path

from hfh.plan import Item, Select, plan
from hfh.scenario import Scenario, load
from hfh.tree import Tree

FAKE_QEMU = Path(__file__).with_name("fake_qemu")
_EHDR, _SHDR = "<16sHHIQQQIHHHHHH", "<IIQQQQIIQQ"


def hft_table(names: Sequence[str]) -> bytes:
    """Return the contents of a section hft_tests."""
    entry = "<96sQQIIQ"
    return b"".join(
        struct.pack(entry, name.encode(), 0x1000, 0x2000, 7, 0, 0)
        for name in names
    )


def elf_file(section: str, data: bytes) -> bytes:
    """Return a little arm64 ELF file with one section."""
    strings = b"\0" + section.encode() + b"\0.shstrtab\0"
    at_data, at_strings = 64, 64 + len(data)
    at_table = at_strings + len(strings)
    head = struct.pack(
        _EHDR,
        b"\x7fELF\x02\x01\x01" + bytes(9),
        *(3, 183, 1, 0, 0, at_table, 0, 64, 56, 0, 64, 3, 2),
    )
    none = struct.pack(_SHDR, *(0,) * 10)
    ours = struct.pack(_SHDR, 1, 1, 2, 0, at_data, len(data), 0, 0, 8, 0)
    name = len(section) + 2
    last = struct.pack(_SHDR, name, 3, 0, 0, at_strings, len(strings), *[0] * 4)
    return head + data + strings + none + ours + last


def write(path: Path, data: bytes | str) -> Path:
    """Write a file and the folders it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def make_tree(root: Path, tests: Sequence[str]) -> Tree:
    """Make a project with an EL2 image `el2_fake` and a VM `vm_fake`."""
    tree = Tree(root, root / "out")
    elf = elf_file("hft_tests", hft_table(tests))
    for image in (tree.el2("gcc", "el2_fake"), tree.vm("gcc", "vm_fake")):
        write(image.elf, elf)
        write(image.bin, b"image")
    write(tree.hypervisor("gcc").bin, b"hypervisor")
    body = 'debug_name = "fake";\nkernel_filename = "vm_fake.bin";\n'
    write(tree.vm_source("vm_fake") / "vm.dts", body)
    return tree


def scenario(tree: Tree, text: str, name: str = "one") -> Scenario:
    """Write a scenario file into a tree and load it."""
    path = tree.scenarios / f"{name}.toml"
    return load(write(path, f"# Why.\n{text}"))


def items(tree: Tree, text: str, test: str = "") -> list[Item]:
    """Return the items of a scenario's text."""
    return plan(tree, scenario(tree, text), Select(test=test))


def left(pids: Path, wait_s: float = 10.0) -> list[int]:
    """Return which processes of a folder of ids do not end in time."""
    found = []
    for pid in [int(path.name) for path in pids.iterdir()]:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([handle], [], [], wait_s)[0]:
            found.append(pid)
        os.close(handle)
    return found


def fake_env(mode: str, pids: Path) -> dict[str, str]:
    """Return the environment in which the fake QEMU behaves like `mode`."""
    pids.mkdir(exist_ok=True)
    extra = {"QEMU": str(FAKE_QEMU), "FAKE_MODE": mode}
    return {**os.environ, **extra, "FAKE_PIDS": str(pids)}
