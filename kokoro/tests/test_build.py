# SPDX-License-Identifier: BSD-3-Clause
"""What the Makefile builds again, and what it does not."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def flags(out: Path, limits: str) -> tuple[str, int]:
    """Make the stamp of gcc's flags; return it and its time in ns."""
    stamp = out / "qemu_virt/gcc/flags"
    command: list[str | Path] = [
        "make",
        "-C",
        ROOT,
        f"OUT={out}",
        f"LIMITS={limits}",
        stamp,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return stamp.read_text(), stamp.stat().st_mtime_ns


def test_a_limit_makes_a_new_stamp(tmp_path: Path) -> None:
    """All objects hang on the stamp: it changes with the flags, else never."""
    first, begin = flags(tmp_path, "-DMAX_VMS=7")
    again, same = flags(tmp_path, "-DMAX_VMS=7")
    other, _ = flags(tmp_path, "-DMAX_VMS=8")
    assert "-DMAX_VMS=7" in first
    assert (again, same) == (first, begin)
    assert "-DMAX_VMS=8" in other and "-DMAX_VMS=7" not in other


def test_limits_may_be_raised(tmp_path: Path) -> None:
    """An image of more than a megabyte links, too."""
    limits = "-DMAX_VMS=64 -DMAX_CPUS=16"
    image = tmp_path / "qemu_virt/gcc/hafnium.elf"
    command: list[str | Path] = ["make", "-C", ROOT, "-j2", image]
    command += [f"OUT={tmp_path}", f"LIMITS={limits}"]
    subprocess.run(command, check=True, capture_output=True)
    size = ["aarch64-linux-gnu-size", str(image)]
    told = subprocess.run(size, check=True, capture_output=True, text=True)
    assert int(told.stdout.splitlines()[1].split()[3]) > 1 << 20
