"""The DMG: the .app with a link to the folder where it goes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from source import PACKAGING, ROOT

ENTITLEMENTS = PACKAGING / "macos" / "entitlements.plist"


def make_dmg(app: Path, dmg: Path) -> Path:
    """Signs the .app (with TARN_SIGN_IDENTITY, else for this computer alone) and packs it."""
    _sign(app, os.environ.get("TARN_SIGN_IDENTITY", "-"))
    tree = ROOT / "build" / "dmg"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    # ditto keeps the links and the signature of an .app.
    subprocess.run(["ditto", str(app), str(tree / app.name)], check=True)
    (tree / "Applications").symlink_to("/Applications")
    create = ["hdiutil", "create", "-volname", "Tarn", "-srcfolder", str(tree), "-format", "UDZO"]
    subprocess.run([*create, "-fs", "HFS+", "-ov", str(dmg)], check=True)
    return dmg


def _sign(app: Path, identity: str) -> None:
    """From the inside out: PyInstaller has signed what it put there, but not the engine that came later.

    With an identity of Apple's, the hardened runtime is on, which notarisation asks for; then every library
    has to be signed by the same one.
    """
    sign = ["codesign", "--force", "--sign", identity]
    if identity != "-":
        sign += ["--options", "runtime", "--timestamp"]
    libraries = [path for path in sorted(app.rglob("*")) if path.suffix in (".so", ".dylib")]
    for library in libraries:
        if not library.is_symlink():
            subprocess.run([*sign, str(library)], check=True)
    subprocess.run([*sign, "--deep", "--entitlements", str(ENTITLEMENTS), str(app)], check=True)
    subprocess.run(["codesign", "--verify", "--deep", "--strict", str(app)], check=True)
