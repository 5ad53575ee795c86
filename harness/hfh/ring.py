# SPDX-License-Identifier: BSD-3-Clause
"""The hypervisor's log ring out of a memory dump; see docs/debugging.md.

python3 -m hfh.ring core.elf
"""

import mmap
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

MAGIC = b"HFLOGRNG"
_HEADER = struct.Struct("<8sIIQ")
_VERSION = 1
_MOST_BYTES = 1 << 24


def text_of(dump: bytes | mmap.mmap) -> bytes:
    """Return the text of the first ring in a dump, oldest line first.

    Returns b"" when there is none; the magic alone is not a ring.
    """
    at = dump.find(MAGIC)
    while at >= 0:
        head = dump[at : at + _HEADER.size]
        if len(head) == _HEADER.size:
            _, version, size, written = _HEADER.unpack(head)
            fits = 0 < size <= _MOST_BYTES and size & (size - 1) == 0
            if version == _VERSION and fits:
                begin = at + _HEADER.size
                return _unrolled(dump[begin : begin + size], size, written)
        at = dump.find(MAGIC, at + 1)
    return b""


def _unrolled(data: bytes, size: int, written: int) -> bytes:
    if written <= size:
        return data[:written]
    middle = written % size
    return data[middle:] + data[:middle]


def read(path: Path) -> bytes:
    """Return the text of the ring in a dump file."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return b""
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as dump:
            return text_of(dump)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the ring of a dump; 1 when there is none, 2 on wrong use."""
    words = sys.argv[1:] if argv is None else list(argv)
    if len(words) != 1 or not Path(words[0]).is_file():
        print("usage: python3 -m hfh.ring <dump file>", file=sys.stderr)
        return 2
    text = read(Path(words[0]))
    if not text:
        print(f"error: no log ring in {words[0]}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
