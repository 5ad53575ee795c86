# SPDX-License-Identifier: BSD-3-Clause
"""Scenario x matrix -> items, in the same order in every process."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path

from hfh.discover import tests
from hfh.errors import UsageError, near
from hfh.judge import Expect
from hfh.scenario import Scenario, Step
from hfh.setup import Setup
from hfh.tree import Tree, need

BUILD_HINT = "run `make all`"


@dataclass(frozen=True)
class Machine:
    """One point of the matrix."""

    build: str
    cpus: int
    gic: int
    cpu: str


@dataclass(frozen=True)
class Item:
    """One cold start and its one verdict.

    name: test or case, with the matrix point in brackets when shown by `id`.
    folder: where the scenario's file lies, and what it names beside it.
    test, script: of kind gdb, the guest's test and the debugger's commands.
    """

    scenario: str
    kind: str
    name: str
    setup: Setup
    machine: Machine
    expect: Expect
    folder: Path
    steps: tuple[Step, ...] = ()
    test: str = ""
    script: str = ""

    @property
    def point(self) -> str:
        """The matrix point, as far as it tells items apart."""
        machine = self.machine
        words = [f"cpus={machine.cpus}", f"gic={machine.gic}"]
        if len(self.setup.cpu) > 1:
            words.append(f"cpu={machine.cpu}")
        if len(self.setup.builds) > 1:
            words.append(f"build={machine.build}")
        return ",".join(words)

    @property
    def label(self) -> str:
        """`suite.test[cpus=4,gic=3]`: unique in the scenario."""
        return f"{self.name}[{self.point}]"

    @property
    def id(self) -> str:
        """`scenario::suite.test[cpus=4,gic=3]`: unique in the project."""
        return f"{self.scenario}::{self.label}"


@dataclass(frozen=True)
class Select:
    """What of the plan is wanted; empty or None means all.

    test: glob on the test or case name.
    """

    test: str = ""
    cpus: int | None = None
    gic: int | None = None
    cpu: str = ""
    build: str = ""

    def machine(self, machine: Machine) -> bool:
        """Tell whether a matrix point is wanted."""
        return (
            self.cpus in (None, machine.cpus)
            and self.gic in (None, machine.gic)
            and self.cpu in ("", machine.cpu)
            and self.build in ("", machine.build)
        )

    def name(self, name: str) -> bool:
        """Tell whether a test or case is wanted."""
        return not self.test or fnmatchcase(name, self.test)


def plan(tree: Tree, scenario: Scenario, select: Select) -> list[Item]:
    """Return the wanted items of a scenario.

    Raises UsageError when an image is not built, or has no tests.
    """
    return list(_items(tree, scenario, select))


def _machines(setup: Setup, select: Select) -> list[Machine]:
    axes = product(setup.builds, setup.cpus, setup.gic, setup.cpu)
    return [m for m in (Machine(*point) for point in axes) if select.machine(m)]


def _items(tree: Tree, scenario: Scenario, select: Select) -> Iterator[Item]:
    for case in scenario.cases:
        for machine in _machines(case.setup, select):
            if select.name(case.name):
                yield Item(
                    scenario=scenario.name,
                    kind=scenario.kind,
                    name=case.name,
                    setup=case.setup,
                    machine=machine,
                    expect=case.expect,
                    folder=scenario.path.parent,
                    steps=case.steps,
                    test=case.test,
                    script=case.script,
                )
    if scenario.cases:
        return
    for machine in _machines(scenario.setup, select):
        for test in _tests(tree, scenario, machine.build):
            if select.name(test):
                yield Item(
                    scenario=scenario.name,
                    kind=scenario.kind,
                    name=test,
                    setup=scenario.setup,
                    machine=machine,
                    expect=scenario.expect(test),
                    folder=scenario.path.parent,
                )


def _tests(tree: Tree, scenario: Scenario, build: str) -> tuple[str, ...]:
    setup = scenario.setup
    if scenario.kind == "el2":
        name, image = setup.image, tree.el2(build, setup.image)
    else:
        name, image = setup.vms[0], tree.vm(build, setup.vms[0])
    what = f"scenario {scenario.name}: image {name}"
    found = tests(need(tree, image.elf, what, BUILD_HINT))
    if not found:
        raise UsageError(f"{what} holds no test: {tree.shown(image.elf)}")
    _check_globs(scenario, "tests", scenario.tests, found)
    found = tuple(name for name in found if _is_run(scenario, name))
    globs = [glob for glob, _ in scenario.expects]
    _check_globs(scenario, "expect", globs, found)
    return found


def _is_run(scenario: Scenario, name: str) -> bool:
    globs = scenario.tests
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def _check_globs(
    scenario: Scenario, key: str, globs: Iterable[str], names: tuple[str, ...]
) -> None:
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            file = f"{scenario.path.parent.name}/{scenario.path.name}"
            text = f'key "{key}.{glob}": matches no test'
            raise UsageError(f"{file}: {text}{near(glob, names)}")


def names(tree: Tree, scenario: Scenario) -> list[str]:
    """Return the test or case names of a scenario, for hints."""
    return sorted({item.name for item in plan(tree, scenario, Select())})


def require(tree: Tree, scenario: Scenario, select: Select) -> list[Item]:
    """Return plan(), and raise UsageError with near names when it is empty."""
    found = plan(tree, scenario, select)
    if found:
        return found
    known = names(tree, scenario)
    if not any(select.name(name) for name in known):
        hint = near(select.test, known)
        text = f'unknown test "{select.test}" in scenario {scenario.name}'
        raise UsageError(f"{text}{hint}")
    setup = scenario.setup
    axes = f"cpus {setup.cpus}, gic {setup.gic}, cpu {setup.cpu}"
    text = f"scenario {scenario.name} has no such machine"
    raise UsageError(f"{text}; it has {axes}, build {setup.builds}")
