#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints this machine's own Debian sources, as one deb822 file.

Reads /etc/apt/sources.list and sources.list.d in both styles and keeps what
serves this Debian release: archive, keyring, suites; architecture
restrictions are dropped, since we look for arm64. See docs/dependencies.md.
"""

import re
import sys
from pathlib import Path

Stanza = dict[str, str]


def read_deb822(text: str) -> list[Stanza]:
    """Stanzas of a .sources file; continuation lines are joined."""
    stanzas: list[Stanza] = []
    for block in re.split(r"\n\s*\n", text):
        stanza: Stanza = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0] in " \t":
                stanza[field] += "\n" + line
            else:
                name, _, value = line.partition(":")
                field = name.strip().lower()
                stanza[field] = value.strip()
        stanzas.append(stanza)
    return stanzas


def read_one_line(text: str) -> list[Stanza]:
    """Entries of a .list file: deb [options] uri suite component..."""
    pattern = re.compile(r"deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+(.+)")
    stanzas: list[Stanza] = []
    for line in text.splitlines():
        match = pattern.fullmatch(line.split("#")[0].strip())
        if not match:
            continue
        options, uri, suite, components = match.groups()
        stanza = {
            "types": "deb",
            "uris": uri,
            "suites": suite,
            "components": components,
        }
        key = re.search(r"signed-by=(\S+)", options or "")
        if key:
            stanza["signed-by"] = key.group(1).replace(",", " ")
        stanzas.append(stanza)
    return stanzas


def serves_release(stanza: Stanza, codename: str) -> Stanza | None:
    """The part of the stanza that is Debian itself, of this release."""
    own = [codename + end for end in ("", "-updates", "-security", "/updates")]
    suites = [s for s in stanza.get("suites", "").split() if s in own]
    if (
        "deb" not in stanza.get("types", "").split()
        or "main" not in stanza.get("components", "").split()
        or stanza.get("enabled", "yes") == "no"
        or not suites
    ):
        return None
    kept = {
        "Types": "deb",
        "URIs": stanza["uris"],
        "Suites": " ".join(suites),
        "Components": "main",
    }
    if "signed-by" in stanza:
        kept["Signed-By"] = stanza["signed-by"]
    return kept


def main() -> int:
    """Writes the stanzas to standard output; 1 when there is none."""
    apt = Path("/etc/apt")
    release = Path("/etc/os-release").read_text(encoding="utf-8")
    codename = re.search(r'^VERSION_CODENAME="?(\w+)', release, re.M)
    stanzas: list[Stanza] = []
    parts = sorted((apt / "sources.list.d").glob("*"))
    for path in [apt / "sources.list", *parts]:
        if path.suffix == ".list" and path.is_file():
            stanzas += read_one_line(path.read_text(encoding="utf-8"))
        elif path.suffix == ".sources" and path.is_file():
            stanzas += read_deb822(path.read_text(encoding="utf-8"))
    found = [serves_release(s, codename.group(1)) for s in stanzas if codename]
    kept = [s for s in found if s]
    for stanza in kept:
        print("\n".join(f"{name}: {value}" for name, value in stanza.items()))
        print()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
