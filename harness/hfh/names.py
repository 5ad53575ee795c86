# SPDX-License-Identifier: BSD-3-Clause
"""Names for completion: python3 -m hfh.names S, or ... T SCENARIO."""

import sys
from collections.abc import Sequence

from hfh.errors import UsageError
from hfh.plan import names
from hfh.scenario import find, load
from hfh.tree import Tree, default_tree


def values(tree: Tree, words: Sequence[str]) -> list[str]:
    """Return the scenarios (S) or the tests of a scenario (T).

    Raises UsageError for anything else.
    """
    match list(words):
        case ["S", *_]:
            return sorted(path.stem for path in tree.scenarios.glob("*.toml"))
        case ["T", scenario, *_]:
            return names(tree, load(find(tree.scenarios, scenario)))
    raise UsageError("usage: python3 -m hfh.names S | T SCENARIO")


def main(argv: Sequence[str] | None = None) -> int:
    """Print names, one a line; 2 on wrong use."""
    words = sys.argv[1:] if argv is None else argv
    try:
        print("\n".join(values(default_tree(), words)))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
