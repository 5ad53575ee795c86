# SPDX-License-Identifier: BSD-3-Clause
"""The page of calls: what it says, and when it is not believed."""

import subprocess
from pathlib import Path

from conftest import run_check

import abi_page

TABLE = "hafnium/src/dispatch/hypercalls.def"
CALL = "FFA_CALL(FFA_RUN, ffa_run, V1_0, V1_2, W32 | W64, W32, ANYBODY, PLAIN)"
OLD = "FFA_CALL(FFA_OLD, ffa_old, V1_0, V1_0, W32, NONE, NEEDS_PRIMARY, PLAIN)"
NUMBERS = """\
#define FFA_RUN UINT32_C(0x8400006d)
#define FFA_RUN2 UINT32_C(0x8400006e)
#define FFA_OLD UINT32_C(0x84000060)
#define HF_CALL UINT32_C(0xff01)
"""
CONTRACT = """\
/**
 * FFA_RUN, DEN0077A v1.2 14.1.
 *   in   w0 = 1
 *   out  FFA_SUCCESS
 */
"""


def tree(to: Path, table: str, contracts: str, page: str | None = None) -> Path:
    """A tree whose page is right, or `page`."""
    files = {
        TABLE: f"/* clang-format off */\n{table}\n",
        "hafnium/inc/vmapi/hf/ffa.h": NUMBERS,
        "hafnium/inc/hf/ffa/run.h": contracts,
    }
    for name, text in files.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=to, check=True)
    (to / abi_page.PAGE).parent.mkdir(parents=True)
    text = abi_page.page(to) if page is None else page
    (to / abi_page.PAGE).write_text(text, encoding="utf-8")
    return to


def test_page_has_a_row_and_the_contract(tmp_path: Path) -> None:
    root = tree(tmp_path, CALL, CONTRACT)
    text = (root / abi_page.PAGE).read_text(encoding="utf-8")
    row = (
        "| 0x8400006d | [FFA_RUN](#ffa_run) | 32, 64 | 32 | 1.0 to 1.2 | all |"
    )
    assert row in text.splitlines()
    assert "\n## FFA_RUN\n" in text
    assert "\n  in   w0 = 1\n  out  FFA_SUCCESS\n```" in text
    assert run_check(root, "abi_page") == []


def test_row_of_one_version_and_of_few(tmp_path: Path) -> None:
    contract = CONTRACT.replace("FFA_RUN", "FFA_OLD")
    text = abi_page.page(tree(tmp_path, OLD, contract))
    row = "| 0x84000060 | [FFA_OLD](#ffa_old) | 32 | | 1.0 | the primary |"
    assert row in text.splitlines()


def test_results_and_own_calls(tmp_path: Path) -> None:
    table = "FFA_RESULT(FFA_OLD, W32, W32)\nHVC_CALL(HF_CALL, call)"
    own = "/**\n * HF_CALL, for all.\n *   out  x0 = 0\n */\n"
    text = abi_page.page(tree(tmp_path, table, own)).splitlines()
    assert "| 0x84000060 | FFA_OLD | 32 | 32 | all | a result |" in text
    assert "| 0xff01 | [HF_CALL](#hf_call) | HVC | | | all |" in text


def test_contract_of_two_calls_has_two_headings(tmp_path: Path) -> None:
    both = CONTRACT.replace("FFA_RUN,", "FFA_OLD and _RUN2, DEN0077A 1,")
    table = CALL.replace("RUN,", "RUN2,") + "\n" + OLD
    text = abi_page.page(tree(tmp_path, table, both))
    assert "\n## FFA_OLD\n\n## FFA_RUN2\n" in text


def test_old_page_is_found(tmp_path: Path) -> None:
    found = run_check(tree(tmp_path, CALL, CONTRACT, "old"), "abi_page")
    assert found == [
        f"{abi_page.PAGE}:1: abi_page: not as the sources say: "
        "abi_page.py --update"
    ]


def test_call_without_a_contract_is_found(tmp_path: Path) -> None:
    found = run_check(tree(tmp_path, CALL + "\n" + OLD, CONTRACT), "abi_page")
    assert found == [f"{TABLE}:1: abi_page: FFA_OLD has no contract"]


def test_contract_without_a_call_is_found(tmp_path: Path) -> None:
    contract = CONTRACT.replace("FFA_RUN", "FFA_OLD")
    root = tree(tmp_path, CALL, CONTRACT + contract)
    assert run_check(root, "abi_page") == [
        "hafnium/inc/hf/ffa/run.h:1: abi_page: contract of FFA_OLD, "
        f"which is not in {TABLE}"
    ]


def test_other_comments_are_no_contracts(tmp_path: Path) -> None:
    other = "/**\n * FFA_OLD is a name.\n * It is old.\n */\n"
    assert run_check(tree(tmp_path, CALL, CONTRACT + other), "abi_page") == []
