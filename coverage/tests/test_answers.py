# SPDX-License-Identifier: BSD-3-Clause
"""Contracts are read right, and each hole in the table is named."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import answers  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
HEADER = """\
/**
 * FFA_ONE and _ONE2, DEN0077A v1.2 1.2.
 *   in   w0 = 0x84000060
 *   err  DENIED: this, or that on
 *        another line; BUSY: later
 *   locks none. NO_MEMORY is not meant here.
 */
int one(void);

/** FFA_TWO of a list that is no contract. */
int two(void);
"""
KNOWN = {0x84000060: "FFA_ONE", 0x84000061: "FFA_ONE2"}


def table(cells: dict[tuple[str, int], int], **why: str) -> answers.Table:
    reasons = {"host": {f"FFA_ONE {code}": text for code, text in why.items()}}
    contracts = {"FFA_ONE": {0, -6}}
    return answers.Table(
        ["FFA_ONE"], contracts, {"host": Counter(cells)}, reasons
    )


def test_a_contract_names_calls_and_codes() -> None:
    found = dict(answers.contracts_of(HEADER))
    assert found == {"FFA_ONE": {0, -6, -4}, "FFA_ONE2": {0, -6, -4}}


def test_the_tree_has_a_contract_for_each_call() -> None:
    missing = set(answers.rows(ROOT)) - set(answers.contracts(ROOT))
    assert answers.rows(ROOT) and not missing


def test_not_supported_is_of_calls_that_not_all_are_offered() -> None:
    found = answers.contracts(ROOT)
    assert answers.UNOFFERED in found["FFA_YIELD"]  # has no 64-bit form
    assert answers.UNOFFERED in found["FFA_CONSOLE_LOG"]  # since 1.2
    assert answers.UNOFFERED not in found["FFA_MEM_SHARE"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (answers.LINE, "84000060 -6\n84000060 -6\n84000061 0\n84000099 0\n"),
        (
            answers.RECORD,
            "[hft 0 1] log ffa 84000060 -6\nlog ffa 84000060 -6\n"
            "[hft a 2] log ffa 84000060 -6\n[hft a 3] log ffa 84000061 0\n",
        ),
    ],
)
def test_lines_are_counted(
    tmp_path: Path, line: re.Pattern[str], text: str
) -> None:
    file = tmp_path / "seen"
    file.write_text(text)
    found = answers.read(file, KNOWN, line)
    assert found == {("FFA_ONE", -6): 2, ("FFA_ONE2", 0): 1}


def test_a_full_table_has_no_problem() -> None:
    full = {("FFA_ONE", 0): 3, ("FFA_ONE", -6): 1, ("FFA_OTHER", -1): 1}
    assert not list(answers.problems(table(full)))


def test_an_empty_cell_is_named() -> None:
    found = list(answers.problems(table({("FFA_ONE", 0): 3})))
    assert found == ["host: no test saw FFA_ONE DENIED"]


def test_a_reason_excuses_an_empty_cell_and_no_full_one() -> None:
    empty, full = {("FFA_ONE", 0): 3}, {("FFA_ONE", 0): 3, ("FFA_ONE", -6): 1}
    assert not list(answers.problems(table(empty, DENIED="why")))
    found = list(answers.problems(table(full, DENIED="why")))
    assert found == ["host: FFA_ONE DENIED was seen: drop its reason"]


def test_a_code_without_a_contract_is_named() -> None:
    full = {("FFA_ONE", 0): 3, ("FFA_ONE", -6): 1, ("FFA_ONE", -3): 1}
    found = list(answers.problems(table(full)))
    assert found == ["host: FFA_ONE NO_MEMORY is in no contract"]


def test_not_supported_needs_a_contract_as_well() -> None:
    full = {("FFA_ONE", 0): 3, ("FFA_ONE", -6): 1, ("FFA_ONE", -1): 1}
    found = list(answers.problems(table(full)))
    assert found == ["host: FFA_ONE NOT_SUPPORTED is in no contract"]


def test_results_that_are_called_need_none() -> None:
    full = {("FFA_ONE", 0): 3, ("FFA_ONE", -6): 1}
    full |= {("FFA_INTERRUPT", -6): 1, ("FFA_INTERRUPT", -1): 1}
    assert not list(answers.problems(table(full)))


def test_a_call_without_a_contract_is_named() -> None:
    unknown = answers.Table(["FFA_X"], {"FFA_ONE": {0}}, {}, {})
    assert list(answers.problems(unknown)) == [
        "FFA_X has no contract in a header"
    ]


def test_the_table_shows_counts_and_reasons() -> None:
    text = list(answers.lines(table({("FFA_ONE", 0): 3}, DENIED="why")))
    assert text[1].split() == [
        "FFA_ONE",
        "3",
        *["."] * 5,
        "why",
        *["."] * 4,
    ]
