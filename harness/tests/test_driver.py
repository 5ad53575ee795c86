# SPDX-License-Identifier: BSD-3-Clause
"""The QEMU driver, judge and evidence together, on a fake QEMU."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import rig

from hfh.drivers import command
from hfh.drivers.base import Launch, Outcome, limits
from hfh.drivers.qemu import QemuDriver, channels
from hfh.errors import UsageError
from hfh.execute import Bench, Result, run_item

EL2 = 'kind = "el2"\nimage = "el2_fake"\n'
VM = 'kind = "vm"\nvms = ["vm_fake"]\n'


class Impatient(QemuDriver):
    """The driver, with small limits."""

    def run(self, launch: Launch) -> Outcome:
        """Run with a limit of 1 MiB, and no patience with what is stuck."""
        less = replace(
            launch.limits, console_bytes=1 << 20, exit_s=0.2, dump_s=0.1
        )
        return super().run(replace(launch, limits=less))


def run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    text: str = EL2,
) -> Result:
    """Run the one test of a scenario on the fake QEMU."""
    tree = rig.make_tree(folder / "a tree", ["mem.map"])
    env = rig.fake_env(mode, folder / "pids")
    for key in ("FAKE_MODE", "FAKE_PIDS"):
        monkeypatch.setenv(key, env[key])
    bench = Bench(tree, tree.tests / "run", Impatient(), env, "abc")
    return run_item(bench, rig.items(tree, text)[0])


@pytest.mark.parametrize(
    ("mode", "status", "failure", "text"),
    [
        ("pass", "pass", "none", ""),
        ("drip", "pass", "none", ""),
        ("lock_up", "pass", "none", ""),
        ("child", "pass", "none", ""),
        ("hang", "timeout", "HANG", "no vCPU runs"),
        ("early_eof", "error", "INFRA", "closed its console"),
        ("flood", "crash", "FLOOD", "1048576 bytes"),
        ("killed", "error", "INFRA", "killed by SIGKILL"),
        ("silent", "crash", "BOOT_FAIL", "no plan"),
        ("exit_0", "error", "INFRA", "exit code 0"),
        ("exit_1", "error", "INFRA", "-machine virt: no such thing"),
        ("reset", "crash", "VM_CRASH", "ended by reset"),
        ("panic", "crash", "HYP_PANIC", "out of luck"),
        ("panic_stuck", "crash", "HYP_PANIC", "out of luck"),
    ],
)
def test_mode(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    status: str,
    failure: str,
    text: str,
) -> None:
    """Each way to end gets its status, and no process is left."""
    result = run(tmp_path, monkeypatch, mode)
    verdict = result.verdict
    assert verdict.status.value == status, verdict
    assert verdict.failure.value == failure, verdict
    assert text in verdict.text, verdict
    assert list((tmp_path / "pids").iterdir())
    assert not rig.left(tmp_path / "pids")


def test_vm_scenario_packs_a_ramdisk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A VM's lines carry its number, and QEMU gets a RAM disk."""
    result = run(tmp_path, monkeypatch, "pass", VM)
    assert result.verdict.status.value == "pass", result.verdict
    facts = json.loads((result.folder / "item.json").read_text())
    initrd = Path(facts["argv"][facts["argv"].index("-initrd") + 1])
    assert initrd.read_bytes().startswith(b"070701")
    assert (result.folder / "vm1.log").read_text().startswith("[hft ")


def test_guest_time_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that lives but gets nowhere is given up."""
    text = EL2 + "icount = false\ndeadline_s = 0.02\n"
    result = run(tmp_path, monkeypatch, "tick", text)
    assert result.verdict.status.value == "timeout", result.verdict
    assert "host CPU time" in result.verdict.text


DIALOGUE = """
kind = "console"
ramdisk.present = false
[case.talk]
log = ["^hello Bob"]
[[case.talk.step]]
expect = 'name\\? '
send = "Bob"
[[case.talk.step]]
expect = "hello Bob"
"""


def test_dialogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console case is driven step by step."""
    result = run(tmp_path, monkeypatch, "dialogue", DIALOGUE)
    assert result.verdict.status.value == "pass", result.verdict


def test_dialogue_has_host_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guest time that flies while nobody types ends no dialogue."""
    text = DIALOGUE.replace("[case.talk]", "deadline_s = 0.02\n[case.talk]", 1)
    result = run(tmp_path, monkeypatch, "deaf", text)
    assert result.verdict.status.value == "timeout", result.verdict
    assert "0.02 s of host CPU time" in result.verdict.text


def test_dialogue_that_gets_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was waited for is in the verdict."""
    text = DIALOGUE.replace("hello Bob", "hello Ann")
    result = run(tmp_path, monkeypatch, "dialogue", text)
    assert result.verdict.status.value == "crash", result.verdict
    assert 'waited for "hello Ann"' in result.verdict.text


def test_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder holds the console, the facts and the command."""
    result = run(tmp_path, monkeypatch, "panic")
    names = {path.name for path in result.folder.iterdir()}
    assert {"console.log", "item.json", "command.sh"} <= names
    facts = json.loads((result.folder / "item.json").read_text())
    assert facts["status"] == "crash"
    assert facts["git"] == "abc"
    assert facts["env"]["QEMU"] == str(rig.FAKE_QEMU)
    assert result.tail == ("Panic: out of luck",)
    wanted = "scenario S=one T=mem.map CPUS=1 GIC=3"
    assert result.repeat.endswith(wanted)
    assert f"make -C '{tmp_path}/a tree'" in result.repeat


@pytest.mark.parametrize(
    ("env", "text"),
    [
        ({"QEMU": "/nowhere/qemu"}, "QEMU is missing: no /nowhere/qemu"),
        ({"QEMU": "/bin/true"}, "QEMU is too old: /bin/true has no version"),
    ],
)
def test_bad_qemu(env: Mapping[str, str], text: str) -> None:
    """A missing or wrong QEMU is one line that says what to do."""
    with pytest.raises(UsageError, match=text):
        command.find_qemu(env)


def test_old_qemu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The version is asked for."""
    monkeypatch.setenv("FAKE_VERSION", "6.2.0")
    link = tmp_path / "old_qemu"
    link.symlink_to(rig.FAKE_QEMU)
    with pytest.raises(UsageError, match="has 6.2; version 7.2 or later"):
        command.find_qemu({"QEMU": str(link)})


def test_console_is_shared_when_asked_for() -> None:
    """Only then: it costs the guest a key of its input."""
    device = ("-device", "pci-serial,addr=1,chardev=console")
    plain, shared = channels((), 3, 4), channels(device, 3, 4)
    assert "socket,id=console,fd=3" in plain
    assert "socket,id=console,fd=3,mux=on" in shared
    assert plain[2:] == shared[2:]


def test_limits_follow_the_clock() -> None:
    """With icount, guest seconds; without, host CPU seconds."""
    assert limits(2.0, True).guest_s == 2.0
    assert limits(2.0, True).cpu_s > limits(2.0, False).cpu_s
    assert limits(2.0, False).idle_polls > limits(2.0, True).idle_polls
