# SPDX-License-Identifier: BSD-3-Clause
"""Licence, doc links, headers, layout, ABI and commits are seen to fail."""

import shutil
import subprocess
from pathlib import Path

from conftest import CHECKS, Say, run_check

import commits

ROOT = CHECKS.parents[1]
SPDX = "SPDX-License-Identifier: BSD-3-Clause"
INDEX = {"docs/index.md": "[a](a.md)\n", "hafnium/x.c": "/* docs/a.md */\n"}


def test_spdx_passes_with_the_line(say: Say) -> None:
    text = {"x.c": f"/* {SPDX} */\n", "run": f"#!/bin/sh\n# {SPDX}\n"}
    text["testvms/testvms.mk"] = f"# {SPDX}\nEL2_IMAGES :=\n"
    assert say("spdx", text) == []


def test_spdx_fails_without_it(say: Say) -> None:
    text = {"x.c": "int x;\n", "run": "#!/bin/sh\n", "data": "x\n"}
    text["testvms/testvms.mk"] = f"# {SPDX}\nEL2_IMAGES :=\n"
    found = say("spdx", text)
    assert [line.split(":")[0] for line in found] == ["run", "x.c"]


def test_spdx_of_a_folder_with_its_own(say: Say) -> None:
    folder = "testvms/linux/ffa_client"
    text = {f"{folder}/a.c": "// SPDX-License-Identifier: GPL-2.0-only\n"}
    text[f"{folder}/b.c"] = f"/* {SPDX} */\n"
    text["testvms/testvms.mk"] = f"# {SPDX}\nEL2_IMAGES :=\n"
    found = say("spdx", text)
    assert [line.split(":")[0] for line in found] == [f"{folder}/b.c"]


def test_doclinks_pass(say: Say) -> None:
    page = "# A\n`hafnium/x.c`\n[b](index.md) [top](#a) [x](../hafnium/x.c)\n"
    assert say("doclinks", {**INDEX, "docs/a.md": page}) == []


def test_doclinks_find_a_lost_link(say: Say) -> None:
    page = "`hafnium/x.c`\n[b](gone.md)\n"
    found = say("doclinks", {**INDEX, "docs/a.md": page})
    assert found == ["docs/a.md:2: doclinks: link to gone.md: no such file"]


def test_doclinks_find_a_lost_heading(say: Say) -> None:
    page = "`hafnium/x.c`\n[b](#gone)\n"
    found = say("doclinks", {**INDEX, "docs/a.md": page})
    assert found == ["docs/a.md:2: doclinks: link to #gone: no such heading"]


def test_doclinks_find_a_lost_source(say: Say) -> None:
    page = "`hafnium/gone.c`\n"
    found = say("doclinks", {**INDEX, "docs/a.md": page})
    assert found == ["docs/a.md:1: doclinks: no file hafnium/gone.c"]


def test_doclinks_find_a_page_without_sources(say: Say) -> None:
    found = say("doclinks", {**INDEX, "docs/a.md": "words\n"})
    assert found == ["docs/a.md:1: doclinks: names no source"]


def test_doclinks_find_a_source_without_page(say: Say) -> None:
    page = {"docs/a.md": "`hafnium/x.c`\n", "x.mk": "# See docs/b.md.\n"}
    found = say("doclinks", {**INDEX, **page})
    assert found == ["x.mk:1: doclinks: no page docs/b.md"]


def test_doclinks_find_a_page_nobody_names(say: Say) -> None:
    page = "`hafnium/x.c`\n"
    found = say("doclinks", {**INDEX, "docs/a.md": page, "docs/b.md": page})
    assert found == [
        "docs/b.md:1: doclinks: no source says `See` it",
        "docs/b.md:1: doclinks: not in docs/index.md",
    ]


def test_headers_pass_alone(say: Say) -> None:
    text = "#pragma once\n#include <stdint.h>\nextern uint8_t x;\n"
    assert say("headers", {"hafnium/inc/hf/mm/x.h": text}) == []


def test_headers_fail_when_they_lean_on_others(say: Say) -> None:
    text = "#pragma once\nextern uint8_t x;\n"
    found = say("headers", {"hafnium/inc/hf/mm/x.h": text})
    assert len(found) == 1
    assert found[0].startswith("hafnium/inc/hf/mm/x.h:2: headers: unknown")


def test_headers_fail_without_guard(say: Say) -> None:
    found = say("headers", {"hafnium/inc/hf/mm/x.h": "struct a { int b; };\n"})
    assert len(found) == 1 and "redefinition" in found[0]


def test_layout_fails_on_spaces(say: Say) -> None:
    style = (ROOT / ".clang-format").read_text(encoding="utf-8")
    text = {".clang-format": style, "x.c": "int x;\nint  y;\n"}
    assert say("layout", text) == ["x.c:2: layout: from here on: make format"]
    assert say("layout", {"x.c": "int x;\nint y;\n"}) == []


