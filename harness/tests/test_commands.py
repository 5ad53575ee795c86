# SPDX-License-Identifier: BSD-3-Clause
"""The commands behind make: live, gdb, run, names; and what they refuse."""

from pathlib import Path

import pytest
import rig

from hfh import gdb, live, names, run
from hfh.debugger import commands
from hfh.errors import UsageError
from hfh.symbols import Placed
from hfh.tree import Tree, default_tree

KERNEL = bytes(56) + b"ARM\x64" + bytes(4)


@pytest.fixture(name="tree")
def fixture_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """Return the project, with an out/ that holds just what Linux needs."""
    monkeypatch.setenv("HF_OUT", str(tmp_path / "my out"))
    monkeypatch.setenv("QEMU", str(rig.FAKE_QEMU))
    for name in (*live.KNOBS, *run.KNOBS):
        monkeypatch.delenv(name, raising=False)
    tree = default_tree()
    rig.write(tree.hypervisor("gcc").bin, b"hafnium")
    rig.write(tree.linux.bin, KERNEL)
    rig.write(tree.initrd, b"initrd")
    return tree


def test_knobs() -> None:
    """Arguments win over the environment; both forms are read."""
    env = {"S": "a", "T": "b", "CPUS": "4", "GIC": "", "HOME": "/"}
    assert live.knobs([], env) == {"S": "a", "T": "b", "CPUS": "4"}
    found = live.knobs(["c", "", "CPUS=2", "T=d"], env)
    assert found == {"S": "c", "T": "d", "CPUS": "2"}
    select = live.selection(found)
    assert (select.test, select.cpus, select.gic) == ("d", 2, None)


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        ([], "no scenario given; say which: S=<name>; there are: attack"),
        (["vm_cor"], 'unknown scenario "vm_cor"; did you mean vm_core'),
        (["boot_bad_image", "kernel_is"], "did you mean kernel_is_empty"),
        (["boot_bad_image", "GIC=2"], "has no such machine; it has cpus (1,)"),
        (["reset", "GIC=x"], 'GIC must be a number, is "x"'),
        (["a", "b", "c"], 'unknown argument "c"; known: S=... T=...'),
        (["vm_core"], "image primary_core is missing: "),
    ],
)
def test_live_refuses(
    tree: Tree, capsys: pytest.CaptureFixture[str], argv: list[str], text: str
) -> None:
    """One line on standard error, exit code 2."""
    assert tree.out.is_dir()
    assert live.main(argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert text in error


def test_live_asks_pytest_for_just_that(tree: Tree) -> None:
    """Knobs become options."""
    found = {"S": "reset", "T": "system_*", "GIC": "2"}
    words = live.pytest_arguments(tree, found)
    assert {"--live", "--test=system_*", "--gic=2"} <= set(words)
    assert words[-1] == str(tree.scenarios / "reset.toml")


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["vm_core"], "say which: make gdb S=<scenario> T=<test>"),
        (["nope", "a.b"], 'unknown scenario "nope"'),
        (["reset", "x", "--batch", "/nope"], '--batch: no script "/nope"'),
        (["reset", "x", "--batch"], '--batch: no script ""'),
    ],
)
def test_gdb_refuses(
    tree: Tree, capsys: pytest.CaptureFixture[str], argv: list[str], text: str
) -> None:
    """One line on standard error, exit code 2."""
    assert tree.out.is_dir()
    assert gdb.main(argv) == 2
    assert capsys.readouterr().err.startswith(f"error: {text}")


def test_gdb_commands() -> None:
    """Symbols at their addresses, then the target, then the breakpoint."""
    images = [Placed(Path("/a b/x.elf"), 0x40001000, 1)]
    found = commands(images, Path("/tmp/s"), "psci.version")
    assert found[-3:] == [
        'add-symbol-file "/a b/x.elf" -o 0x40001000',
        "target remote /tmp/s",
        "thbreak hft_test_psci_version",
    ]
    assert commands(images, Path("/tmp/s"), "")[-1] == "target remote /tmp/s"


