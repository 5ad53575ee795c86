# SPDX-License-Identifier: BSD-3-Clause
"""`make scenario`: one scenario, or one test of it, with a live console.

python3 -m hfh.live SCENARIO [TEST] [CPUS=n] [GIC=n] [CPU=model] [BUILD=name];
what is not given is taken from the environment (make puts it there).
"""

import os
import sys
from collections.abc import Mapping, Sequence

import pytest

from hfh.errors import UsageError
from hfh.plan import Select, require
from hfh.scenario import find, load
from hfh.tree import Tree, default_tree

KNOBS = ("S", "T", "CPUS", "GIC", "CPU", "BUILD")


def knobs(
    argv: Sequence[str], env: Mapping[str, str], known: Sequence[str] = KNOBS
) -> dict[str, str]:
    """Return the values of the knobs: arguments first, then environment.

    Raises UsageError for an argument that is no knob.
    """
    found = {name: env[name] for name in known if env.get(name)}
    places = iter(("S", "T"))
    for argument in argv:
        name, equals, value = argument.partition("=")
        if equals and name in known:
            found[name] = value
            continue
        place = next(places, None)
        if place is None or place not in known:
            words = " ".join(f"{name}=..." for name in known)
            raise UsageError(f'unknown argument "{argument}"; known: {words}')
        if argument:
            found[place] = argument
    return {name: value for name, value in found.items() if value}


def number(found: Mapping[str, str], name: str) -> int | None:
    """Return a knob as a number, None when it is not given."""
    text = found.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise UsageError(f'{name} must be a number, is "{text}"')
    return int(text)


def selection(found: Mapping[str, str]) -> Select:
    """Return what the knobs select."""
    return Select(
        test=found.get("T", ""),
        cpus=number(found, "CPUS"),
        gic=number(found, "GIC"),
        cpu=found.get("CPU", ""),
        build=found.get("BUILD", ""),
    )


def pytest_arguments(tree: Tree, found: Mapping[str, str]) -> list[str]:
    """Return pytest's arguments for the knobs.

    Raises UsageError, with near names, when nothing matches.
    """
    if "S" not in found:
        names = sorted(path.stem for path in tree.scenarios.glob("*.toml"))
        hint = f"say which: S=<name>; there are: {', '.join(names)}"
        raise UsageError(f"no scenario given; {hint}")
    path = find(tree.scenarios, found["S"])
    select = selection(found)
    require(tree, load(path), select)
    options = {"T": "test", "CPUS": "cpus", "GIC": "gic", "CPU": "cpu"}
    options["BUILD"] = "build"
    words = [f"--{options[k]}={v}" for k, v in found.items() if k in options]
    config = str(tree.harness / "pyproject.toml")
    quiet = ["-q", "--no-header", "--live"]
    return ["-c", config, *quiet, *words, str(path)]


def main(argv: Sequence[str] | None = None) -> int:
    """Run and return pytest's exit code; 2 on wrong use."""
    try:
        found = knobs(sys.argv[1:] if argv is None else argv, os.environ)
        arguments = pytest_arguments(default_tree(), found)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main())
