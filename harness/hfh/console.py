# SPDX-License-Identifier: BSD-3-Clause
"""Console bytes to lines, and lines to the VM that wrote them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HYPERVISOR = 0
"""Source of a line that carries no `VM <id>: ` prefix."""

_PREFIX = re.compile(r"VM ([0-9a-f]{1,4}): ?")


@dataclass(frozen=True)
class Line:
    """One console line.

    source: VM id, or HYPERVISOR. text: without prefix and line end.
    complete: the line end was seen; a cut-off line proves nothing good.
    """

    source: int
    text: str
    complete: bool = True


def decode(raw: bytes) -> str:
    """Decode a line: printable as it is, everything else escaped."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(
        c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in text
    )


def parse_line(raw: bytes, *, demux: bool, complete: bool = True) -> Line:
    """Take the line end's CR and, if `demux`, the VM prefix off a line.

    Only the first prefix counts: the hypervisor wrote it, the rest is the VM's.
    """
    text = decode(raw[:-1] if raw.endswith(b"\r") else raw)
    match = _PREFIX.match(text) if demux else None
    if match is None:
        return Line(HYPERVISOR, text, complete)
    return Line(int(match.group(1), 16), text[match.end() :], complete)


def split(raw: bytes, *, demux: bool = True) -> list[Line]:
    """Split a whole recorded console; only LF ends a line."""
    splitter = Splitter(demux=demux)
    return [*splitter.feed(raw), *splitter.close()]


class Splitter:
    """Incremental form of split(): feed() chunks, then close() once."""

    def __init__(self, *, demux: bool = True) -> None:
        self._demux = demux
        self._rest: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """Yield the lines that `chunk` completes."""
        *whole, rest = chunk.split(b"\n")
        for raw in whole:
            self._rest.append(raw)
            line = b"".join(self._rest)
            self._rest.clear()
            yield parse_line(line, demux=self._demux)
        if rest:
            self._rest.append(rest)

    def close(self) -> Iterator[Line]:
        """Yield the last line when it has no end."""
        raw = b"".join(self._rest)
        self._rest.clear()
        if raw:
            yield parse_line(raw, demux=self._demux, complete=False)
