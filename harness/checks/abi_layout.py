# SPDX-License-Identifier: BSD-3-Clause
"""Layout and constants of the public ABI, as the cross compiler sees them."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile
from tree import files

HEADERS = ("hafnium/inc/hf/base/log.h", "hftest/inc/hftest.h")
VMAPI = "hafnium/inc/vmapi/"
GCC = [
    *("aarch64-linux-gnu-gcc", "-std=gnu17", "-ffreestanding", "-g", "-c"),
    *("-O0", "-fno-eliminate-unused-debug-types", "-gdwarf-4", "-nostdinc"),
    *("-Ihafnium/inc", "-Ihafnium/inc/vmapi", "-Ihftest/inc"),
]
MACRO = re.compile(r"#define (\w+) (.+)")


def run(root: Path, *args: str, text: str = "") -> str:
    """Output of the compiler with these arguments and this source."""
    own = ["aarch64-linux-gnu-gcc", "-print-file-name=include"]
    inc = subprocess.run(own, capture_output=True, text=True, check=True)
    done = subprocess.run(
        [*GCC, "-isystem" + inc.stdout.strip(), *args, "-x", "c", "-"],
        input=text,
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    if done.returncode:
        raise SystemExit("abi: the headers do not compile:\n" + done.stderr)
    return done.stdout


def constants(root: Path, headers: list[str]) -> list[str]:
    """Names of the macros that vmapi headers define as numbers."""
    text = "".join(f'#include "{path}"\n' for path in headers)
    known = {m[0] for m in MACRO.findall(run(root, "-E", "-dM"))}
    found = []
    for name, value in MACRO.findall(run(root, "-E", "-dM", text=text)):
        in_vmapi = any(
            re.search(rf"#define {name}\s", (root / p).read_text("utf-8"))
            for p in headers
            if p.startswith(VMAPI)
        )
        if name not in known and in_vmapi and not re.search(r'["{]', value):
            found.append(name)
    return sorted(found)


def structs(top: DIE, ours: set[int]) -> Iterator[str]:
    """`struct.field offset` of structs, and values of enums."""
    for die in top.iter_children():
        if "DW_AT_decl_file" not in die.attributes:
            continue
        if die.attributes["DW_AT_decl_file"].value not in ours:
            continue
        if "DW_AT_name" not in die.attributes:
            continue
        name = die.attributes["DW_AT_name"].value.decode()
        if die.tag == "DW_TAG_structure_type":
            if "DW_AT_byte_size" in die.attributes:
                size = die.attributes["DW_AT_byte_size"].value
                yield f"struct {name} size {size}"
                yield from fields(die, name)
        if die.tag == "DW_TAG_enumeration_type":
            for child in die.iter_children():
                label = child.attributes["DW_AT_name"].value.decode()
                value = child.attributes["DW_AT_const_value"].value
                yield f"enum {name}.{label} {value}"


def fields(die: DIE, name: str) -> Iterator[str]:
    """`struct.field offset` of one struct."""
    for child in die.iter_children():
        if "DW_AT_name" in child.attributes:
            label = child.attributes["DW_AT_name"].value.decode()
            at = child.attributes["DW_AT_data_member_location"].value
            yield f"struct {name}.{label} at {at}"


def layout(root: Path) -> list[str]:
    """The golden file as it should be for this tree."""
    vmapi = [p for p in files(root, ".h") if p.startswith(VMAPI)]
    headers = [*vmapi, *HEADERS]
    names = constants(root, headers)
    text = "".join(f'#include "{path}"\n' for path in headers)
    text += "".join(
        f"const unsigned long long abi_{n} = (unsigned long long)({n});\n"
        for n in names
    )
    with tempfile.NamedTemporaryFile(suffix=".o") as file:
        run(root, "-o", file.name, text=text)
        elf = ELFFile(file)
        unit = next(elf.get_dwarf_info().iter_CUs())
        entries = elf.get_dwarf_info().line_program_for_CU(unit)["file_entry"]
        wanted = {Path(p).name for p in headers}
        ours = {
            n for n, e in enumerate(entries, 1) if e.name.decode() in wanted
        }
        found = sorted(structs(unit.get_top_DIE(), ours))
        data = elf.get_section_by_name(".rodata").data()
        for symbol in elf.get_section_by_name(".symtab").iter_symbols():
            if symbol.name.startswith("abi_"):
                at = symbol["st_value"]
                value = int.from_bytes(data[at : at + 8], "little")
                found.append(f"constant {symbol.name[4:]} {value:#x}")
    return sorted(found)
