# SPDX-License-Identifier: BSD-3-Clause
"""Manifest and images -> RAM disk, kept by content under out/test/cache.

Also a command: python3 -m hfh.pack --vm NAME [--vm NAME ...] -o FILE
"""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hfh import cpio, manifest
from hfh.errors import InfraError, UsageError
from hfh.plan import BUILD_HINT
from hfh.setup import Content, Ramdisk, Setup
from hfh.tree import Image, Tree, default_tree, need, writable

LINUX = "@linux"
MANIFEST = "manifest.dtb"
INCLUDES = "dts"
SETUP_HINT = "run `make setup`"


@dataclass(frozen=True)
class Order:
    """What to pack. files: name in the archive and where it comes from."""

    dts: str
    files: tuple[tuple[str, Path], ...]
    ramdisk: Ramdisk
    base: Path


def vm_body(tree: Tree, name: str) -> str:
    """Return the manifest properties of a VM."""
    path = tree.vm_source(name.removeprefix("@")) / "vm.dts"
    if name == LINUX and not path.is_file():
        return manifest.LINUX_BODY
    hint = "a test VM has a main.c, a vm.dts and a vm.mk"
    return need(tree, path, f"manifest node of VM {name}", hint).read_text()


def vm_files(
    tree: Tree, name: str, body: str, image: Image
) -> list[tuple[str, Path]]:
    """Return the archive names and paths of the files a VM's node names."""
    found = []
    linux = name == LINUX
    if kernel := manifest.filename(body, "kernel_filename"):
        hint = SETUP_HINT if linux else BUILD_HINT
        what = f"image of VM {name}"
        found.append((kernel, need(tree, image.bin, what, hint)))
    if initrd := manifest.filename(body, "ramdisk_filename"):
        path = tree.initrd if linux else tree.vm_source(name) / initrd
        what = f"RAM disk of VM {name}"
        found.append((initrd, need(tree, path, what, SETUP_HINT)))
    if fdt := manifest.filename(body, "fdt_filename"):
        path = (tree.vm_source(name) / fdt).with_suffix(".dts")
        hint = "it is compiled into the RAM disk"
        found.append((fdt, need(tree, path, f"FDT of VM {name}", hint)))
    return found


def order(tree: Tree, setup: Setup, build: str, base: Path) -> Order:
    """Return what a boot's RAM disk holds. base: the scenario's folder."""
    bodies, files = [], []
    for name in setup.vms:
        image = tree.linux if name == LINUX else tree.vm(build, name)
        bodies.append(vm_body(tree, name))
        files += vm_files(tree, name, bodies[-1], image)
    if setup.initramfs:
        disk = tree.modules(setup.initramfs)
        files = [(n, disk if p == tree.initrd else p) for n, p in files]
    dts = setup.manifest_text or manifest.source(bodies)
    if setup.manifest:
        path = base / setup.manifest
        dts = need(tree, path, "manifest", "see key manifest").read_text()
    return Order(dts, tuple(files), setup.ramdisk, base)


def build_archive(wanted: Order) -> bytes:
    """Return the bytes of the RAM disk."""
    includes = wanted.base / INCLUDES
    blob = manifest.compile_dts(wanted.dts, "manifest", includes)
    files = {MANIFEST: blob}
    for name, path in wanted.files:
        files[name] = _contents(name, path)
    for name, content in wanted.ramdisk.add:
        files[name] = _apply(content, b"", wanted.base)
    for name, content in wanted.ramdisk.replace:
        if name not in files:
            raise UsageError(f'key "ramdisk.replace.{name}": no such file')
        files[name] = _apply(content, files[name], wanted.base)
    for name in wanted.ramdisk.omit:
        if files.pop(name, None) is None:
            raise UsageError(f'key "ramdisk.omit": no file "{name}"')
    packed = cpio.archive(files.items(), wanted.ramdisk.format)
    change = wanted.ramdisk.archive
    return packed if change is None else _apply(change, packed, wanted.base)


def _contents(name: str, path: Path) -> bytes:
    if path.suffix == ".dts":
        return manifest.compile_dts(path.read_text(), name, path.parent)
    return path.read_bytes()


def _apply(content: Content, old: bytes, base: Path) -> bytes:
    match content.how:
        case "file":
            return (base / content.data).read_bytes()
        case "dts":
            includes = base / INCLUDES
            return manifest.compile_dts(content.data, "dts", includes)
        case "text":
            return content.data.encode()
        case "zeros":
            return bytes(content.size)
        case "truncate":
            return old[: content.size]
        case "patch":
            new, at = bytes.fromhex(content.data), content.at
            return old[:at] + new + old[at + len(new) :]
    return hashlib.shake_128(b"garbage").digest(content.size)


def _key(wanted: Order) -> str:
    """Hash an order; a file stands for its path, size and time."""
    digest = hashlib.sha256(repr((wanted.dts, wanted.ramdisk)).encode())
    extra = [
        (name, wanted.base / content.data)
        for name, content in (*wanted.ramdisk.add, *wanted.ramdisk.replace)
        if content.how == "file"
    ]
    includes = sorted((wanted.base / INCLUDES).glob("*.dtsi"))
    extra += [(path.name, path) for path in includes]
    for name, path in (*wanted.files, *extra):
        stat = path.stat()
        line = f"{name}\0{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0"
        digest.update(line.encode())
    return digest.hexdigest()[:24]


def pack(tree: Tree, wanted: Order) -> Path:
    """Return the RAM disk of an order, made unless it is in the cache.

    Safe against other processes: a finished file appears at once, whole.
    """
    path = writable(tree, tree.tests / "cache") / f"{_key(wanted)}.cpio"
    try:
        os.utime(path)  # in use: see forget()
    except FileNotFoundError:
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(build_archive(wanted))
        os.replace(part, path)
    return path


def forget(tree: Tree, age_s: float) -> None:
    """Remove RAM disks that nobody has asked for in `age_s` seconds."""
    for path in (tree.tests / "cache").glob("*.cpio"):
        try:
            if time.time() - path.stat().st_mtime > age_s:
                path.unlink()
        except FileNotFoundError:
            continue  # another process was faster


def main(argv: Sequence[str] | None = None) -> int:
    """Write a RAM disk of test VMs to a file."""
    parser = argparse.ArgumentParser(prog="hfh.pack", description=__doc__)
    parser.add_argument("--vm", action="append", required=True)
    parser.add_argument("--build", default="gcc", choices=("gcc", "clang"))
    parser.add_argument("--format", default="newc", choices=("newc", "bin"))
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args(argv)
    tree = default_tree()
    try:
        bodies, files = [], []
        for name in args.vm:
            image = tree.linux if name == LINUX else tree.vm(args.build, name)
            bodies.append(vm_body(tree, name))
            files += vm_files(tree, name, bodies[-1], image)
        ramdisk = Ramdisk(format=args.format)
        dts = manifest.source(bodies)
        wanted = Order(dts, tuple(files), ramdisk, Path.cwd())
        args.output.write_bytes(build_archive(wanted))
    except (UsageError, InfraError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