def test_run_command(tree: Tree) -> None:
    """Linux gets the machine that the knobs say."""
    found = {"CPUS": "2", "GIC": "2", "MEM": "512", "APPEND": "quiet"}
    words = " ".join(run.command(tree, found))
    assert "virtualization=on,gic-version=2" in words
    assert "-smp 2 -m 512" in words
    assert "-append console=ttyAMA0 quiet -serial mon:stdio" in words
    assert "-icount" not in words


def test_run_takes_other_files(tree: Tree, tmp_path: Path) -> None:
    """KERNEL and INITRD go into the RAM disk under the manifest's names."""
    kernel = rig.write(tmp_path / "my Image", KERNEL + b"mine")
    disk = rig.write(tmp_path / "my initrd", b"my initrd")
    found = {"KERNEL": str(kernel), "INITRD": str(disk)}
    data = run.linux_ramdisk(tree, found).read_bytes()
    assert KERNEL + b"mine" in data
    assert b"my initrd" in data


def test_run_takes_secondaries(tree: Tree) -> None:
    """VMS are in the RAM disk and in the manifest, behind Linux."""
    rig.write(tree.vm("gcc", "echo").bin, b"image of a secondary")
    data = run.linux_ramdisk(tree, {"VMS": "echo echo"}).read_bytes()
    assert b"image of a secondary" in data
    assert b"vm3" in data and b"vm4" not in data


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["VMS=nope"], "manifest node of VM nope is missing: "),
        (["KERNEL=/nope"], "Linux kernel is missing: /nope; see KERNEL="),
        (["KERNEL=/etc/passwd"], "/etc/passwd is no arm64 kernel Image; give"),
        (["INITRD=/nope"], "Linux initramfs is missing: /nope; see INITRD="),
        (["CPUS=0"], "CPUS must be in 1..8, is 0"),
        (["CPUS=four"], 'CPUS must be a number, is "four"'),
        (["GIC=4"], "GIC must be in 2..3, is 4"),
        (["MEM=64"], "MEM must be in 128..1048576, is 64"),
        (["BUILD=icc"], 'BUILD must be gcc or clang, is "icc"'),
        (["CPU=max"], 'unknown argument "CPU=max"; known: KERNEL=...'),
    ],
)
def test_run_refuses(
    tree: Tree, capsys: pytest.CaptureFixture[str], argv: list[str], text: str
) -> None:
    """One line on standard error, exit code 2."""
    assert tree.out.is_dir()
    assert run.main(argv) == 2
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("what", ["hypervisor", "kernel", "initrd"])
def test_run_says_what_is_missing(
    tree: Tree, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """Each missing file is named, with the command that makes it."""
    path, verb = {
        "hypervisor": (tree.hypervisor("gcc").bin, "make all"),
        "kernel": (tree.linux.bin, "make setup"),
        "initrd": (tree.initrd, "make setup"),
    }[what]
    path.unlink()
    assert run.main([]) == 2
    error = capsys.readouterr().err
    assert f"is missing: {path}; run `{verb}`" in error


@pytest.mark.parametrize(
    ("mode", "code", "text"),
    [
        ("stdio_pass", 0, ""),
        ("stdio_panic", 1, "the hypervisor gave up: Panic: out of luck"),
        ("stdio_vm_panic", 0, ""),
        ("exit_1", 1, "QEMU ended with exit code 1"),
    ],
)
def test_run_ends(
    tree: Tree,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    mode: str,
    code: int,
    text: str,
) -> None:
    """A panic of the hypervisor, not of a guest, and QEMU's failure count."""
    assert tree.out.is_dir()
    monkeypatch.setenv("FAKE_MODE", mode)
    assert run.main([]) == code
    said = capfd.readouterr()
    assert said.out.startswith("hafnium: Ctrl-A x ends QEMU")
    assert text in said.err


def test_names(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    """What completion offers."""
    assert "vm_core" in names.values(tree, ["S"])
    assert names.values(tree, ["T", "reset"]) == ["system_reset"]
    with pytest.raises(UsageError, match="usage: "):
        names.values(tree, [])
    assert names.main(["T", "nope"]) == 2
    assert names.main(["S"]) == 0
    assert "vm_core\n" in capsys.readouterr().out
