#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Docs and sources name each other, and every name leads somewhere.

A page names the sources it tells about; a source names its page (`See
docs/x.md`); links inside the tree lead to a file and, if given, a heading.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tree import Finding, files, lines, main

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\s]+)`")
PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")
TOPS = ("hafnium/", "hftest/", "harness/", "kokoro/", "coverage/", "testvms/")
PATTERN = set("*<>{}$…?")
# Pages about no source in particular.
NO_SOURCES = ("docs/index.md", "docs/glossary.md", "docs/decisions/")


def headings(source: list[str]) -> set[str]:
    """Anchors of a page, as common renderers name them."""
    found = set()
    for line in source:
        if match := re.match(r"#+\s+(.*)", line):
            text = re.sub(r"[^\w\s-]", "", match.group(1).lower())
            found.add(text.strip().replace(" ", "-"))
    return found


def check_links(root: Path, path: str, line: str) -> Iterator[str]:
    """What is wrong with the links of one line of a page."""
    for target in LINK.findall(line):
        if re.match(r"\w+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (root / path).parent / name if name else root / path
        if not file.exists():
            yield f"link to {target}: no such file"
        elif anchor and file.suffix == ".md":
            text = file.read_text(encoding="utf-8").splitlines()
            if anchor not in headings(text):
                yield f"link to {target}: no such heading"


def sources_of(line: str) -> list[str]:
    """Paths of the tree that a line names in backticks; no patterns."""
    return [
        name.split(":")[0].rstrip(",.;)")
        for name in CODE.findall(line)
        if name.startswith(TOPS) and not PATTERN & set(name)
    ]


def check_page(root: Path, path: str) -> Iterator[Finding]:
    """Links and named sources of one page."""
    named, fenced = 0, False
    for number, line in enumerate(lines(root, path), start=1):
        fenced ^= line.startswith("```")
        if fenced:
            continue
        for wrong in check_links(root, path, line):
            yield Finding(path, number, "doclinks", wrong)
        for name in sources_of(line):
            named += 1
            if not (root / name).exists():
                yield Finding(path, number, "doclinks", f"no file {name}")
    if path.startswith("docs/") and not path.startswith(NO_SOURCES):
        if not named:
            yield Finding(path, 1, "doclinks", "names no source")


def check_named_back(
    pages: list[str], cited: set[str], index: str
) -> Iterator[Finding]:
    """Pages that no source and no index line leads to."""
    for path in pages:
        if not path.startswith("docs/") or path == "docs/index.md":
            continue
        page = path.removeprefix("docs/")
        if not page.startswith("decisions/") and page not in index:
            yield Finding(path, 1, "doclinks", "not in docs/index.md")
        if path not in cited and not path.startswith(NO_SOURCES):
            yield Finding(path, 1, "doclinks", "no source says `See` it")


def check(root: Path) -> Iterator[Finding]:
    """Every page, then every source that names a page."""
    pages = files(root, ".md")
    cited: set[str] = set()
    for path in pages:
        yield from check_page(root, path)
    for path in files(root):
        if path.endswith((".md", ".bin")) or "harness/tests/" in path:
            continue
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            for name in PAGE.findall(line):
                cited.add(name)
                if not (root / name).exists() and "checks/" not in path:
                    yield Finding(path, number, "doclinks", f"no page {name}")
    index = root / "docs/index.md"
    text = index.read_text(encoding="utf-8") if index.exists() else ""
    yield from check_named_back(pages, cited, text)


if __name__ == "__main__":
    sys.exit(main(check, __doc__))
