# SPDX-License-Identifier: BSD-3-Clause
"""Tracefiles are counted right, and the minimum only rises."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import minimum  # noqa: E402
import tracefile  # noqa: E402

TEXT = """\
TN:
SF:/a b/hafnium/src/mm/ptable.c
FNF:4
FNH:3
LF:3
LH:2
BRF:8
BRH:4
end_of_record
SF:/a b/hafnium/inc/hf/psci/psci.h
LF:1
LH:1
end_of_record
SF:/a b/hafnium/src/arch/fake/mmu.c
LF:9
LH:1
end_of_record
SF:/a b/hafnium/inc/fake/hf/arch/sysreg.h
LF:1
LH:0
end_of_record
"""
NOW = {"mm": {"lines": 66.6, "branches": 50.0}}


def test_counts_go_to_their_floor() -> None:
    floors = tracefile.by_floor(TEXT)
    assert floors["mm"].hit == {"lines": 2, "branches": 4, "functions": 3}
    assert floors["mm"].all == {"lines": 3, "branches": 8, "functions": 4}
    assert floors["subsystem"].all["lines"] == 1
    assert floors["arch"].all["lines"] == 0
    assert floors["fake"].all["lines"] == 10


def test_percentages_are_rounded_down() -> None:
    counts = tracefile.by_floor(TEXT)["mm"]
    assert counts.percent("lines") == 66.6


def test_nothing_to_hit_is_all() -> None:
    assert tracefile.Counts().percent("branches") == 100.0


def test_an_unknown_folder_is_an_error() -> None:
    with pytest.raises(KeyError):
        tracefile.floor_of("/x/hafnium/src/nowhere/a.c")


def test_equal_is_not_too_low() -> None:
    assert minimum.below(NOW, NOW) == []


def test_a_lower_figure_is_named() -> None:
    least = {"mm": {"lines": 66.7, "branches": 50.0}}
    assert minimum.below(least, NOW) == ["mm: lines 66.6 %, least 66.7 %"]


def test_a_lost_floor_is_too_low() -> None:
    least = {"vm": {"lines": 1.0}}
    assert minimum.below(least, NOW) == ["vm: lines 0.0 %, least 1.0 %"]


def test_update_raises_and_never_lowers() -> None:
    least = {"mm": {"lines": 70.0, "branches": 40.0}}
    raised = minimum.raised(least, NOW)
    assert raised == {"mm": {"lines": 70.0, "branches": 50.0}}


def test_what_is_written_reads_the_same(tmp_path: Path) -> None:
    minimum.write(tmp_path / "m.toml", NOW)
    assert minimum.read(tmp_path / "m.toml") == NOW
    assert minimum.read(tmp_path / "none.toml") == {}


def test_notes_about_sources_that_went_are_orphans(tmp_path: Path) -> None:
    source = tmp_path / "hafnium/src/mm/here.c"
    build = tmp_path / "out/cov"
    notes = [build / f"hafnium/src/mm/{n}.c.gcno" for n in ("here", "gone")]
    source.parent.mkdir(parents=True)
    source.touch()
    notes[0].parent.mkdir(parents=True)
    for note in notes:
        note.touch()
    assert tracefile.orphans(build, tmp_path) == notes[1:]
