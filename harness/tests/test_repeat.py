# SPDX-License-Identifier: BSD-3-Clause
"""`make repeat`: every round is counted, and a failed one is kept."""

from pathlib import Path

import pytest
import rig

from hfh import live, repeat
from hfh.drivers.qemu import QemuDriver

EL2 = 'kind = "el2"\nimage = "el2_fake"\n'


@pytest.mark.parametrize(
    ("mode", "failed", "kept"),
    [("pass", 0, 0), ("exit_0", 6, 3)],
)
def test_rounds_are_counted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    failed: int,
    kept: int,
) -> None:
    """Three rounds of two tests; evidence is left by those that failed."""
    tree = rig.make_tree(tmp_path / "a tree", ["mem.map", "mem.unmap"])
    for key, value in rig.fake_env(mode, tmp_path / "pids").items():
        monkeypatch.setenv(key, value)
    items = rig.items(tree, EL2)
    assert repeat.repeat(tree, items, 3, QemuDriver()) == failed
    assert len(list((tree.tests / "latest").iterdir())) == kept


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["races"], "say what: make repeat S=<scenario> N=<rounds>"),
        (["races", "N=0"], "say what: "),
        (["N=5"], "say what: "),
        (["race", "N=5"], 'unknown scenario "race"; did you mean races'),
        (["races", "N=x"], 'N must be a number, is "x"'),
    ],
)
def test_refuses(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    text: str,
) -> None:
    """One line on standard error, exit code 2."""
    for name in (*live.KNOBS, "N"):
        monkeypatch.delenv(name, raising=False)
    assert repeat.main(argv) == 2
    assert text in capsys.readouterr().err
