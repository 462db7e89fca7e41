"""The set-up program for Windows, made with Inno Setup."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from source import PACKAGING, ROOT, version

_VERSION_FILE = """VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0
  ),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("FileDescription", "Tarn"),
      StringStruct("FileVersion", "{text}"),
      StringStruct("InternalName", "Tarn"),
      StringStruct("LegalCopyright", "MIT licence"),
      StringStruct("ProductName", "Tarn"),
      StringStruct("ProductVersion", "{text}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def make_setup(folder: Path, setup: Path) -> Path | None:
    """Packs the folder of the program; None where Inno Setup is not installed."""
    compiler = _compiler()
    if compiler is None:
        print("Inno Setup 6 was not found, so no set-up program was made.")
        return None
    values = {
        "AppVersion": version(),
        "SourceFolder": str(folder),
        "OutputFolder": str(setup.parent),
        "OutputName": setup.stem,
        "IconFile": str(ROOT / "build" / "tarn.ico"),
        "LicenceFile": str(ROOT / "LICENSE"),
    }
    defines = [f"/D{name}={value}" for name, value in values.items()]
    subprocess.run([compiler, "/Qp", *defines, str(PACKAGING / "windows" / "tarn.iss")], check=True)
    return setup


def write_version_file(path: Path) -> None:
    """What Windows shows in a program's properties, in the form that PyInstaller reads."""
    numbers = (*(int(part) for part in version().split(".")[:3]), 0)
    path.write_text(_VERSION_FILE.format(numbers=numbers, text=version()), encoding="utf-8")


def _compiler() -> str | None:
    """Inno Setup installs for all users or for one, and never onto the path."""
    folders = [
        os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)"),
        os.environ.get("PROGRAMFILES", r"C:\Program Files"),
        str(Path(os.environ.get("LOCALAPPDATA", r"C:\\")) / "Programs"),
    ]
    places = [str(Path(folder) / f"Inno Setup {number}") for number in (6, 7) for folder in folders]
    return shutil.which("ISCC") or shutil.which("ISCC", path=os.pathsep.join(places))
