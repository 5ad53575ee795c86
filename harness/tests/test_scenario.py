# SPDX-License-Identifier: BSD-3-Clause
"""Scenario files: what is read, and the text of each refusal."""

from pathlib import Path

import pytest
import rig

from hfh.errors import UsageError
from hfh.plan import Select, plan, require
from hfh.scenario import Step, find, load
from hfh.setup import Content
from hfh.tree import Tree, default_tree

VM = 'kind = "vm"\nvms = ["vm_fake"]\n'
EL2 = 'kind = "el2"\nimage = "el2_fake"\n'
BOOT = 'kind = "boot"\n[case.x]\n'
TALK = 'kind = "console"\n[case.x]\n'


@pytest.fixture(name="tree")
def fixture_tree(tmp_path: Path) -> Tree:
    """Return a tree whose images have three tests."""
    return rig.make_tree(tmp_path, ["mem.map", "mem.unmap", "cpu.on"])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("kind = 3", 'key "kind": must be a string, is 3'),
        ("", 'key "kind": must not be ""; known: boot, console, el2, gdb, vm'),
        ('kind = "vn"', 'key "kind": must not be "vn"; did you mean vm?'),
        ('kind = "vm"', 'key "vms": is missing; the first one is the primary'),
        ('kind = "el2"', 'key "image": is missing'),
        (EL2 + 'vms = ["a"]', 'key "vms": has no place in a scenario of'),
        (VM + 'image = "a"', 'key "image": has no place in a scenario of'),
        (VM + "cpu_s = 1", 'key "cpu_s": is unknown; did you mean cpus, cpu'),
        (VM + "cpus = []", 'key "cpus": must be a list of integers, is []'),
        (VM + 'cpus = "4"', 'key "cpus": must be a list of integers, is "4"'),
        (VM + "cpus = [1, true]", 'key "cpus": must be a list of integers'),
        (VM + "cpus = [1, 1]", 'key "cpus": has an entry twice: [1, 1]'),
        (VM + "cpus = [0]", 'key "cpus": must be in 1..64, is 0'),
        (VM + "gic = 5", 'key "gic": must be 2, 3 or 4, is 5'),
        (
            VM + 'build = "icc"',
            'key "build": must be gcc, clang or debug, is "icc"',
        ),
        (VM + "memory_mib = 0", 'key "memory_mib": must be in 1..1048576'),
        (VM + "icount = 1", 'key "icount": must be true or false, is 1'),
        (VM + "deadline_s = 0", 'key "deadline_s": must be a positive number'),
        (VM + "qemu_args = [1]", 'key "qemu_args": must be a list of strings'),
        (
            VM + 'manifest = "a"\nmanifest_text = "b"',
            'key "manifest": excludes manifest_text',
        ),
        (VM + "ramdisk = 1", 'key "ramdisk": must be a table, is 1'),
        (VM + 'ramdisk.format = "zip"', 'key "ramdisk.format": must not be'),
        (VM + "ramdisk.files = 1", 'key "ramdisk.files": is unknown'),
        (VM + "ramdisk.add.f = {}", 'key "ramdisk.add.f.file": give one of:'),
        (
            VM + "ramdisk.add.f = { truncate = 1 }",
            'key "ramdisk.add.f.file": give one of: file, text, dts, zeros',
        ),
        (
            VM + 'ramdisk.replace.f = { patch = "zz" }',
            'key "ramdisk.replace.f.patch": must be hex bytes, is "zz"',
        ),
        (VM + '[expect]\n"a" = "good"', 'key "expect.a": must not be "good"'),
        (
            VM + '[expect]\n"a" = { result = "p" }',
            'key "expect.a.result": must not be "p"; did you mean pass',
        ),
        (
            VM + '[expect]\n"a" = { panic = "" }',
            'key "expect.a.panic": must say which text is expected',
        ),
        (
            VM + '[expect]\n"a" = { log = "(" }',
            'key "expect.a.log": "(" is no regex: ',
        ),
        (
            'kind = "gdb"\n[case.x]\ntest = "a.b"\nscript = "c"',
            'key "vms": is missing',
        ),
        (
            'kind = "gdb"\nvms = "a"\n[case.x]\ntest = "a.b"',
            'key "case.x.script": is missing',
        ),
        (VM + '[expect."a"]\nend = "x"', 'key "expect.a.end": must not be "x"'),
        ('kind = "boot"', 'key "case": is missing: [case.<name>] is one item'),
        ('kind = "boot"\n[case."a b"]', 'key "case.a b": must be letters'),
        ('kind = "boot"\ncase.a = 1', 'key "case.a": must be a table'),
        (BOOT + "step = []", 'key "case.x.step": is unknown'),
        (BOOT + "cpus = 0", 'key "case.x.cpus": must be in 1..64, is 0'),
        (TALK, 'key "case.x.step": is missing: a console case has [[step]]s'),
        (TALK + "step = 1", 'key "case.x.step": must be an array of tables'),
        (
            TALK + '[[case.x.step]]\nsend = "a"',
            'key "case.x.step[0].expect": is missing',
        ),
        (
            TALK + '[[case.x.step]]\nexpect = "["',
            'key "case.x.step[0].expect": "[" is no regex',
        ),
    ],
)
def test_refused(tree: Tree, text: str, error: str) -> None:
    """A wrong file is refused with its name, the key and what is wrong."""
    with pytest.raises(UsageError) as caught:
        rig.scenario(tree, text)
    assert str(caught.value).startswith(f"scenarios/one.toml: {error}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"# Why.\nkind = ", "Invalid value (at end of document)"),
        (b"# Why.\n\xff", "'utf-8' codec can't decode byte"),
        (b'kind = "vm"', "must open with a comment that says why"),
        (b"# SPDX-License-Identifier: X\n", "must open with a comment"),
    ],
)
def test_no_scenario_at_all(tmp_path: Path, data: bytes, error: str) -> None:
    """What is no TOML, or says nothing of its purpose, is refused."""
    path = rig.write(tmp_path / "scenarios" / "one.toml", data)
    with pytest.raises(UsageError) as caught:
        load(path)
    assert str(caught.value).startswith(f"scenarios/one.toml: {error}")


