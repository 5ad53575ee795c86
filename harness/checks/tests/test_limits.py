# SPDX-License-Identifier: BSD-3-Clause
"""Each limit is seen to fail, and to let pass what is just inside."""

import pytest
from conftest import Say

C = "hafnium/src/mm/x.c"
H = "hafnium/inc/hf/mm/x.h"


def body(lines: int) -> str:
    """A function of this many lines."""
    return "void f(void)\n{\n" + "\tg();\n" * (lines - 3) + "}\n"


def nested(depth: int) -> str:
    """A function whose statements nest this deep."""
    inner = "if (a) {\n" * depth + "}\n" * depth
    return "void f(void)\n{\n" + inner + "}\n"


GOOD = {
    "file of 600 lines": (C, "int x;\n" * 600),
    "function of 60 lines": (C, body(60)),
    "nesting of 3": (C, nested(3)),
    "four parameters": (C, "void f(int a, int b, int c, int d)\n{\n}\n"),
    "variable arguments": (
        C,
        "void f(int a, int b, int c, int d, ...)\n{\n}\n",
    ),
    "initialisers do not nest": (
        C,
        "void f(void)\n{\n\tint a[] = { { { { 1 } } } };\n}\n",
    ),
    "compound literals do not nest": (
        C,
        "void f(void)\n{\n\tg((struct a){ { { { { 1 } } } } });\n}\n",
    ),
    "braces in strings": (C, "void f(void)\n{\n\tg(\"{{{{\");\n\th('{');\n}\n"),
    "do while": (C, "void f(void)\n{\n\tdo {\n\t\tg();\n\t} while (a);\n}\n"),
    "else if": (C, "void f(void)\n{\n\tif (a) {\n\t} else if (b) {\n\t}\n}\n"),
    "macro bodies": (C, "#define X(a) if (a) return\nint y;\n"),
    "12 includes": (C, '#include "a.h"\n' * 12),
    "default of a limit": (
        H,
        "#pragma once\n#ifndef MAX_VMS\n#define MAX_VMS 4\n#endif\n",
    ),
    "#if in arch": ("hafnium/src/arch/aarch64/x.c", "#if 1\n#endif\n"),
    "python of 40 lines": (
        "harness/x.py",
        "def f():\n" + "    g()\n" * 39,
    ),
}
BAD = {
    "file": (C, "int x;\n" * 601, "601 lines, most 600"),
    "function": (C, body(61), "f has 61 lines, most 60"),
    "nesting": (C, nested(4), "f nests 4, most 3"),
    "parameters": (
        C,
        "void f(int a, int b, int (*c)(int, int), int d, int e)\n{\n}\n",
        "f takes 5, most 4",
    ),
    "braces": (C, "void f(void)\n{\n\tif (a)\n\t\tg();\n}\n", "`if` has none"),
    "braces of else": (
        C,
        "void f(void)\n{\n\tif (a) {\n\t} else\n\t\tg();\n}\n",
        "`else` has none",
    ),
    "braces of for": (C, "void f(void)\n{\n\tfor (;;)\n\t\tg();\n}\n", "`for`"),
    "includes": (C, '#include "a.h"\n' * 13, "13 includes, most 12"),
    "guard": (H, "int x;\n", "no #pragma once"),
    "#if": (C, "#ifdef DEBUG\n#endif\n", "only in src/arch"),
    "#if in test": ("hafnium/test/mm/x.c", "#if 0\n#endif\n", "only in src"),
    "name": ("hafnium/src/mm/utils.c", "int x;\n", "utils is no concept"),
    "name, python": ("harness/hfh/common.py", "X = 1\n", "common is no"),
    "free form": (C, "/* TODO: later */\n", "write TODO(#issue): text"),
    "fixme": (C, "/* FIXME(#1): later */\n", "write TODO(#issue): text"),
    "count": (C, "/* TODO(#12): later */\n", "TODO: /* TODO(#12)"),
    "python file": ("harness/x.py", "X = 1\n" * 251, "251 lines, most 250"),
    "python function": (
        "harness/x.py",
        "def f():\n" + "    g()\n" * 40,
        "f has 41 lines",
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_limits_pass(say: Say, case: str) -> None:
    path, text = GOOD[case]
    assert say("limits", {path: text}) == []


@pytest.mark.parametrize("case", BAD)
def test_limits_fail(say: Say, case: str) -> None:
    path, text, expected = BAD[case]
    found = say("limits", {path: text})
    assert len(found) == 1
    assert found[0].startswith(path + ":") and expected in found[0]
