"""What the libraries of a folder need, read with objdump."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Library:
    """A program or library of Linux."""

    path: Path
    soname: str
    needed: tuple[str, ...]
    glibc_versions: tuple[str, ...]


def libraries_in(folder: Path) -> list[Library]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [_read(path) for path in files if _is_elf(path)]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _read(path: Path) -> Library:
    text = subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
    soname = re.search(r"^\s+SONAME\s+(\S+)", text, re.MULTILINE)
    return Library(
        path,
        soname[1] if soname else "",
        tuple(re.findall(r"^\s+NEEDED\s+(\S+)", text, re.MULTILINE)),
        tuple(re.findall(r"\bGLIBC_(2(?:\.\d+)+)", text)),
    )
