#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Limits: length, nesting, parameters, includes, #if, braces, names, TODO.

docs/style.md says why; the numbers are here and nowhere else.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ctokens import functions, unbraced
from tree import Finding, files, lines, main

FILE_LINES = {".c": 600, ".h": 600, ".S": 600, ".py": 250, "Makefile": 200}
FUNCTION_LINES, PYTHON_FUNCTION_LINES = 60, 40
NESTING, PARAMETERS, INCLUDES = 3, 4, 12
# What composes the system names its parts; so do the tests of it.
MANY_INCLUDES = {
    "hafnium/src/boot/boot.c": 16,
    "hafnium/inc/hf/dispatch/subsystems.h": 16,
    "hafnium/test/": 20,
}
TODO_COUNT = 0
BANNED = {"util", "misc", "common", "helper", "api", "handler"}
IF_ALLOWED = ("hafnium/src/arch/", "hafnium/src/plat/")
IF_FILES = ("hafnium/inc/hf/base/compiler.h",)
IF_TEXT = "only in src/arch, src/plat, base/compiler.h"
# Called through macros that add the condition's text, file and line.
MANY_PARAMETERS = ("hftest/",)
OURS = "harness/checks/"  # names the forbidden words
TODO = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
TODO_FORM = re.compile(r"\bTODO\(#\d+\): \S")


def check_c(path: str, text: str) -> Iterator[Finding]:
    """Functions, nesting, parameters and braces of one C file."""
    for found in functions(text):
        size = found.last - found.first + 1
        if size > FUNCTION_LINES:
            message = f"{found.name} has {size} lines, most {FUNCTION_LINES}"
            yield Finding(path, found.first, "function", message)
        if found.nesting > NESTING:
            message = f"{found.name} nests {found.nesting}, most {NESTING}"
            yield Finding(path, found.first, "nesting", message)
        most = 7 if path.startswith(MANY_PARAMETERS) else PARAMETERS
        if found.parameters > most:
            message = f"{found.name} takes {found.parameters}, most {most}"
            yield Finding(path, found.first, "parameters", message)
    for token in unbraced(text):
        yield Finding(path, token.line, "braces", f"`{token.text}` has none")


def check_preprocessor(path: str, source: list[str]) -> Iterator[Finding]:
    """Number of includes; #if only where it may be; #pragma once."""
    includes = [n for n, s in enumerate(source, 1) if s.startswith("#include")]
    mine = [n for p, n in MANY_INCLUDES.items() if path.startswith(p)]
    if len(includes) > (most := max([INCLUDES, *mine])):
        message = f"{len(includes)} includes, most {most}"
        yield Finding(path, includes[-1], "includes", message)
    if path.endswith(".h") and "#pragma once" not in source:
        yield Finding(path, 1, "guard", "no #pragma once")
    if path.startswith(IF_ALLOWED) or path in IF_FILES:
        return
    for number, line in enumerate(source, start=1):
        match = re.match(r"#\s*(if|ifdef|ifndef)\b\s*(.*)", line)
        if match and not is_default(source[number - 1 : number + 2]):
            yield Finding(path, number, "#if", IF_TEXT)


def is_default(three: list[str]) -> bool:
    """A build-time limit's default: #ifndef X, #define X, #endif."""
    name = three[0].split()[-1]
    define = three[1] if three[0] == f"#ifndef {name}" else ""
    return define.startswith(f"#define {name}") and three[2] == "#endif"


def check_python(path: str, text: str) -> Iterator[Finding]:
    """Length of the functions of one Python file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            size = node.end_lineno - node.lineno + 1
            if size > PYTHON_FUNCTION_LINES:
                message = f"{node.name} has {size} lines"
                yield Finding(path, node.lineno, "function", message)


def check_file(path: str, source: list[str]) -> Iterator[Finding]:
    """Length and name of a file."""
    most = FILE_LINES.get(Path(path).suffix or Path(path).name, sys.maxsize)
    if len(source) > most:
        message = f"{len(source)} lines, most {most}"
        yield Finding(path, len(source), "file", message)
    if Path(path).stem.lower().rstrip("s") in BANNED:
        yield Finding(path, 1, "name", f"{Path(path).stem} is no concept")


def check(root: Path) -> Iterator[Finding]:
    """Every limit, in every source file."""
    todos: list[Finding] = []
    for path in files(root, ".c", ".h", ".S", ".py", ".sh", "Makefile", ".mk"):
        source = lines(root, path)
        yield from check_file(path, source)
        for number, line in enumerate(source, start=1):
            if path.startswith(OURS):
                continue
            if TODO_FORM.search(line):
                todos.append(Finding(path, number, "TODO", line.strip()))
            elif TODO.search(line):
                yield Finding(path, number, "TODO", "write TODO(#issue): text")
        if path.endswith((".c", ".h")) and not path.endswith("/asm.h"):
            yield from check_c(path, "\n".join(source))
        if path.endswith((".c", ".h", ".S")):
            yield from check_preprocessor(path, source)
        if path.endswith(".py"):
            yield from check_python(path, "\n".join(source))
    if len(todos) > TODO_COUNT:
        yield from todos


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
