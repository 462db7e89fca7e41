"""Folders as archives that are the same every time: sorted, owned by nobody, of the source's date."""

from __future__ import annotations

import hashlib
import os
import tarfile
import time
import zipfile
from pathlib import Path


def write_tar_xz(folder: Path, archive: Path) -> Path:
    """Packs a folder under its own name."""
    date = int(os.environ["SOURCE_DATE_EPOCH"])

    def neutral(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime = date
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:xz", preset=6, format=tarfile.PAX_FORMAT) as tar:
        for path in [folder, *sorted(folder.rglob("*"))]:
            tar.add(path, str(path.relative_to(folder.parent)), recursive=False, filter=neutral)
    return archive


def write_zip(folder: Path, archive: Path) -> Path:
    """Packs a folder under its own name."""
    date = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            packed.writestr(entry, path.read_bytes())
    return archive


def write_checksum(package: Path) -> Path:
    """Writes NAME.sha256 beside a file, as `sha256sum --check` reads it."""
    with package.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    checksum = package.with_name(package.name + ".sha256")
    checksum.write_text(f"{digest}  {package.name}\n", encoding="ascii")
    return checksum
