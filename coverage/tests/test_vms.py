# SPDX-License-Identifier: BSD-3-Clause
"""VMs are judged by a complete run of the scenarios with the present images."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import answers  # noqa: E402
import cover  # noqa: E402

KNOWN = {0x84000060: "FFA_ONE"}
RECORD = "[hft 0 1] log ffa 84000060 -6\n"


def judged(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], answers.Table]:
    table = answers.Table(["FFA_ONE"], {"FFA_ONE": {0}})
    monkeypatch.setattr(cover, "SCENARIOS", out / "complete")
    monkeypatch.setattr(cover, "IMAGES", out / "images")
    return cover.see_vms(table, KNOWN), table


def run(out: Path) -> Path:
    item = out / "run/scenario/item"
    item.mkdir(parents=True)
    (item / "vm1.log").write_text(RECORD)
    (out / "complete").symlink_to("run")
    return out / "complete"


def image(out: Path, seconds_later: int) -> None:
    file = out / "images/vm/vm.bin"
    file.parent.mkdir(parents=True)
    file.touch()
    when = (out / "complete").lstat().st_mtime + seconds_later
    os.utime(file, (when, when))


def test_without_a_run_they_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whom, table = judged(tmp_path, monkeypatch)
    assert whom == ["host"]
    assert not table.seen


def test_with_a_run_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    image(tmp_path, -1)
    whom, table = judged(tmp_path, monkeypatch)
    assert whom == ["host", "VMs"]
    assert table.seen["VMs"] == {("FFA_ONE", -6): 1}


def test_with_a_run_of_older_images_they_are_shown_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    image(tmp_path, 1)
    whom, table = judged(tmp_path, monkeypatch)
    assert whom == ["host"]
    assert table.seen["VMs"] == {("FFA_ONE", -6): 1}
