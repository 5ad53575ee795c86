# SPDX-License-Identifier: BSD-3-Clause
"""Set-up says in one line what is wrong; sources of both styles are read."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

KOKORO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(KOKORO))

import sources  # noqa: E402

DEB822 = """\
# comment
Types: deb deb-src
URIs: http://host/debian
Suites: bookworm bookworm-updates trixie
Components: main contrib
Signed-By: /usr/share/keyrings/a.gpg

Types: deb
URIs: http://other
Suites: nodistro
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
"""
ONE_LINE = """\
deb [arch=amd64 signed-by=/k.gpg] http://host/debian bookworm main # words
deb http://host/security bookworm-security main contrib
deb-src http://host/debian bookworm main
# deb http://host/debian bookworm main
deb http://other bookworm stable
deb http://backports bookworm-backports main
"""


def kept(stanzas: list[sources.Stanza]) -> list[sources.Stanza]:
    """What of these serves bookworm."""
    found = [sources.serves_release(s, "bookworm") for s in stanzas]
    return [stanza for stanza in found if stanza]


def test_deb822_sources() -> None:
    assert kept(sources.read_deb822(DEB822)) == [
        {
            "Types": "deb",
            "URIs": "http://host/debian",
            "Suites": "bookworm bookworm-updates",
            "Components": "main",
            "Signed-By": "/usr/share/keyrings/a.gpg",
        }
    ]


def test_one_line_sources() -> None:
    found = kept(sources.read_one_line(ONE_LINE))
    assert [s["URIs"] for s in found] == [
        "http://host/debian",
        "http://host/security",
    ]
    assert found[0]["Signed-By"] == "/k.gpg"
    assert "Signed-By" not in found[1]


def test_disabled_sources() -> None:
    text = DEB822.replace("# comment", "Enabled: no")
    assert kept(sources.read_deb822(text)) == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A tree of its own, with a space in its name."""
    tree = tmp_path / "a tree"
    shutil.copytree(KOKORO, tree / "kokoro")
    return tree


def run(tree: Path, script: str, *args: str, **env: str) -> tuple[int, str]:
    """Exit code and all output of a script of the copy, from elsewhere."""
    done = subprocess.run(
        [str(tree / "kokoro" / script), *args],
        cwd="/",
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_no_qemu(copy: Path) -> None:
    code, text = run(copy, "setup.sh", QEMU="/none")
    assert code == 1
    expected = "no /none: install qemu-system-arm, or set QEMU=<path>"
    assert text == f"setup.sh: error: {expected}\n"


def test_old_qemu(copy: Path) -> None:
    qemu = copy / "qemu"
    qemu.write_text("#!/bin/sh\necho QEMU emulator version 5.2.0\n")
    qemu.chmod(0o755)
    code, text = run(copy, "setup.sh", QEMU=str(qemu))
    assert code == 1 and text.count("\n") == 1
    assert "QEMU is 5.2, 7.2 or newer is needed" in text


def test_out_that_can_not_be_made(copy: Path) -> None:
    (copy / "out").write_text("in the way")
    for script in ("setup.sh", "build.sh"):
        code, text = run(copy, script)
        assert code == 1 and text.count("\n") == 1
        assert f"cannot create {copy}/out: make it writable" in text


def test_modules_without_network(copy: Path) -> None:
    """What scenarios need to know is left, and nothing fails."""
    package = copy / "cache" / "linux" / "package"
    package.parent.mkdir(parents=True)
    package.write_text("linux-image-6.1.0-0-cloud-arm64\n")
    places = (str(copy / "cache"), str(copy / "out"))
    reason = copy / "out" / "linux" / "ffa.skip"

    code, text = run(copy, "modules.sh", "build", *places)
    assert code == 0 and text.startswith("modules.sh: skipped: ")
    assert "run make setup" in reason.read_text()
    (copy / "kokoro" / "sources.py").write_text("raise SystemExit(1)\n")
    code, text = run(copy, "modules.sh", "fetch", *places)
    assert code == 0 and "found no Debian archive" in text
    assert reason.read_text() == (
        "cannot fetch headers and source of "
        "linux-image-6.1.0-0-cloud-arm64 (network?)\n"
    )


def test_unknown_stage(copy: Path) -> None:
    code, text = run(copy, "build.sh", "everything")
    assert code == 2 and text.count("\n") == 1
    assert "no stage everything; there are: setup build" in text


def test_help(copy: Path) -> None:
    code, text = run(copy, "build.sh", "--help")
    assert code == 0 and "usage: build.sh" in text
