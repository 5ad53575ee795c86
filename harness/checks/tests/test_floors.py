# SPDX-License-Identifier: BSD-3-Clause
"""An include down is fine, up or sideways is found, floor by floor."""

import pytest
from conftest import Say

INC = "hafnium/inc/hf"
HEADERS = {
    f"{INC}/{folder}/h.h": "#pragma once\n"
    for folder in (
        *("base", "arch", "dev", "plat", "mm", "vm", "ffa", "psci"),
        *("dispatch", "boot", "nowhere"),
    )
} | {
    "hafnium/inc/vmapi/hf/abi.h": "#pragma once\n",
    "hftest/inc/hftest.h": "#pragma once\n",
}
GOOD = [
    ("hafnium/src/base/x.c", '"hf/abi.h"'),
    ("hafnium/src/base/x.c", '"hf/base/h.h"'),
    ("hafnium/src/mm/x.c", '"hf/arch/h.h"'),
    ("hafnium/src/dev/x.c", '"hf/plat/h.h"'),
    ("hafnium/src/psci/x.c", '"hf/vm/h.h"'),
    ("hafnium/src/boot/x.c", '"hf/dispatch/h.h"'),
    ("hafnium/src/mm/x.c", "<stdint.h>"),
    ("hafnium/src/arch/fake/x.c", "<pthread.h>"),
    ("hafnium/inc/vmapi/hf/x.h", '"hf/abi.h"'),
    ("hafnium/test/mm/x.c", '"hf/boot/h.h"'),
    ("testvms/echo/main.c", '"hf/abi.h"'),
    ("testvms/echo/main.c", '"hftest.h"'),
    ("testvms/bare/main.c", '"hf/mm/h.h"'),
]
BAD = [
    ("hafnium/src/base/x.c", '"hf/arch/h.h"', "base (floor 1) includes arch"),
    ("hafnium/src/arch/aarch64/x.c", '"hf/vm/h.h"', "includes vm (floor 4)"),
    ("hafnium/inc/hf/mm/x.h", '"hf/vm/h.h"', "mm (floor 3) includes vm"),
    ("hafnium/src/psci/x.c", '"hf/ffa/h.h"', "are siblings on floor 5"),
    ("hafnium/src/ffa/x.c", '"hf/dispatch/h.h"', "includes dispatch"),
    ("hafnium/src/dispatch/x.c", '"hf/boot/h.h"', "includes boot (floor 7)"),
    ("hafnium/src/vm/x.c", '"hf/nowhere/h.h"', "nowhere has no floor"),
    ("hafnium/src/vm/x.c", '"hftest.h"', "is no part of the hypervisor"),
    ("hafnium/inc/vmapi/hf/x.h", '"hf/base/h.h"', "vmapi (floor 0)"),
    ("hafnium/inc/vmapi/hf/x.h", "<string.h>", "is not for vmapi"),
    ("hafnium/src/mm/x.c", "<stdio.h>", "<stdio.h> is not for mm"),
    ("hafnium/src/boot/x.c", "<libfdt.h>", "<libfdt.h> is not for boot"),
    ("testvms/echo/main.c", '"hf/mm/h.h"', "guests see vmapi"),
    ("testvms/echo/main.c", '"gone.h"', "is not in the tree"),
]


@pytest.mark.parametrize("path,name", GOOD)
def test_floors_pass(say: Say, path: str, name: str) -> None:
    assert say("floors", {**HEADERS, path: f"#include {name}\n"}) == []


@pytest.mark.parametrize("path,name,expected", BAD)
def test_floors_fail(say: Say, path: str, name: str, expected: str) -> None:
    found = say("floors", {**HEADERS, path: f"#include {name}\n"})
    assert len(found) == 1
    assert found[0].startswith(f"{path}:1: floors: ") and expected in found[0]
