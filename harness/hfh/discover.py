# SPDX-License-Identifier: BSD-3-Clause
"""The tests of an image, read from its ELF section without booting it.

The table is described in hftest/protocol.md, "Tests in the ELF file".
"""

import re
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from hfh.errors import UsageError

SECTION = "hft_tests"
ENTRY_BYTES = 128
NAME_BYTES = 96
_NAME = re.compile(rb"([A-Za-z0-9_]+\.[A-Za-z0-9_]+)\0+")


def tests(elf: Path) -> tuple[str, ...]:
    """Return the `suite.test` names of an image, sorted.

    Raises UsageError when the file is no ELF file or its table is damaged.
    """
    try:
        with elf.open("rb") as file:
            section = ELFFile(file).get_section_by_name(SECTION)
            data = b"" if section is None else bytes(section.data())
    except (ELFError, OSError) as error:
        raise UsageError(f"{elf}: not a readable ELF file: {error}") from None
    return parse_table(data, str(elf))


def parse_table(data: bytes, where: str) -> tuple[str, ...]:
    """Return the names of a table; `where` is for the errors."""
    if len(data) % ENTRY_BYTES:
        size = f"{len(data)} bytes, no multiple of {ENTRY_BYTES}"
        raise UsageError(f"{where}: section {SECTION} has {size}")
    names = []
    for at in range(0, len(data), ENTRY_BYTES):
        match = _NAME.fullmatch(data[at : at + NAME_BYTES])
        if match is None:
            number = at // ENTRY_BYTES
            raise UsageError(f"{where}: entry {number} of {SECTION}: bad name")
        names.append(match.group(1).decode("ascii"))
    if doubles := {name for name in names if names.count(name) > 1}:
        raise UsageError(f"{where}: test {min(doubles)} is there twice")
    return tuple(sorted(names))
