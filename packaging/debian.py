"""The .deb: the program's folder with its place in the menus, and what it needs of the system."""

from __future__ import annotations

import datetime
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from elf import Library, libraries_in
from icon_files import ICONS, SIZES, png_file
from source import PACKAGING, ROOT, source_date, version

LINUX = PACKAGING / "linux"
METAINFO = "app.tarn.Tarn.metainfo.xml"
_ADVICE = "Install it (libegl1 libgl1 libwayland-cursor0 libwayland-egl1 libxcb-cursor0) and build again."
_SOUND = "libpulse0 | libasound2t64 | libasound2"
"""Opened when something is recorded or played; every desktop has one of them."""
_RECOMMENDED = ("xdg-utils", "hicolor-icon-theme", "shared-mime-info", "desktop-file-utils", _SOUND)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def make_deb(bundle: Path, out: Path, kind: str = "") -> Path | None:
    """Packs the folder; None where this system has no dpkg. `kind` goes into the name of the file."""
    if shutil.which("dpkg-deb") is None:
        print("There is no dpkg-deb here, so no .deb was made.")
        return None
    architecture = _ARCHITECTURES.get(platform.machine(), platform.machine())
    tree = ROOT / "build" / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(bundle, tree / "usr/lib/tarn", symlinks=True)
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/tarn").symlink_to("../lib/tarn/tarn")
    put_menu_files(tree / "usr/share")
    _put_documents(bundle, tree / "usr/share/doc/tarn")
    _write_control(tree, architecture, dependencies(bundle), recommendations(bundle))
    deb = out / f"tarn{kind}_{version()}_{architecture}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(tree), str(deb)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return deb


def put_menu_files(share: Path) -> None:
    """The menu entry, icons, kind of file and description, where a Linux desktop looks for them."""
    _put(LINUX / "tarn.desktop", share / "applications/tarn.desktop")
    _put(LINUX / "tarn-mime.xml", share / "mime/packages/tarn.xml")
    for size in SIZES:
        _put(png_file(size), share / f"icons/hicolor/{size}x{size}/apps/tarn.png")
    _put(ICONS / "tarn.svg", share / "icons/hicolor/scalable/apps/tarn.svg")
    text = (LINUX / METAINFO).read_text(encoding="utf-8")
    date = _day(int(os.environ.get("SOURCE_DATE_EPOCH") or source_date()))
    target = share / "metainfo" / METAINFO
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.replace("@VERSION@", version()).replace("@DATE@", date), encoding="utf-8")


def dependencies(bundle: Path) -> list[str]:
    """The Debian packages of the libraries that the program needs and does not hold itself."""
    libraries = libraries_in(bundle)
    required = [library for library in libraries if not _is_for_graphics(library)]
    return [f"libc6 (>= {_newest_glibc(required)})", *_packages_for(required, libraries)]


def recommendations(bundle: Path) -> list[str]:
    """What only the engine for graphics cards needs: without it the program runs on the processor."""
    libraries = libraries_in(bundle)
    required = [library for library in libraries if not _is_for_graphics(library)]
    optional = [library for library in libraries if _is_for_graphics(library)]
    more = set(_packages_for(optional, libraries)) - set(_packages_for(required, libraries))
    return sorted(more | ({"mesa-vulkan-drivers"} if optional else set()))


def _is_for_graphics(library: Library) -> bool:
    return library.path.name == "libggml-vulkan.so"


def _packages_for(needing: list[Library], all_of_them: list[Library]) -> list[str]:
    own = {library.path.name for library in all_of_them} | {library.soname for library in all_of_them}
    needed = sorted({name for library in needing for name in library.needed} - own)
    places = _system_libraries()
    if missing := [name for name in needed if name not in places]:
        raise SystemExit(f"The program needs what this system lacks: {', '.join(missing)}. {_ADVICE}")
    return sorted({_package_of(places, name) for name in needed} - {"libc6"})


def _newest_glibc(libraries: list[Library]) -> str:
    versions = {version for library in libraries for version in library.glibc_versions}
    return max(versions, key=lambda text: [int(part) for part in text.split(".")])


def _system_libraries() -> dict[str, str]:
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    listed = subprocess.run([ldconfig, "-p"], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^\s+(\S+) \(libc6,(?:x86-64|AArch64)[^)]*\) => (\S+)$", listed, re.MULTILINE)
    # The loader itself is listed with another mark.
    loaders = re.findall(r"^\s+(ld-linux\S*) \([^)]*\) => (\S+)$", listed, re.MULTILINE)
    return dict([*loaders, *found])


def _package_of(places: dict[str, str], soname: str) -> str:
    path = places[soname]
    # dpkg knows a file by the path it was installed with, which may lead through a link (/lib to /usr/lib).
    for known in dict.fromkeys([path, str(Path(path).resolve()), path.removeprefix("/usr")]):
        asked = subprocess.run(["dpkg", "-S", known], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.split(":", 1)[0]
    raise SystemExit(f"No Debian package is known for {path}.")


def _write_control(tree: Path, architecture: str, depends: list[str], recommends: list[str]) -> None:
    size = sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    control = (LINUX / "control").read_text(encoding="utf-8")
    values = {
        "VERSION": version(),
        "ARCHITECTURE": architecture,
        "SIZE": str(size),
        "DEPENDS": ", ".join(depends),
        "RECOMMENDS": ", ".join([*_RECOMMENDED, *recommends]),
    }
    for name, value in values.items():
        control = control.replace(f"@{name}@", value)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(control, encoding="utf-8")
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _put_documents(bundle: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copy2(bundle / "_internal/resources/licences.txt", folder / "copyright")
    shutil.copy2(ROOT / "CHANGELOG.md", folder / "CHANGELOG.md")


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _day(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
