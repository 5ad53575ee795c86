# SPDX-License-Identifier: BSD-3-Clause
"""What one boot consists of: machine, images, manifest, RAM disk."""

from collections.abc import Sequence
from dataclasses import dataclass

from hfh.schema import Table

BUILDS = ("gcc", "clang", "debug")
SETUP_KEYS = (
    ["build", "vms", "image", "kernel", "cpus", "gic", "cpu", "memory_mib"]
    + [
        "initramfs",
        "bootargs",
        "icount",
        "deadline_s",
        "machine",
        "qemu_args",
        "manifest",
    ]
    + ["manifest_text", "ramdisk"]
)


@dataclass(frozen=True)
class Content:
    """What takes the place of a file in the RAM disk.

    how: file, text, dts (compiled), zeros, garbage make a new one; truncate
    and patch change the one that is there. size: bytes (a length for truncate). at: offset.
    """

    how: str
    data: str = ""
    size: int = 0
    at: int = 0


@dataclass(frozen=True)
class Ramdisk:
    """How the RAM disk differs from the plain one."""

    present: bool = True
    format: str = "newc"
    omit: tuple[str, ...] = ()
    add: tuple[tuple[str, Content], ...] = ()
    replace: tuple[tuple[str, Content], ...] = ()
    archive: Content | None = None


@dataclass(frozen=True)
class Setup:
    """One boot. The lists builds, cpus, gic, cpu are the matrix axes.

    deadline_s: guest seconds. manifest: file beside the scenario.
    kernel: instead of the hypervisor: "", "@linux" or a path in the tree.
    initramfs: "", or which of those in out/linux @linux gets.
    """

    builds: tuple[str, ...]
    vms: tuple[str, ...]
    image: str
    kernel: str
    cpus: tuple[int, ...]
    gic: tuple[int, ...]
    cpu: tuple[str, ...]
    memory_mib: int
    initramfs: str
    bootargs: str
    icount: bool
    deadline_s: float
    machine: tuple[str, ...]
    qemu_args: tuple[str, ...]
    manifest: str
    manifest_text: str
    ramdisk: Ramdisk


def read_setup(table: Table, *, console: bool) -> Setup:
    """Read the keys of SETUP_KEYS from a table.

    console: a dialogue runs on the host's time, so icount is off by default.
    """
    builds = table.distinct("build", table.texts("build", ["gcc"]))
    if bad := [b for b in builds if b not in BUILDS]:
        raise table.fail("build", f'must be gcc, clang or debug, is "{bad[0]}"')
    cpus = table.distinct("cpus", table.numbers("cpus", [1]))
    gic = table.distinct("gic", table.numbers("gic", [3]))
    if bad_cpus := [n for n in cpus if not 1 <= n <= 64]:
        raise table.fail("cpus", f"must be in 1..64, is {bad_cpus[0]}")
    if bad_gic := [n for n in gic if n not in (2, 3, 4)]:
        raise table.fail("gic", f"must be 2, 3 or 4, is {bad_gic[0]}")
    if table.has("manifest") and table.has("manifest_text"):
        raise table.fail("manifest", "excludes manifest_text")
    return Setup(
        builds=builds,
        vms=table.texts("vms"),
        image=table.text("image"),
        kernel=table.text("kernel"),
        cpus=cpus,
        gic=gic,
        cpu=table.distinct("cpu", table.texts("cpu", ["max"])),
        memory_mib=table.number("memory_mib", 128, 1, 1 << 20),
        initramfs=table.text("initramfs"),
        bootargs=table.text("bootargs"),
        icount=table.flag("icount", not console),
        deadline_s=table.seconds("deadline_s", 60.0 if console else 2.0),
        machine=table.texts("machine"),
        qemu_args=table.texts("qemu_args"),
        manifest=table.text("manifest"),
        manifest_text=table.text("manifest_text"),
        ramdisk=_ramdisk(table.table("ramdisk")),
    )


def _ramdisk(table: Table) -> Ramdisk:
    ramdisk = Ramdisk(
        present=table.flag("present", True),
        format=table.choice("format", "newc", ("newc", "bin")),
        omit=table.texts("omit"),
        add=_contents(table.table("add"), _NEW),
        replace=_contents(table.table("replace"), [*_NEW, *_CHANGED]),
        archive=_content(table.table("archive"), [*_NEW, *_CHANGED])
        if table.has("archive")
        else None,
    )
    table.done()
    return ramdisk


_NEW = ("file", "text", "dts", "zeros", "garbage")
_CHANGED = ("truncate", "patch")


def _contents(
    table: Table, allowed: Sequence[str]
) -> tuple[tuple[str, Content], ...]:
    return tuple(
        (name, _content(table.table(name), allowed)) for name in table.keys()
    )


def _content(table: Table, allowed: Sequence[str]) -> Content:
    hows = [how for how in allowed if table.has(how)]
    if len(hows) != 1:
        words = ", ".join(allowed)
        raise table.fail(hows[0] if hows else "file", f"give one of: {words}")
    how = hows[0]
    at = table.number("at", 0, 0, 1 << 40) if how == "patch" else 0
    if how in ("file", "text", "dts"):
        content = Content(how, data=table.text(how))
    elif how == "patch":
        content = Content(how, data=_hex(table, table.required(how)), at=at)
    else:
        content = Content(how, size=table.number(how, 0, 0, 1 << 32))
    table.done()
    return content


def _hex(table: Table, text: str) -> str:
    try:
        bytes.fromhex(text)
    except ValueError:
        raise table.fail("patch", f'must be hex bytes, is "{text}"') from None
    return text
