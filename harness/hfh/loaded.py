# SPDX-License-Identifier: BSD-3-Clause
"""What QEMU loads for an item: kernel, RAM disk, boot arguments."""

from pathlib import Path

from hfh.pack import LINUX, SETUP_HINT, order, pack
from hfh.plan import BUILD_HINT, Item
from hfh.tree import Image, Tree, need


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
    if test := item.test or (item.name if item.kind in ("vm", "el2") else ""):
        words = [f"hft.nonce={nonce}", f"hft.run={test}", *words]
    return " ".join(words)
