# SPDX-License-Identifier: BSD-3-Clause
"""What is saved of a machine that hangs: registers and guest memory."""

import shutil
import subprocess
from pathlib import Path

from hfh import ring
from hfh.drivers.qmp import Qmp

REGISTERS = "registers.txt"
CORE = "core.elf"
RING = "ring.log"


def dump(qmp: Qmp, folder: Path, wait_s: float) -> None:
    """Stop the machine and save registers.txt, core.elf and ring.log.

    wait_s: host seconds for an answer. Does what it can: a QEMU that does not answer leaves no dump.
    """
    if qmp.call("stop", wait_s) is None:
        return
    command = {"command-line": "info registers -a"}
    text = qmp.call("human-monitor-command", wait_s, **command)
    if isinstance(text, str):
        (folder / REGISTERS).write_text(text.replace("\r\n", "\n"))
    core = folder / CORE
    arguments = {"paging": False, "protocol": f"file:{core}"}
    qmp.call("dump-guest-memory", 3 * wait_s, **arguments)
    fallocate = shutil.which("fallocate")
    if core.is_file() and (text := ring.read(core)):
        (folder / RING).write_bytes(text)
    if core.is_file() and fallocate is not None:
        subprocess.run([fallocate, "--dig-holes", str(core)], check=False)
