# SPDX-License-Identifier: BSD-3-Clause
"""`make run`: Linux as primary VM of the hypervisor, on this terminal.

python3 -m hfh.run [KERNEL=f] [INITRD=f] [VMS="name ..."] [CPUS=n] [GIC=n]
[MEM=MiB] [APPEND=s];
what is not given is taken from the environment (make puts it there).
"""

import os
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from hfh import manifest
from hfh.console import HYPERVISOR, Splitter
from hfh.drivers.command import cpu_model, find_qemu, machine_argument
from hfh.errors import InfraError, UsageError
from hfh.judge import PANIC
from hfh.live import knobs, number
from hfh.pack import LINUX, SETUP_HINT, Order, pack, vm_body, vm_files
from hfh.plan import BUILD_HINT
from hfh.setup import BUILDS, Ramdisk
from hfh.tree import Tree, default_tree, need

KNOBS = ("KERNEL", "INITRD", "VMS", "CPUS", "GIC", "MEM", "APPEND", "BUILD")
BANNER = "hafnium: Ctrl-A x ends QEMU, Ctrl-A h lists its other keys"
_MAGIC_AT, _MAGIC = 56, b"ARM\x64"


def linux_ramdisk(tree: Tree, found: Mapping[str, str]) -> Path:
    """Return a RAM disk with Linux as primary, and VMS as its secondaries.

    Raises UsageError when a file is missing or is no arm64 kernel.
    """
    image, hint = tree.linux.bin, SETUP_HINT
    if kernel := found.get("KERNEL", ""):
        image, hint = Path(kernel).absolute(), "see KERNEL="
    need(tree, image, "Linux kernel", hint)
    with image.open("rb") as file:
        head = file.read(_MAGIC_AT + len(_MAGIC))
    if head[_MAGIC_AT:] != _MAGIC:
        text = f"{tree.shown(image)} is no arm64 kernel Image"
        raise UsageError(f"{text}; give KERNEL= the uncompressed arm64 Image")
    disk, hint = tree.initrd, SETUP_HINT
    if initrd := found.get("INITRD", ""):
        disk, hint = Path(initrd).absolute(), "see INITRD="
    need(tree, disk, "Linux initramfs", hint)
    body = vm_body(tree, LINUX)
    names = ("kernel_filename", "ramdisk_filename")
    files = [manifest.filename(body, name) for name in names]
    bodies, pairs = [body], list(zip(files, (image, disk)))
    for name in found.get("VMS", "").split():
        bodies.append(vm_body(tree, name))
        own = tree.vm(found.get("BUILD", "gcc"), name)
        pairs += vm_files(tree, name, bodies[-1], own)
    dts = manifest.source(bodies)
    return pack(tree, Order(dts, tuple(pairs), Ramdisk(), tree.root))


def command(tree: Tree, found: Mapping[str, str]) -> list[str]:
    """Return QEMU's command line for the knobs.

    Raises UsageError for a bad value or a missing file.
    """
    build = found.get("BUILD", "gcc")
    if build not in BUILDS:
        raise UsageError(f'BUILD must be gcc or clang, is "{build}"')
    cpus = _in_range(found, "CPUS", 4, 1, 8)
    gic = _in_range(found, "GIC", 3, 2, 3)
    memory = _in_range(found, "MEM", 1024, 128, 1 << 20)
    hypervisor = need(
        tree, tree.hypervisor(build).bin, "hypervisor", BUILD_HINT
    )
    qemu = find_qemu(os.environ)
    ramdisk = linux_ramdisk(tree, found)
    bootargs = f"console=ttyAMA0 {found.get('APPEND', '')}".strip()
    return [
        qemu,
        *("-M", machine_argument(gic, ())),
        *("-cpu", cpu_model("max"), "-smp", str(cpus), "-m", str(memory)),
        *("-accel", "tcg", "-nodefaults", "-display", "none", "-no-reboot"),
        *("-kernel", str(hypervisor), "-initrd", str(ramdisk)),
        *("-append", bootargs, "-serial", "mon:stdio"),
    ]


def _in_range(
    found: Mapping[str, str], name: str, default: int, least: int, most: int
) -> int:
    value = number(found, name)
    if value is None:
        return default
    if not least <= value <= most:
        raise UsageError(f"{name} must be in {least}..{most}, is {value}")
    return value


def interact(argv: Sequence[str]) -> tuple[int, str]:
    """Run QEMU on this terminal; return its exit code and the panic text.

    QEMU reads the terminal itself; its output passes through here so that a
    panic of the hypervisor is seen. The terminal is left as it was found.
    """
    saved = None
    if sys.stdin.isatty():
        saved = termios.tcgetattr(sys.stdin)
    qemu = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "--", *argv],
        stdout=subprocess.PIPE,
    )
    try:
        assert qemu.stdout is not None
        panic = relay(qemu.stdout.fileno())
        return qemu.wait(), panic
    finally:
        qemu.kill()
        qemu.wait()
        if saved is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)


def relay(source: int) -> str:
    """Copy a file descriptor to standard output; return the first panic."""
    panic, splitter = "", Splitter()
    while chunk := os.read(source, 1 << 16):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        for line in splitter.feed(chunk):
            ours = line.source == HYPERVISOR and line.text.startswith(PANIC)
            panic = panic or (line.text if ours else "")
    return panic


def main(argv: Sequence[str] | None = None) -> int:
    """Run Linux; 0 unless QEMU failed or the hypervisor panicked."""
    try:
        given = sys.argv[1:] if argv is None else argv
        line = command(default_tree(), knobs(given, os.environ, KNOBS))
        print(BANNER, flush=True)
        code, panic = interact(line)
    except (UsageError, InfraError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if panic:
        print(f"error: the hypervisor gave up: {panic}", file=sys.stderr)
        return 1
    if code:
        print(f"error: QEMU ended with exit code {code}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
