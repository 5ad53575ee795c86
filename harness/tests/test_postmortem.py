# SPDX-License-Identifier: BSD-3-Clause
"""The log ring, the symbols and the frames that a failure leaves."""

import struct
import subprocess
from pathlib import Path

import pytest
import rig

from hfh import ring
from hfh.console import Line
from hfh.evidence import tail
from hfh.symbolise import backtrace, frames
from hfh.symbols import Placed, header, placed
from hfh.unwind import PC, SP, X29, X30, Memory, Row, addresses, cpus, rows

VM = 'kind = "vm"\nvms = ["vm_fake"]\n'


def make_ring(text: bytes, size: int = 64, version: int = 1) -> bytes:
    """Return a ring as it lies in memory after `text` was written."""
    data = bytearray(size)
    for at, byte in enumerate(text):
        data[at % size] = byte
    head = struct.pack("<8sIIQ", ring.MAGIC, version, size, len(text))
    return head + bytes(data)


@pytest.mark.parametrize("length", [1, 63, 64, 65, 200])
def test_ring_is_unrolled(length: int) -> None:
    """The oldest byte comes first, however often it went round."""
    text = bytes(i % 251 for i in range(length))
    dump = b"x" * 100 + make_ring(text) + b"y" * 100
    assert ring.text_of(dump) == text[-64:]


def test_magic_alone_is_no_ring() -> None:
    """The magic in the program's own data is passed over."""
    fake = ring.MAGIC + b"\xff" * 40
    dump = fake + make_ring(b"abc", version=9) + make_ring(b"hello\n")
    assert ring.text_of(dump) == b"hello\n"
    assert ring.text_of(fake) == b""
    assert ring.text_of(ring.MAGIC) == b""


def test_ring_command(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """python3 -m hfh.ring prints a dump's ring, or says what is wrong."""
    dump = rig.write(tmp_path / "core", make_ring(b"hello\n"))
    empty = rig.write(tmp_path / "empty", b"")
    assert ring.main([str(dump)]) == 0
    assert ring.main([str(empty)]) == 1
    assert ring.main([]) == 2
    said = capfdbinary.readouterr()
    assert said.out == b"hello\n"
    assert b"error: no log ring in " in said.err


def test_frames() -> None:
    """Backtrace lines are found, others are not."""
    lines = ["  #0 0x40001010 image+0x10", "  #1 0x1 image+0xff", "#2 x"]
    assert frames(lines) == [(0, 0x10), (1, 0xFF)]
    assert backtrace(["nothing"], Path("/nowhere")) == []
    assert backtrace(lines, Path("/nowhere")) == []


def test_image_header(tmp_path: Path) -> None:
    """Text offset and size come from the header, if there is one."""
    head = struct.pack("<IIQQQ24s4sI", 0, 0, 0x1000, 0x30000, 0, b"", b"", 0)
    raw = rig.write(tmp_path / "raw", head)
    assert header(raw) == (0x80000, 64)
    good = rig.write(tmp_path / "good", head[:56] + b"ARM\x64" + head[60:])
    assert header(good) == (0x1000, 0x30000)
    old = head[:16] + bytes(8) + head[24:56] + b"ARM\x64" + head[60:]
    assert header(rig.write(tmp_path / "old", old)) == (0x80000, 64)
    assert header(rig.write(tmp_path / "short", b"x")) == (0x80000, 1)


@pytest.mark.parametrize(
    ("property_text", "base"),
    [
        ("", 0x40280000),
        ("boot_address = <0x43000000>;", 0x43000000),
        ("boot_address = <0x1 0x2000>;", 0x100002000),
    ],
)
def test_where_the_primary_lies(
    tmp_path: Path, property_text: str, base: int
) -> None:
    """Behind the hypervisor, 2 MiB aligned, or where the manifest says."""
    tree = rig.make_tree(tmp_path, ["a.b"])
    rig.write(tree.hypervisor("gcc").elf, b"elf")
    node = tree.vm_source("vm_fake") / "vm.dts"
    rig.write(node, f'kernel_filename = "vm_fake.bin";\n{property_text}')
    images = placed(tree, rig.items(tree, VM)[0])
    assert [image.base for image in images] == [0x40080000, base]


def core_file(parts: dict[int, bytes]) -> bytes:
    """Return an ELF core with pieces of physical memory."""
    count = len(parts)
    head = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\x02\x01\x01" + bytes(9),
        *(4, 183, 1, 0, 64, 0, 0, 64, 56, count, 64, 0, 0),
    )
    table, data, at = b"", b"", 64 + 56 * count
    for base, part in parts.items():
        size = len(part)
        table += struct.pack("<IIQQQQQQ", 1, 6, at, 0, base, size, size, 0)
        data, at = data + part, at + size
    return head + table + data


