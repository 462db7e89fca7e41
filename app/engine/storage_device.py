"""Whether a file is on a drive that may go away while it is in use.

A model's file is usually mapped into memory: it loads at once and is not copied. If the drive under such a
file goes away, reading it ends the whole program. Files on drives that can be unplugged are therefore read
into memory.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import psutil

NETWORK_FILE_SYSTEMS = frozenset(
    {
        "9p",
        "afpfs",
        "ceph",
        "cifs",
        "davfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "webdav",
        "fuse.rclone",
        "fuse.sshfs",
    }
)


class Mount(Protocol):
    """A mounted file system, as psutil describes it."""

    @property
    def mountpoint(self) -> str: ...
    @property
    def fstype(self) -> str: ...
    @property
    def opts(self) -> str: ...


def can_be_unplugged(path: Path) -> bool:
    """True for USB sticks, memory cards and network folders; False where nothing is known."""
    try:
        real = path.resolve()
        mount = mount_of(real, psutil.disk_partitions(all=True))
        if mount is not None and is_detachable(mount, sys.platform):
            return True
        return sys.platform == "linux" and is_usb_or_card(real.stat().st_dev, Path("/sys/dev/block"))
    except (OSError, RuntimeError):
        return False


def mount_of(path: Path, mounts: Iterable[Mount]) -> Mount | None:
    """The innermost of the file systems that hold a path."""
    holding = [mount for mount in mounts if path.is_relative_to(mount.mountpoint)]
    return max(holding, key=lambda mount: len(Path(mount.mountpoint).parts), default=None)


def is_detachable(mount: Mount, platform: str) -> bool:
    """As far as the mount itself tells."""
    if mount.fstype.lower() in NETWORK_FILE_SYSTEMS:
        return True
    if platform == "win32":
        return not {"removable", "remote", "cdrom"}.isdisjoint(mount.opts.split(","))
    return platform == "darwin" and mount.mountpoint.startswith("/Volumes/")


def is_usb_or_card(device: int, devices: Path) -> bool:
    """As far as Linux tells about a block device; `devices` is the folder that has one link for each."""
    block = (devices / f"{os.major(device)}:{os.minor(device)}").resolve()
    if any(part.startswith(("usb", "mmc")) for part in block.parts):
        return True
    # A partition's own folder does not say so; that of its disk, one level up, does.
    return any(_reads_one(folder / "removable") for folder in (block, block.parent))


def _reads_one(path: Path) -> bool:
    try:
        return path.read_text(encoding="ascii").strip() == "1"
    except OSError:
        return False
