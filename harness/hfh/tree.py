# SPDX-License-Identifier: BSD-3-Clause
"""Where things lie: sources, built images, downloads, evidence."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hfh.errors import NotHere, UsageError


@dataclass(frozen=True)
class Image:
    """A built image: `elf` has symbols, `bin` is what is loaded."""

    elf: Path
    bin: Path


@dataclass(frozen=True)
class Tree:
    """The project's folders. out: everything that is made."""

    root: Path
    out: Path

    @property
    def harness(self) -> Path:
        """The folder of pyproject.toml."""
        return self.root / "harness"

    @property
    def scenarios(self) -> Path:
        """The folder of the scenario files."""
        return self.harness / "scenarios"

    @property
    def tests(self) -> Path:
        """The folder of all evidence."""
        return self.out / "test"

    @property
    def linux(self) -> Image:
        """The downloaded Linux kernel: no symbols, a raw image."""
        kernel = self.out / "cache" / "linux" / "Image"
        return Image(kernel, kernel)

    @property
    def initrd(self) -> Path:
        """The busybox initramfs of `make setup`."""
        return self.out / "cache" / "linux" / "initrd.cpio.gz"

    def modules(self, name: str) -> Path:
        """The initramfs `name` with kernel modules of `make setup`.

        Raises NotHere, with the reason that its maker left, when it is missing.
        """
        path = self.out / "linux" / f"{name}.cpio.gz"
        if path.is_file():
            return path
        why = path.with_name(f"{name}.skip")
        text = why.read_text().strip() if why.is_file() else "run `make setup`"
        raise NotHere(f"no modules for Linux: {text}")

    def _built(self, build: str, *parts: str) -> Image:
        base = self.out.joinpath("qemu_virt", build, *parts)
        return Image(Path(f"{base}.elf"), Path(f"{base}.bin"))

    def hypervisor(self, build: str) -> Image:
        """Return hafnium as built by a compiler."""
        return self._built(build, "hafnium")

    def vm(self, build: str, name: str) -> Image:
        """Return a test VM; only the hypervisor has a debug build."""
        return self._built(_guests(build), "testvms", name, name)

    def el2(self, build: str, name: str) -> Image:
        """Return a bare EL2 image, of which there is no debug build either."""
        return self._built(_guests(build), "el2", name)

    def vm_source(self, name: str) -> Path:
        """Return the source folder of a test VM."""
        return self.root / "testvms" / name

    def shown(self, path: Path) -> str:
        """Return a path relative to the root when it lies in it."""
        if path.is_relative_to(self.root):
            return str(path.relative_to(self.root))
        return str(path)


def _guests(build: str) -> str:
    return "gcc" if build == "debug" else build


def default_tree(env: Mapping[str, str] | None = None) -> Tree:
    """Return the tree this file lies in; HF_OUT moves the output folder."""
    env = os.environ if env is None else env
    root = Path(__file__).resolve().parents[2]
    return Tree(root, Path(env.get("HF_OUT") or root / "out").absolute())


def need(tree: Tree, path: Path, what: str, how: str) -> Path:
    """Return `path` if it is a file; else say what is missing and what to do.

    Raises UsageError: "<what> is missing: <path>; <how>".
    """
    if not path.is_file():
        raise UsageError(f"{what} is missing: {tree.shown(path)}; {how}")
    return path


def writable(tree: Tree, folder: Path) -> Path:
    """Make a folder below out/ and return it; UsageError when that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"cannot write to {tree.shown(folder)}: {error.strerror}"
        raise UsageError(f"{text}; make it writable or set HF_OUT") from None
    if not os.access(folder, os.W_OK):
        text = f"cannot write to {tree.shown(folder)}"
        raise UsageError(f"{text}; make it writable or set HF_OUT")
    return folder


def quoted(argv: list[str]) -> str:
    """Return a command line that a shell reads back as `argv`."""
    return shlex.join(argv)
