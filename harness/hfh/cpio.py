# SPDX-License-Identifier: BSD-3-Clause
"""Writes cpio archives that are the same for the same files.

newc is the project's format; bin is the old binary one (`cpio -o`).
"""

import struct
from collections.abc import Iterable

TRAILER = "TRAILER!!!"
_MODE = 0o100644
_BIN_MAGIC = 0o070707


def archive(files: Iterable[tuple[str, bytes]], form: str = "newc") -> bytes:
    """Return an archive of (name, contents) in the form newc or bin."""
    entry = {"newc": _newc, "bin": _bin}[form]
    parts = [
        entry(number, name, data, _MODE)
        for number, (name, data) in enumerate(files, start=1)
    ]
    parts.append(entry(0, TRAILER, b"", 0))
    return b"".join(parts)


def _padded(data: bytes, size: int) -> bytes:
    return data + bytes(-len(data) % size)


def _newc(number: int, name: str, data: bytes, mode: int) -> bytes:
    named = name.encode() + b"\0"
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(named), 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _padded(head + named, 4) + _padded(data, 4)


def _bin(number: int, name: str, data: bytes, mode: int) -> bytes:
    named = name.encode() + b"\0"
    size = len(data)
    words = [_BIN_MAGIC, 0, number, mode, 0, 0, 1, 0, 0, 0, len(named)]
    words += [size >> 16, size & 0xFFFF]
    return struct.pack("<13H", *words) + _padded(named, 2) + _padded(data, 2)
