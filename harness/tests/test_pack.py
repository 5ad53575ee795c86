# SPDX-License-Identifier: BSD-3-Clause
"""RAM disks: read back by cpio and dtc, spoilt as asked, cached."""

import os
import subprocess
from pathlib import Path

import pytest
import rig

from hfh import cpio, manifest, pack
from hfh.errors import UsageError
from hfh.plan import Item
from hfh.tree import Tree

VM = 'kind = "vm"\nvms = ["vm_fake"]\n'
BOOT = 'kind = "boot"\nvms = ["vm_fake"]\n[case.x]\n'


@pytest.fixture(name="tree")
def fixture_tree(tmp_path: Path) -> Tree:
    """Return a tree in a path with a space."""
    return rig.make_tree(tmp_path / "a b", ["mem.map"])


def packed(tree: Tree, item: Item) -> Path:
    """Return the RAM disk of an item."""
    return pack.pack(tree, pack.order(tree, item.setup, "gcc", item.folder))


@pytest.mark.parametrize("form", ["newc", "bin"])
def test_cpio_reads_what_we_write(tmp_path: Path, form: str) -> None:
    """Names and contents of any length survive, in both formats."""
    files = [(f"file{i}" + "x" * i, bytes(range(i))) for i in range(9)]
    files.append(("big", b"0123456789abcdef" * 8192))
    archive = cpio.archive(files, form)
    done = subprocess.run(
        ["cpio", "-i", "--quiet"], input=archive, cwd=tmp_path, check=True
    )
    assert done.returncode == 0
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == dict(files)
    assert archive == cpio.archive(files, form)


def test_ramdisk_of_a_vm(tree: Tree, tmp_path: Path) -> None:
    """It holds the image and a manifest with the VM's node."""
    path = packed(tree, rig.items(tree, VM)[0])
    subprocess.run(
        ["cpio", "-i", "--quiet"],
        input=path.read_bytes(),
        cwd=tmp_path,
        check=True,
    )
    assert (tmp_path / "vm_fake.bin").read_bytes() == b"image"
    done = subprocess.run(
        ["dtc", "-I", "dtb", "-O", "dts", str(tmp_path / "manifest.dtb")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert 'compatible = "hafnium,hafnium";' in done.stdout
    assert 'debug_name = "fake";' in done.stdout


def test_cache(tree: Tree) -> None:
    """The same order is packed once; a new image is another order."""
    item = rig.items(tree, VM)[0]
    first, again = packed(tree, item), packed(tree, item)
    assert first == again
    rig.write(tree.vm("gcc", "vm_fake").bin, b"another image")
    assert packed(tree, item) != first


def test_initramfs_of_linux(tree: Tree) -> None:
    """The one with modules takes the place of the plain one."""
    text = 'kind="boot"\nvms=["@linux"]\ninitramfs="ffa"\n[case.x]\n'
    body = 'kernel_filename = "Image";\nramdisk_filename = "initrd";\n'
    rig.write(tree.vm_source("linux") / "vm.dts", body)
    rig.write(tree.linux.bin, b"kernel")
    rig.write(tree.initrd, b"plain initrd")
    rig.write(tree.out / "linux" / "ffa.cpio.gz", b"initrd with modules")
    data = packed(tree, rig.items(tree, text)[0]).read_bytes()
    assert b"initrd with modules" in data
    assert b"plain initrd" not in data


def test_cache_forgets_what_is_not_used(tree: Tree) -> None:
    """An old file goes, unless somebody has asked for it since."""
    item = rig.items(tree, VM)[0]
    path = packed(tree, item)
    os.utime(path, (1, 1))
    pack.forget(tree, 3600.0)
    assert not path.exists()
    os.utime(packed(tree, item), (1, 1))
    packed(tree, item)
    pack.forget(tree, 3600.0)
    assert path.exists()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ('ramdisk.omit = "vm_fake.bin"', None),
        ('ramdisk.replace."vm_fake.bin" = { zeros = 3 }', b"\0\0\0"),
        ('ramdisk.replace."vm_fake.bin" = { truncate = 2 }', b"im"),
        ('ramdisk.replace."vm_fake.bin" = { text = "t" }', b"t"),
        (
            'ramdisk.replace."vm_fake.bin" = { patch = "41", at = 1 }',
            b"iAage",
        ),
    ],
)
def test_changes(
    tree: Tree, tmp_path: Path, change: str, expected: bytes | None
) -> None:
    """A file is left out or gets other contents."""
    path = packed(tree, rig.items(tree, BOOT + change)[0])
    folder = tmp_path / "unpacked"
    folder.mkdir()
    subprocess.run(
        ["cpio", "-i", "--quiet"],
        input=path.read_bytes(),
        cwd=folder,
        check=True,
    )
    found = folder / "vm_fake.bin"
    assert (found.read_bytes() if found.exists() else None) == expected


@pytest.mark.parametrize("how", ["garbage = 100", "zeros = 100"])
def test_whole_archive_replaced(tree: Tree, how: str) -> None:
    """The archive itself may be anything, the same each time."""
    text = BOOT + f"ramdisk.archive = {{ {how} }}"
    data = packed(tree, rig.items(tree, text)[0]).read_bytes()
    assert len(data) == 100
    assert not data.startswith(b"070701")


def test_files_and_includes(tree: Tree) -> None:
    """Files beside the scenario, and sources that include others."""
    rig.write(tree.scenarios / "data", b"beside")
    rig.write(tree.scenarios / "dts" / "a.dtsi", "/dts-v1/; / { x = <1>; };")
    text = (
        BOOT + "manifest_text = '/include/ \"a.dtsi\"'\n"
        'ramdisk.add.b = { file = "data" }\n'
        "ramdisk.add.c = { dts = '/include/ \"a.dtsi\"' }\n"
    )
    data = packed(tree, rig.items(tree, text)[0]).read_bytes()
    assert b"beside" in data
    assert data.count(b"\xd0\x0d\xfe\xed") == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ('ramdisk.omit = "none"', 'key "ramdisk.omit": no file "none"'),
        ("ramdisk.replace.none = { zeros = 1 }", "no such file"),
        ("manifest_text = 'rubbish'", "dtc refuses the manifest: "),
        ("manifest = 'none.dts'", "manifest is missing: "),
    ],
)
def test_refused(tree: Tree, change: str, error: str) -> None:
    """What cannot be packed is one line."""
    with pytest.raises(UsageError) as caught:
        packed(tree, rig.items(tree, BOOT + change)[0])
    assert error in str(caught.value)
    assert "\n" not in str(caught.value)


def test_image_not_built(tree: Tree) -> None:
    """A missing image is named, with what to run."""
    item = rig.items(tree, VM)[0]
    tree.vm("gcc", "vm_fake").bin.unlink()
    with pytest.raises(UsageError, match="image of VM vm_fake is missing"):
        packed(tree, item)


def test_bodies_of_a_vm_name_its_files() -> None:
    """Names are taken from the node's properties."""
    body = 'kernel_filename = "k";\n/* c */ fdt_filename="f";'
    assert manifest.filename(body, "kernel_filename") == "k"
    assert manifest.filename(body, "fdt_filename") == "f"
    assert manifest.filename(body, "ramdisk_filename") == ""


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """python3 -m hfh.pack says what is missing in one line."""
    code = pack.main(["--vm", "no_such_vm", "-o", str(tmp_path / "rd")])
    assert code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: manifest node of VM no_such_vm is missing")
