"""Files on drives that may go away are told from those on the computer's own disk."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.model_file import LoadOptions
from app.engine import loaded_model
from app.engine.engine import Engine
from app.engine.storage_device import can_be_unplugged, is_detachable, is_usb_or_card, mount_of
from tests.support.asking import ask


@dataclass(frozen=True)
class FakeMount:
    mountpoint: str
    fstype: str = "ext4"
    opts: str = "rw"


def test_the_innermost_file_system_counts():
    mounts = [FakeMount("/"), FakeMount("/media/stick"), FakeMount("/media")]
    assert mount_of(Path("/media/stick/models/a.gguf"), mounts) == mounts[1]
    assert mount_of(Path("/media/stickers/a.gguf"), mounts) == mounts[2]


@pytest.mark.parametrize(
    ("mount", "platform", "expected"),
    [
        (FakeMount("/mnt/nas", "nfs4"), "linux", True),
        (FakeMount("/mnt/nas", "cifs"), "linux", True),
        (FakeMount("/", "ext4"), "linux", False),
        (FakeMount("E:\\", "FAT32", "rw,removable"), "win32", True),
        (FakeMount("Z:\\", "NTFS", "rw,remote"), "win32", True),
        (FakeMount("C:\\", "NTFS", "rw,fixed"), "win32", False),
        (FakeMount("/Volumes/STICK", "msdos"), "darwin", True),
        (FakeMount("/", "apfs"), "darwin", False),
    ],
)
def test_a_mount_tells_whether_it_can_go_away(mount, platform, expected):
    assert is_detachable(mount, platform) is expected


@pytest.mark.skipif(os.name != "posix", reason="Device numbers are a thing of POSIX systems")
@pytest.mark.parametrize(
    ("folder", "removable", "expected"),
    [
        ("pci0000:00/usb2/2-1/host6/block/sdb/sdb1", "0", True),
        ("pci0000:00/mmc_host/mmc0/block/mmcblk0/mmcblk0p1", "0", True),
        ("pci0000:00/ata1/block/sr0/sr0p1", "1", True),
        ("pci0000:00/nvme/nvme0/nvme0n1/nvme0n1p2", "0", False),
    ],
)
def test_linux_tells_where_a_disk_is_attached(tmp_path, folder, removable, expected):
    partition = tmp_path / "devices" / folder
    partition.mkdir(parents=True)
    (partition.parent / "removable").write_text(removable + "\n")
    links = tmp_path / "links"
    links.mkdir()
    (links / "8:17").symlink_to(partition)
    assert is_usb_or_card(os.makedev(8, 17), links) is expected


def test_an_unknown_device_is_taken_for_the_computers_own(tmp_path):
    assert not is_usb_or_card(os.makedev(250, 250), tmp_path) if os.name == "posix" else True
    assert not can_be_unplugged(tmp_path / "missing" / "file.gguf")


def test_a_model_on_such_a_drive_is_read_into_memory(tiny_path, tmp_path, monkeypatch):
    """The file is emptied while in use: a mapped file would end the program here."""
    monkeypatch.setattr(loaded_model, "can_be_unplugged", lambda path: True)
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(tiny_path.read_bytes())
    engine = Engine()
    engine.load(copy, LoadOptions(context_length=512), lambda share: None)
    copy.write_bytes(b"")
    assert ask(engine, "Hello").text.startswith("Hello!")
    engine.unload()