def test_missing_file(tmp_path: Path) -> None:
    """An unreadable file is an error too."""
    with pytest.raises(UsageError, match="No such file"):
        load(tmp_path / "none.toml")


def test_matrix(tree: Tree) -> None:
    """Every test on every machine, each with an id of its own."""
    text = VM + 'cpus = [1, 4]\ngic = [2, 3]\ncpu = ["max", "cortex-a53"]\n'
    found = [item.id for item in rig.items(tree, text)]
    assert len(found) == len(set(found)) == 3 * 8
    assert "one::cpu.on[cpus=4,gic=2,cpu=cortex-a53]" in found
    assert rig.items(tree, EL2)[0].id == "one::cpu.on[cpus=1,gic=3]"


def test_some_tests_of_an_image(tree: Tree) -> None:
    """Globs say which; one that matches nothing is refused."""
    text = VM + 'tests = ["mem.map", "cpu.*"]\n'
    assert [i.name for i in rig.items(tree, text)] == ["cpu.on", "mem.map"]
    with pytest.raises(UsageError, match='key "tests.gone": matches no test'):
        rig.items(tree, VM + 'tests = ["gone"]\n')
    with pytest.raises(UsageError, match='key "expect.cpu.on": matches no'):
        rig.items(
            tree,
            text.replace('"cpu.*"', '"mem.*"') + "[expect]\n"
            '"cpu.on" = "fail"\n',
        )


def test_selection(tree: Tree) -> None:
    """Globs on the test, and points of the matrix."""
    scenario = rig.scenario(tree, VM + "cpus = [1, 4]")
    picked = plan(tree, scenario, Select(test="mem.*", cpus=4))
    assert [item.label for item in picked] == [
        "mem.map[cpus=4,gic=3]",
        "mem.unmap[cpus=4,gic=3]",
    ]


def test_expectations(tree: Tree) -> None:
    """The last glob that matches counts."""
    text = VM + '[expect]\n"*" = "skip"\n"mem.*" = { panic = "x" }\n'
    expects = {i.name: i.expect for i in rig.items(tree, text)}
    assert expects["cpu.on"].result == "skip"
    assert expects["mem.map"].panic == "x"


def test_expectation_that_matches_nothing(tree: Tree) -> None:
    """A stale glob is refused."""
    with pytest.raises(UsageError, match='key "expect.gone": matches no test'):
        rig.items(tree, VM + '[expect]\ngone = "fail"\n')


def test_cases_inherit_the_setup(tree: Tree) -> None:
    """A case may replace what the scenario says for all."""
    text = (
        'kind = "console"\ncpus = 4\nmemory_mib = 64\n'
        '[case.a]\nmemory_mib = 32\n[[case.a.step]]\nexpect = "x"\n'
        '[[case.a.step]]\nexpect = "y"\nsend = ""\n'
    )
    (item,) = rig.items(tree, text)
    assert item.id == "one::a[cpus=4,gic=3]"
    assert item.setup.memory_mib == 32
    assert not item.setup.icount
    assert item.steps == (Step("x", None), Step("y", ""))


def test_ramdisk_changes(tree: Tree) -> None:
    """Every way to spoil a RAM disk is read."""
    text = (
        'kind = "boot"\n[case.a.ramdisk]\nformat = "bin"\nomit = "x"\n'
        "add.y = { zeros = 3 }\narchive = { truncate = 4 }\n"
        'replace.z = { patch = "00ff", at = 8 }\n'
    )
    ramdisk = rig.items(tree, text)[0].setup.ramdisk
    assert ramdisk.omit == ("x",)
    assert ramdisk.add == (("y", Content("zeros", size=3)),)
    assert ramdisk.archive == Content("truncate", size=4)
    assert ramdisk.replace == (("z", Content("patch", "00ff", at=8)),)


@pytest.mark.parametrize(
    ("select", "error"),
    [
        (Select(test="mem.mapp"), 'unknown test "mem.mapp" in scenario one; '),
        (Select(test="mem.mapp"), "did you mean mem.map, mem.unmap?"),
        (Select(cpus=2), "scenario one has no such machine; it has cpus"),
    ],
)
def test_nothing_selected(tree: Tree, select: Select, error: str) -> None:
    """Nothing to run is an error with the nearest names."""
    with pytest.raises(UsageError) as caught:
        require(tree, rig.scenario(tree, VM), select)
    assert error in str(caught.value)


def test_unknown_scenario(tree: Tree) -> None:
    """The nearest names are shown."""
    rig.scenario(tree, VM, "vm_core")
    with pytest.raises(UsageError, match="did you mean vm_core"):
        find(tree.scenarios, "vmcore")


def test_scenarios_of_the_project_are_fine() -> None:
    """Every scenario file in the tree loads."""
    paths = sorted(default_tree().scenarios.glob("*.toml"))
    assert len(paths) >= 5
    assert [load(path).name for path in paths] == [p.stem for p in paths]