REGISTERS = """
CPU#0
 PC=0000000040001010 X00=0000000000000000
X29=0000000050000000 X30=0000000000000000  SP=0000000000000000
PSTATE=800003c9 N--- EL2h  SVCR=00000000
CPU#1
 PC=0000000000000000 X00=0000000000000000
X29=0000000000000000
PSTATE=000003c9 N--- EL2h
"""


def test_unwinding_by_frame_records(tmp_path: Path) -> None:
    """Without rows, records are followed to their end; a CPU may be off."""
    stack = struct.pack("<QQ", 0x50000020, 0x40001020) + bytes(16)
    stack += struct.pack("<QQ", 0x50000020, 0x40001030)
    core = rig.write(tmp_path / "core", core_file({0x50000000: stack}))
    memory = Memory(core)
    wanted = [0x40001010, 0x40001020, 0x40001030]
    now = {PC: 0x40001010, X29: 0x50000000}
    assert addresses(memory, now, rows([])) == wanted
    assert addresses(memory, {PC: 4, X29: 0x50000008}, rows([])) == [4]
    assert addresses(memory, {PC: 4, X29: 0x60000000}, rows([])) == [4]
    assert addresses(memory, {PC: 4}, rows([])) == [4]
    lines = cpus(REGISTERS, memory, [Placed(tmp_path / "x", 0x40001000, 99)])
    assert lines == [
        "CPU 0 at EL2h",
        "  #0 0x40001010 x: ?",
        "  #1 0x40001020 x: ?",
        "  #2 0x40001030 x: ?",
        "CPU 1 is off",
    ]


def test_unwinding_by_rows(tmp_path: Path) -> None:
    """A leaf, a frame, then an entry: on with what the VM had in X29."""
    stack = struct.pack("<QQQQ", 0x50000100, 0x40001200, 0, 0)
    record = struct.pack("<QQ", 0, 0x40801008)
    parts = {0x50000000: stack, 0x50000100: record}
    memory = Memory(rig.write(tmp_path / "core", core_file(parts)))
    found = {
        0x1000: Row((SP, 0), {}),
        0x10FC: Row((SP, 32), {X29: -32, X30: -24}),
        0x11FC: Row((SP, 0), {X30: None}),
    }
    now = {PC: 0x40001000, X29: 7, X30: 0x40001100, SP: 0x50000000}
    wanted = [0x40001000, 0x40001100, 0x40001200, 0x40801008]
    got = addresses(memory, now, lambda pc: found.get(pc - 0x40000000))
    assert got == wanted
    # a stack that is not in memory; a frame by a register that is lost
    now[SP] = 0x60000000
    got = addresses(memory, now, lambda pc: found.get(pc - 0x40000000))
    assert got == wanted[:2]
    lost = Row((20, 16), {})
    assert addresses(memory, now, lambda _: lost) == wanted[:1]


def test_rows_of_an_image(tmp_path: Path) -> None:
    """What the compiler says of a function's frame, at each instruction."""
    source = rig.write(
        tmp_path / "f.s",
        b""".cfi_sections .debug_frame
        .text
        f: .cfi_startproc
        sub sp, sp, #32
        .cfi_def_cfa_offset 32
        str x30, [sp]
        .cfi_offset 30, -32
        .cfi_undefined 19
        .cfi_same_value 20
        ret
        .cfi_endproc
        .size f, . - f
        """,
    )
    elf = tmp_path / "f.elf"
    command = ["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-Wl,-Ttext=0"]
    subprocess.run([*command, "-o", elf, source], check=True)
    find = rows([Placed(elf, 0x1000, 12)])
    assert find(0x1000) == Row((SP, 0), {})
    assert find(0x1004) == Row((SP, 32), {})
    assert find(0x1008) == Row((SP, 32), {30: -32, 19: None})
    assert find(0x100C) is None
    assert rows([Placed(tmp_path / "none", 0, 1)])(0) is None


def test_tail_is_short() -> None:
    """Long lines are cut, and only the last ones shown."""
    lines = [Line(1, "x" * 500)] * 30
    found = tail(lines)
    assert len(found) == 15
    assert all(len(line) == 203 for line in found)
