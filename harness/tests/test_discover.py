# SPDX-License-Identifier: BSD-3-Clause
"""Tests listed from an ELF file, without booting it."""

import struct
from pathlib import Path

import pytest
import rig

from hfh import discover
from hfh.errors import UsageError


def test_names_are_listed_in_order(tmp_path: Path) -> None:
    """Names come sorted, whatever the linker's order."""
    table = rig.hft_table(["vm.b", "vm.a", "cpu." + "x" * 90])
    path = rig.write(tmp_path / "a.elf", rig.elf_file("hft_tests", table))
    assert discover.tests(path) == ("cpu." + "x" * 90, "vm.a", "vm.b")


def test_image_without_tests(tmp_path: Path) -> None:
    """No section: no tests."""
    path = rig.write(tmp_path / "a.elf", rig.elf_file("other", b""))
    assert not discover.tests(path)


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"no ELF file" * 100])
def test_no_elf_file(tmp_path: Path, data: bytes) -> None:
    """Anything else is refused in one line."""
    path = rig.write(tmp_path / "a.elf", data)
    with pytest.raises(UsageError, match="not a readable ELF file"):
        discover.tests(path)


@pytest.mark.parametrize(
    ("table", "error"),
    [
        (b"x" * 100, "100 bytes, no multiple of 128"),
        (rig.hft_table(["no dot"]), "entry 0 of hft_tests: bad name"),
        (rig.hft_table(["a.b", "a.b"]), "test a.b is there twice"),
        (rig.hft_table(["a." + "x" * 94]), "entry 0 of hft_tests: bad name"),
        (bytes(128), "entry 0 of hft_tests: bad name"),
        (struct.pack("<128s", b"a.b\0c"), "entry 0 of hft_tests: bad name"),
    ],
)
def test_damaged_table(table: bytes, error: str) -> None:
    """A damaged table is refused, not skipped over."""
    with pytest.raises(UsageError, match=error):
        discover.parse_table(table, "a.elf")


def test_a_thousand_tests_are_listed_fast(tmp_path: Path) -> None:
    """A big image is no trouble."""
    names = [f"suite{i % 10}.test{i}" for i in range(1000)]
    data = rig.elf_file("hft_tests", rig.hft_table(names))
    assert len(discover.tests(rig.write(tmp_path / "a.elf", data))) == 1000
