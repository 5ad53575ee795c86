# SPDX-License-Identifier: BSD-3-Clause
"""scenarios/<name>.toml -> frozen values; the schema is in docs/testing.md."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from hfh.errors import UsageError, near
from hfh.judge import Expect
from hfh.schema import Table
from hfh.setup import SETUP_KEYS, Setup, read_setup

KINDS = ("vm", "el2", "boot", "console", "gdb")
_NAME = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True)
class Step:
    """One exchange of a console dialogue: wait for a regex, then type."""

    expect: str
    send: str | None


@dataclass(frozen=True)
class BootCase:
    """One boot of a scenario, where the tests are not the items.

    steps: of kind console. test, script: of kind gdb.
    """

    name: str
    setup: Setup
    expect: Expect
    steps: tuple[Step, ...]
    test: str
    script: str


@dataclass(frozen=True)
class Scenario:
    """A scenario file.

    about: its top comment. tests: globs, those of the image that are run; all
    when empty. expects: test globs, the last match counts. cases: of the kinds
    boot, console and gdb.
    """

    name: str
    kind: str
    path: Path
    about: str
    setup: Setup
    tests: tuple[str, ...]
    expects: tuple[tuple[str, Expect], ...]
    cases: tuple[BootCase, ...]

    def expect(self, test: str) -> Expect:
        """Return what is expected of a test."""
        found = Expect()
        for glob, expect in self.expects:
            if fnmatchcase(test, glob):
                found = expect
        return found


def load(path: Path) -> Scenario:
    """Read and validate a scenario file.

    Raises UsageError with one line that names the file and the key.
    """
    file = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}") from None
    return _scenario(path, _about(file, text), Table(file, data), data)


def _about(file: str, text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if "SPDX-License-Identifier" not in line:
            lines.append(line.lstrip("# "))
    if not any(lines):
        raise UsageError(f"{file}: must open with a comment that says why")
    return "\n".join(lines)


def _scenario(
    path: Path, about: str, table: Table, data: Mapping[str, Any]
) -> Scenario:
    kind = table.choice("kind", "", KINDS)
    talks = kind == "console"
    setup = read_setup(table, console=talks)
    expects: tuple[tuple[str, Expect], ...] = ()
    cases: tuple[BootCase, ...] = ()
    tests: tuple[str, ...] = ()
    if kind in ("vm", "el2"):
        tests = table.texts("tests")
        expects = _expects(table.table("expect"))
    else:
        cases = _cases(table, data, kind)
    table.done()
    _check_images(table, kind, setup)
    return Scenario(path.stem, kind, path, about, setup, tests, expects, cases)


def _check_images(table: Table, kind: str, setup: Setup) -> None:
    if kind in ("vm", "gdb") and not setup.vms:
        raise table.fail("vms", "is missing; the first one is the primary")
    if kind == "el2" and not setup.image:
        raise table.fail("image", "is missing")
    if kind == "el2" and setup.vms:
        raise table.fail("vms", "has no place in a scenario of kind el2")
    if kind != "el2" and setup.image:
        raise table.fail("image", f"has no place in a scenario of kind {kind}")


def _expects(table: Table) -> tuple[tuple[str, Expect], ...]:
    found = []
    for glob in table.keys():
        if isinstance(table.raw(glob), str):
            word = table.choice(glob, "pass", ("pass", "fail", "skip"))
            found.append((glob, Expect(word)))
        else:
            found.append((glob, _expect(table.table(glob))))
    return tuple(found)


def _expect(table: Table) -> Expect:
    expect = read_expect(table)
    table.done()
    return expect


def read_expect(table: Table, end: str = "poweroff") -> Expect:
    """Read the keys result, panic, log, forbid, end (and its default)."""
    expect = Expect(
        result=table.choice("result", "pass", ("pass", "fail", "skip")),
        panic=table.text("panic") if table.has("panic") else None,
        log=_patterns(table, "log"),
        forbid=_patterns(table, "forbid"),
        end=table.choice("end", end, ("poweroff", "reset", "stopped")),
    )
    if expect.panic == "":
        raise table.fail("panic", "must say which text is expected")
    return expect


def _patterns(table: Table, key: str) -> tuple[str, ...]:
    patterns = table.texts(key)
    for pattern in patterns:
        _check_pattern(table, key, pattern)
    return patterns


def _check_pattern(table: Table, key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise table.fail(key, f'"{pattern}" is no regex: {error}') from None


def _cases(
    table: Table, data: Mapping[str, Any], kind: str
) -> tuple[BootCase, ...]:
    shared = {key: data[key] for key in SETUP_KEYS if key in data}
    found = []
    cases = table.table("case")
    for name in cases.keys():
        if not _NAME.fullmatch(name):
            raise cases.fail(name, "must be letters, digits and _")
        if not isinstance(cases.raw(name), dict):
            raise cases.fail(name, "must be a table")
        merged = {**shared, **cases.raw(name)}
        found.append(_case(name, cases.replaced(name, merged), kind))
    if not found:
        raise table.fail("case", "is missing: [case.<name>] is one item")
    return tuple(found)


def _case(name: str, table: Table, kind: str) -> BootCase:
    talks = kind == "console"
    setup = read_setup(table, console=talks)
    expect = read_expect(table, "stopped" if kind == "gdb" else "poweroff")
    test = table.required("test") if kind == "gdb" else ""
    script = table.required("script") if kind == "gdb" else ""
    steps = _steps(table) if talks else ()
    table.done()
    return BootCase(name, setup, expect, steps, test, script)


def _steps(table: Table) -> tuple[Step, ...]:
    steps = []
    for step in table.tables("step"):
        pattern = step.required("expect")
        _check_pattern(step, "expect", pattern)
        send = step.text("send") if step.has("send") else None
        step.done()
        steps.append(Step(pattern, send))
    if not steps:
        raise table.fail("step", "is missing: a console case has [[step]]s")
    return tuple(steps)


def find(folder: Path, name: str) -> Path:
    """Return the file of a scenario by name; UsageError with near names."""
    names = [path.stem for path in folder.glob("*.toml")]
    if name in names:
        return folder / f"{name}.toml"
    raise UsageError(f'unknown scenario "{name}"{near(name, names)}')
