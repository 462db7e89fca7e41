"""Makes the packages that this system can make: `uv run packaging/build.py`.

On Linux a folder in a .tar.xz and a .deb; on macOS an .app in a DMG; on Windows a folder in a .zip and,
where Inno Setup is installed, a set-up program. Beside each lies its SHA-256. A C++ compiler must be there;
all else is fetched. The engine is compiled once for every kind of processor (about 15 minutes on two cores)
and kept in the cache folder. On a bare Debian, Qt's own needs must be there too: apt install binutils libegl1
libgl1 libxkbcommon-x11-0 libwayland-cursor0 libwayland-egl1 libxcb-cursor0 libxcb-icccm4 libxcb-image0
libxcb-keysyms1 libxcb-render-util0 libxcb-xkb1.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from archives import write_checksum, write_tar_xz, write_zip
from bundle import Bundle, make_bundle
from debian import make_deb
from engine_build import EngineBuild
from environment import Environment
from licences import collect_licences
from mac import make_dmg
from source import ROOT, source_date, version
from windows_setup import make_setup


def main() -> int:
    options = _parser().parse_args()
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(source_date()))
    os.environ["PYTHONHASHSEED"] = "1"  # The order of names in compiled modules depends on it.
    started = time.monotonic()
    bundle = _build_bundle(options)
    print(f"{bundle.folder}: {bundle.size() / 1e6:.0f} MB")
    for package in [] if options.folder_only else _packages(bundle, options.out, _kind(options)):
        checksum = write_checksum(package)
        print(f"{package}: {package.stat().st_size / 1e6:.0f} MB, SHA-256 in {checksum.name}")
    print(f"Done in {time.monotonic() - started:.0f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Makes the packages that this system can make.")
    parser.add_argument(
        "--without-starter",
        dest="with_starter",
        action="store_false",
        help="leave out the starter model (98 MB): the first chat then needs a download",
    )
    parser.add_argument(
        "--no-variants",
        action="store_true",
        help="take the engine of the Python package, for one kind of processor, and compile nothing",
    )
    parser.add_argument(
        "--vulkan",
        action="store_true",
        help="compile the engine for graphics cards too (needs the Vulkan SDK)",
    )
    parser.add_argument(
        "--releases-url",
        default="",
        metavar="URL",
        help='where the newest version is told, as {"version": "1.2.3", "page": "https://..."}; without it '
        "the program has no Help, Check for a new version",
    )
    parser.add_argument("--folder-only", action="store_true", help="make the folder and no packages of it")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the packages go (dist)")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where compiled parts are kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="compilers at the same time")
    return parser


def default_cache() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "tarn-build"


def _build_bundle(options: argparse.Namespace) -> Bundle:
    environment = Environment(options.cache / f"environment-{sys.version_info[0]}.{sys.version_info[1]}")
    environment.make()
    engine = None
    if not options.no_variants:
        engine = EngineBuild(options.cache, environment, with_vulkan=options.vulkan)
        engine.make(options.jobs)
    licences = collect_licences(environment, engine.licences() if engine else {}, options.with_starter)
    return make_bundle(
        environment,
        engine,
        licences,
        options.out,
        with_starter=options.with_starter,
        releases_url=options.releases_url,
    )


def _kind(options: argparse.Namespace) -> str:
    """What sets this build apart from the usual one, for the names of its files."""
    parts = [
        ("-without-starter", not options.with_starter),
        ("-vulkan", options.vulkan),
        ("-plain", options.no_variants),
    ]
    return "".join(part for part, is_chosen in parts if is_chosen)


def _packages(bundle: Bundle, out: Path, kind: str) -> list[Path]:
    name = f"tarn-{version()}-{_system()}-{_machine()}{kind}"
    if sys.platform == "darwin":
        return [make_dmg(bundle.folder, out / f"{name}.dmg")]
    if sys.platform == "win32":
        archive = write_zip(bundle.folder, out / f"{name}.zip")
        setup = make_setup(bundle.folder, out / f"{name}-setup.exe")
        return [archive, *([setup] if setup else [])]
    archive = write_tar_xz(bundle.folder, out / f"{name}.tar.xz")
    deb = make_deb(bundle.folder, out, kind)
    return [archive, *([deb] if deb else [])]


def _system() -> str:
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")


def _machine() -> str:
    return {"AMD64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"This command failed with {error.returncode}: {' '.join(map(str, error.cmd))}")
