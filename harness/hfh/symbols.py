# SPDX-License-Identifier: BSD-3-Clause
"""Where the images of an item lie in memory, for a debugger.

All of them are linked at 0 and run where they are put. The same rules are
followed by QEMU (for -kernel) and by the hypervisor (for the primary VM).
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from hfh.loaded import kernel_image
from hfh.pack import LINUX, vm_body
from hfh.plan import Item
from hfh.tree import Image, Tree

RAM_BASE = 0x4000_0000
BASE_ALIGNMENT = 2 << 20
OLD_TEXT_OFFSET = 0x8_0000
_MAGIC = b"ARM\x64"
_HEADER = struct.Struct("<IIQQQ24s4sI")
_ADDRESS = re.compile(r"\bboot_address\s*=\s*<([^>]*)>")


@dataclass(frozen=True)
class Placed:
    """An image at its address. size: bytes in memory, bss included."""

    elf: Path
    base: int
    size: int


def header(path: Path) -> tuple[int, int]:
    """Return (text offset, size) of an arm64 image, header or not."""
    data = path.read_bytes()[: _HEADER.size]
    if len(data) < _HEADER.size or _HEADER.unpack(data)[6] != _MAGIC:
        return OLD_TEXT_OFFSET, path.stat().st_size
    _, _, text_offset, size, _, _, _, _ = _HEADER.unpack(data)
    if size == 0:
        return OLD_TEXT_OFFSET, path.stat().st_size
    return text_offset, size


def placed(tree: Tree, item: Item) -> list[Placed]:
    """Return the images: what QEMU starts, then the primary unless Linux.

    Raises UsageError when an image is not built.
    """
    image = kernel_image(tree, item)
    offset, size = header(image.bin)
    first = Placed(image.elf, RAM_BASE + offset, size)
    found = [first]
    vms = item.setup.vms
    if item.kind != "el2" and vms and vms[0] != LINUX:
        primary = tree.vm(item.machine.build, vms[0])
        end = first.base + first.size
        base = _primary_base(primary, end, vm_body(tree, vms[0]))
        found.append(Placed(primary.elf, base, header(primary.bin)[1]))
    return found


def _primary_base(image: Image, hypervisor_end: int, body: str) -> int:
    chosen = _ADDRESS.search(body)
    if chosen is not None:
        cells = [int(cell, 0) for cell in chosen.group(1).split()]
        return int.from_bytes(struct.pack(f">{len(cells)}I", *cells), "big")
    aligned = -(-hypervisor_end // BASE_ALIGNMENT) * BASE_ALIGNMENT
    return aligned + header(image.bin)[0]
