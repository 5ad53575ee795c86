# SPDX-License-Identifier: BSD-3-Clause
"""vm.dts bodies -> manifest source -> manifest.dtb, by dtc."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from hfh.errors import InfraError, UsageError

_DTC = ("-q", "-I", "dts", "-O", "dtb")
LINUX_BODY = """\
debug_name = "linux";
kernel_filename = "Image";
ramdisk_filename = "initrd";
"""


def source(bodies: Sequence[str]) -> str:
    """Wrap the bodies of vm1, vm2, ... into a manifest's source text."""
    nodes = "".join(
        f"vm{number} {{\n{body}\n}};\n"
        for number, body in enumerate(bodies, start=1)
    )
    head = 'compatible = "hafnium,hafnium";'
    return f"/dts-v1/;\n/ {{ hypervisor {{\n{head}\n{nodes}}}; }};\n"


def filename(body: str, key: str) -> str:
    """Return the string property `<key> = "..."` of a body, or ""."""
    match = re.search(rf'\b{key}\s*=\s*"([^"]*)"', body)
    return match.group(1) if match else ""


def compile_dts(text: str, where: str, includes: Path) -> bytes:
    """Return the device tree blob of a source text.

    includes: folder that /include/ looks in. Raises InfraError when dtc is missing, UsageError when it refuses.
    """
    dtc = shutil.which("dtc")
    if dtc is None:
        raise InfraError("dtc is missing; run `make setup`")
    done = subprocess.run(
        [dtc, *_DTC, "-i", str(includes), "-o", "-", "-"],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[0] if said else f"exit {done.returncode}"
        raise UsageError(f"{where}: dtc refuses the manifest: {reason}")
    return done.stdout
