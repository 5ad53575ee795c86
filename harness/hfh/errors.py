# SPDX-License-Identifier: BSD-3-Clause
"""Errors that end a command with one line, and the helper for their hints."""

import difflib
from collections.abc import Iterable


class UsageError(Exception):
    """Something the caller can put right; its text is one whole line."""


class NotHere(Exception):
    """This machine lacks something optional; its text says what and why."""


class InfraError(Exception):
    """The rig, not the product, is broken (QEMU missing, dtc failed, ...)."""


def near(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean a, b?" or the list of all names, for a hint."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=5, cutoff=0.5)
    close += [n for n in names if name and name in n and n not in close]
    if close:
        return f"; did you mean {', '.join(close[:5])}?"
    if not names:
        return "; there are none"
    more = ", ..." if len(names) > 12 else ""
    return f"; known: {', '.join(names[:12])}{more}"