def abi_tree(to: Path) -> Path:
    """A copy of all that the ABI check reads; where one vmapi header lies."""
    shutil.copytree(ROOT / "hafnium/inc", to / "hafnium/inc")
    shutil.copytree(ROOT / "hftest/inc", to / "hftest/inc")
    (to / "harness/checks").mkdir(parents=True)
    golden = "harness/checks/abi.golden"
    shutil.copy(ROOT / golden, to / golden)
    subprocess.run(["git", "init", "-q"], cwd=to, check=True)
    return to / "hafnium/inc/vmapi/hf/hvc.h"


def test_abi_fails_on_a_changed_constant(tmp_path: Path) -> None:
    header = abi_tree(tmp_path)
    assert run_check(tmp_path, "abi") == []
    text = header.read_text(encoding="utf-8")
    header.write_text(text + "#define HF_NEW 7\n", encoding="utf-8")
    found = run_check(tmp_path, "abi")
    assert len(found) == 1 and "new: constant HF_NEW 0x7" in found[0]


def test_abi_fails_on_a_changed_layout(tmp_path: Path) -> None:
    header = abi_tree(tmp_path).parents[2] / "hf/base/log.h"
    text = header.read_text(encoding="utf-8")
    text = text.replace("uint32_t version;", "uint64_t version;")
    text = text.replace("data) == 24", "data) == 32")
    header.write_text(text, encoding="utf-8")
    found = run_check(tmp_path, "abi")
    assert any("gone: struct log_ring.data at 24" in line for line in found)
    assert any("new: struct log_ring.data at 32" in line for line in found)


def test_commits_judge_subjects() -> None:
    known = {"mm", "boot"}
    assert commits.judge("mm: pages come from a pool", known) == ""
    assert commits.judge("mm, boot: maps are exact", known) == ""
    assert "no folder is called foo" in commits.judge("foo: x y", known)
    assert "not `scope" in commits.judge("Fix things", known)
    assert "not `scope" in commits.judge("mm: ends with a stop.", known)
    assert "73 characters" in commits.judge("mm: " + "x" * 69, known)


STATE = {
    "docs/architecture.md": "## Static state\n| `hafnium/src/mm/a.c` | |\n"
}


def test_state_passes_when_listed(say: Say) -> None:
    text = "static struct a {\n\tint b;\n} a;\nstatic int f(int c);\n"
    text += "static const int t[] = {1};\nstatic int *const u[] = {0};\n"
    assert say("state", {**STATE, "hafnium/src/mm/a.c": text}) == []


def test_state_finds_what_is_not_listed(say: Say) -> None:
    text = {"hafnium/src/mm/a.c": "static int a;\n"}
    text["hafnium/src/mm/b.c"] = "static struct x b[4];\n"
    found = say("state", {**STATE, **text})
    page = "docs/architecture.md"
    assert found == [f"hafnium/src/mm/b.c:1: state: not listed in {page}"]


def test_state_finds_a_third_one_and_a_lost_one(say: Say) -> None:
    text = {"hafnium/src/mm/a.c": "static int a;\n" * 3}
    found = say("state", {**STATE, **text})
    assert found == ["hafnium/src/mm/a.c:3: state: third one in a module"]
    found = say("state", {**STATE, "hafnium/src/mm/a.c": "int f(void);\n"})
    assert found[0].endswith("hafnium/src/mm/a.c has none")


def test_state_finds_an_extern(say: Say) -> None:
    text = "static int a;\nextern char image[];\nextern int shared;\n"
    found = say("state", {**STATE, "hafnium/src/mm/a.c": text})
    assert found == ["hafnium/src/mm/a.c:3: state: variable of all files"]


def claims(*references: str) -> dict[str, str]:
    """A page with one claim, a scenario of tests, one of cases."""
    head = "# S\n## What is guaranteed\n| claim | how | attacked by |\n|--|\n"
    row = f"| a | b | {', '.join(references)} |\n"
    return {
        "docs/security.md": head + row,
        "harness/scenarios/one.toml": 'kind = "vm"\nvms = ["vm", "x"]\n',
        "harness/scenarios/two.toml": 'kind = "boot"\n[case.falls]\n',
        "testvms/vm/a.c": "TEST(mem, holds)\n{\n}\n",
        "testvms/x/a.c": "TEST(mem, other)\n",
        "hafnium/test/mm/a_test.c": "TEST(pool,\n     is_full)\n",
    }


def test_claims_pass(say: Say) -> None:
    given = ("`one::mem.*`", "`two::falls`", "`host::pool.is_*`")
    assert say("claims", claims(*given)) == []


def test_claims_find_what_is_not_there(say: Say) -> None:
    given = ("`one::mem.other`", "`two::rises`", "`host::p`", "`six::*`")
    found = say("claims", claims(*given))
    assert [line.partition("claims: ")[2] for line in found] == [
        "host has no test p",
        "one has no test mem.other",
        "there is no scenario six",
        "two has no test rises",
    ]


def test_claims_look_at_attacks_as_well(say: Say) -> None:
    page = claims("`one::mem.holds`")
    page["docs/security.md"] += "## Attacks\n| a | by hand |\n## End\n| b |\n"
    found = say("claims", page)
    assert found == ["docs/security.md:7: claims: no test attacks this"]


def test_claims_find_one_without_a_test(say: Say) -> None:
    found = say("claims", claims("by hand"))
    assert found == ["docs/security.md:5: claims: no test attacks this"]
