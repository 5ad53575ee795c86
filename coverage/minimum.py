# SPDX-License-Identifier: BSD-3-Clause
"""The committed least coverage of each floor: it may rise, never fall."""

import tomllib
from pathlib import Path

Figures = dict[str, dict[str, float]]
HEAD = """\
# SPDX-License-Identifier: BSD-3-Clause
# Least coverage of each floor by host tests, in percent. A lower result fails
# `make coverage`; `make coverage UPDATE=1` raises these numbers to the present
# ones, and never lowers any. See docs/ci.md.
"""


def read(path: Path) -> Figures:
    """Floor -> kind -> least percentage; empty when there is no file."""
    if not path.exists():
        return {}
    return tomllib.loads(path.read_text(encoding="utf-8"))


def below(least: Figures, now: Figures) -> list[str]:
    """One line for each figure that is lower than it may be."""
    return [
        f"{floor}: {kind} {now.get(floor, {}).get(kind, 0.0)} %, least {value} %"
        for floor, kinds in least.items()
        for kind, value in kinds.items()
        if now.get(floor, {}).get(kind, 0.0) < value
    ]


def raised(least: Figures, now: Figures) -> Figures:
    """The higher of both, figure by figure."""
    return {
        floor: {
            kind: max(value, least.get(floor, {}).get(kind, 0.0))
            for kind, value in kinds.items()
        }
        for floor, kinds in now.items()
    }


def write(path: Path, figures: Figures) -> None:
    """Writes the file, floors in their order."""
    text = HEAD
    for floor, kinds in figures.items():
        text += f"\n[{floor}]\n"
        text += "".join(f"{kind} = {kinds[kind]}\n" for kind in kinds)
    path.write_text(text, encoding="utf-8")
