# SPDX-License-Identifier: BSD-3-Clause
"""Whole pytest sessions on a fake QEMU: selection, reports, exit codes."""

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import rig

HARNESS = Path(__file__).resolve().parents[1]
EL2 = "# Why.\nkind = 'el2'\nimage = 'el2_fake'\ngic = [2, 3]\n"


class Session:
    """A folder `scenarios` and an out/ of its own, in a path with a space."""

    def __init__(self, root: Path) -> None:
        self.root = root / "my files"
        self.tree = rig.make_tree(self.root, ["mem.map", "mem.unmap"])
        rig.write(self.tree.scenarios / "fake.toml", EL2)
        self.pids = self.root / "pids"

    def command(self, *arguments: str) -> list[str]:
        """Return the command of a session on the folder."""
        config = str(HARNESS / "pyproject.toml")
        cache = f"cache_dir={self.root}/cache"
        options = ["-c", config, "-p", "hfh.plugin", "-o", cache]
        paths = [str(self.tree.scenarios)]
        python = [sys.executable, "-m", "pytest"]
        return [*python, *options, *paths, *arguments]

    def env(self, mode: str) -> dict[str, str]:
        """Return the environment of a session."""
        env = rig.fake_env(mode, self.pids)
        more = {"HF_OUT": str(self.tree.out), "PYTHONPATH": str(HARNESS)}
        return {**env, **more, "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, mode: str, *arguments: str) -> tuple[int, str]:
        """Run a session; return its exit code and output."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.env(mode),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(name="session")
def fixture_session(tmp_path: Path) -> Session:
    """Return a session in a fresh folder."""
    return Session(tmp_path)


def test_lists_without_booting(session: Session) -> None:
    """--collect-only shows the ids and starts no machine."""
    code, text = session.run("pass", "--collect-only", "-q")
    assert code == 0, text
    assert "fake::mem.map[cpus=1,gic=2]" in text
    assert "fake::mem.unmap[cpus=1,gic=3]" in text
    assert not list(session.pids.iterdir())


def test_parallel_run_and_junit(session: Session) -> None:
    """-n 2 and --junitxml work; the summary counts by status."""
    xml = session.root / "junit.xml"
    code, text = session.run("pass", "-n", "2", f"--junitxml={xml}")
    assert code == 0, text
    assert "items: 4 PASS" in text
    cases = ET.parse(xml).getroot().findall(".//testcase")
    names = {(case.get("classname"), case.get("name")) for case in cases}
    assert ("fake", "mem.map[cpus=1,gic=2]") in names
    assert len(cases) == 4
    assert (session.tree.tests / "latest" / "fake").is_dir()


def test_skip_says_what_is_missing(session: Session) -> None:
    """A scenario whose modules could not be made is no failure."""
    tree = session.tree
    text = 'kind="boot"\nvms=["@linux"]\ninitramfs="ffa"\n[case.x]\n'
    rig.write(tree.scenarios / "fake.toml", f"# Why.\n{text}")
    rig.write(tree.linux.bin, b"kernel")
    rig.write(tree.initrd, b"initrd")
    code, out = session.run("pass")
    assert code == 0 and "run `make setup`" in out, out
    rig.write(tree.out / "linux" / "ffa.skip", "no network\n")
    code, out = session.run("pass")
    assert code == 0 and "1 skipped" in out, out
    assert "no modules for Linux: no network" in out
    assert not list(session.pids.iterdir())


def test_failure_report(session: Session) -> None:
    """A failure shows the console, the status, evidence and the command."""
    code, text = session.run("panic", "-k", "unmap", "--gic=3", "-v")
    assert code == 1, text
    assert "CRASH (HYP_PANIC): Panic: out of luck" in text
    assert "evidence: " in text
    assert "scenario S=fake T=mem.unmap CPUS=1 GIC=3" in text
    assert "items: 1 CRASH" in text
    assert "\x1b" not in text


def test_last_failed(session: Session) -> None:
    """--lf runs what failed before, and only that."""
    session.run("exit_1", "-k", "unmap", "--gic=3")
    code, text = session.run("pass", "--lf", "-v")
    assert code == 0, text
    assert "items: 1 PASS" in text
    assert "fake::mem.unmap[cpus=1,gic=3]" in text


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["-k", "nothing"], 5, "error: no test was selected"),
        (["--scenario", "nope"], 4, 'unknown scenario "nope"; known: '),
        (["--scenario", "vm_cor"], 4, "did you mean vm_core"),
        (["nope::mem.map"], 4, 'unknown scenario "nope"'),
    ],
)
def test_wrong_selection(
    session: Session, arguments: list[str], code: int, text: str
) -> None:
    """An empty or unknown selection is an error line and a bad exit code."""
    found, said = session.run("pass", *arguments)
    assert found == code, said
    assert text in said


def test_image_not_built(session: Session) -> None:
    """A missing image is one line that says what to run."""
    session.tree.el2("gcc", "el2_fake").elf.unlink()
    code, text = session.run("pass")
    assert code != 0
    line = "error: scenario fake: image el2_fake is missing: "
    assert line in text
    assert "run `make all`" in text


def test_unwritable_out(session: Session) -> None:
    """An out/ that cannot be written is one line that says what to do."""
    rig.write(session.tree.tests, "a file where a folder should be")
    code, text = session.run("pass", "-k", "unmap", "--gic=3")
    assert code == 1, text
    assert "error: cannot write to" in text
    assert "make it writable or set HF_OUT" in text


def test_broken_scenario(session: Session) -> None:
    """A wrong key is one line with file and key, and a bad exit code."""
    path = session.tree.scenarios / "fake.toml"
    path.write_text(EL2 + "cpu_count = 4\n")
    code, text = session.run("pass")
    assert code != 0
    line = 'scenarios/fake.toml: key "cpu_count": is unknown'
    assert line in text


@pytest.mark.parametrize("in_background", [False, True])
@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_survives(
    session: Session,
    workers: str,
    number: signal.Signals,
    in_background: bool,
) -> None:
    """Ctrl-C, and even a kill, leave no machine running.

    A shell without job control lets its background jobs ignore SIGINT.
    """
    ignored = "''" if in_background else "-"
    shell = f'trap {ignored} INT; exec "$@"'
    running = subprocess.Popen(
        [
            *("/bin/sh", "-c", shell, "sh"),
            *session.command("-n", workers, "-q", "--live"),
        ],
        env=session.env("tick"),
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for_machines(session.pids, max(1, int(workers)), running)
    if number is signal.SIGINT:
        os.killpg(running.pid, number)
    else:
        running.kill()
    running.wait(30)
    assert running.returncode != 0
    assert not rig.left(session.pids)


def wait_for_machines(
    pids: Path, count: int, running: subprocess.Popen[bytes]
) -> None:
    """Return when `count` fake machines run: each leaves a file."""
    while len(list(pids.iterdir())) < count:
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.02)
