# SPDX-License-Identifier: BSD-3-Clause
"""A small tokenizer of C, enough to find functions and measure them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"(?P<skip>/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*"
    r'|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\')'
    r"|(?P<word>\w+)|(?P<mark>\.\.\.|[^\s\w])",
    re.S | re.M,
)
CONTROL = {"if", "for", "while", "switch"}
BODY = CONTROL | {"else", "do"}


@dataclass(frozen=True)
class Token:
    """A word or mark and the line it stands on."""

    text: str
    line: int


@dataclass
class Function:
    """A function definition, from its name's line to its last brace."""

    name: str
    first: int
    last: int
    parameters: int
    nesting: int


def tokens(text: str) -> list[Token]:
    """Words and marks; comments, strings and the preprocessor left out."""
    found, line, at = [], 1, 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        if not match.group("skip"):
            found.append(Token(match.group(), line))
        elif match.group()[0] in "\"'":
            found.append(Token('""', line))
    return found


def _open_of(stream: list[Token], close: int) -> int:
    """Index of the parenthesis that `close` closes."""
    depth = 0
    for index in range(close, -1, -1):
        depth += {")": 1, "(": -1}.get(stream[index].text, 0)
        if depth == 0:
            return index
    return 0


def _is_block(stream: list[Token], brace: int) -> bool:
    """A brace inside a function that opens statements, not values."""
    before = stream[brace - 1].text
    if before == ")":
        opening = _open_of(stream, brace - 1)
        return stream[opening - 1].text in CONTROL
    return before in {"else", "do", ";", "{", "}", ":"}


def _measure(stream: list[Token], brace: int) -> tuple[int, int]:
    """Index behind the body that opens at `brace`, and how deep it nests."""
    stack = [True]
    deepest, index = 0, brace
    while stack:
        index += 1
        if index >= len(stream):
            break
        text = stream[index].text
        if text == "{":
            stack.append(stack[-1] and _is_block(stream, index))
            deepest = max(deepest, sum(stack) - 1)
        elif text == "}":
            stack.pop()
    return index, deepest


def _parameters(stream: list[Token], opening: int, close: int) -> int:
    """How many parameters stand between two parentheses; `...` is none."""
    inside = [token.text for token in stream[opening + 1 : close]]
    if inside in ([], ["void"]):
        return 0
    depth, count = 0, 1
    for text in inside:
        depth += {"(": 1, ")": -1}.get(text, 0)
        count += text == "," and depth == 0
    return count - ("..." in inside)


def functions(text: str) -> Iterator[Function]:
    """Every function that is defined in the text of a C file."""
    stream = tokens(text)
    index, depth = 0, 0
    while index < len(stream):
        mark = stream[index].text
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if mark == "{" and depth == 1 and stream[index - 1].text == ")":
            opening = _open_of(stream, index - 1)
            name = stream[opening - 1]
            end, nesting = _measure(stream, index)
            last = stream[min(end, len(stream) - 1)].line
            count = _parameters(stream, opening, index - 1)
            yield Function(name.text, name.line, last, count, nesting)
            index, depth = end, 0
        index += 1


def unbraced(text: str) -> Iterator[Token]:
    """Every control keyword whose body has no braces."""
    stream = tokens(text) + [Token("", 0)] * 2
    for index, token in enumerate(stream):
        if token.text not in BODY:
            continue
        end = index + 1
        if token.text in CONTROL:
            depth = 0
            while end < len(stream):
                depth += {"(": 1, ")": -1}.get(stream[end].text, 0)
                end += 1
                if depth == 0:
                    break
        follow = stream[min(end, len(stream) - 1)].text
        if token.text == "while" and follow == ";":
            continue
        if follow != "{" and not (token.text == "else" and follow == "if"):
            yield token
