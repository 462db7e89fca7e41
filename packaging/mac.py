"""The DMG: the .app with a link to the folder where it goes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from source import ROOT


def make_dmg(app: Path, dmg: Path) -> Path:
    """Signs the .app (with TARN_SIGN_IDENTITY, else for this computer alone) and packs it."""
    identity = os.environ.get("TARN_SIGN_IDENTITY", "-")
    hardened = [] if identity == "-" else ["--options", "runtime", "--timestamp"]
    subprocess.run(["codesign", "--force", "--deep", "--sign", identity, *hardened, str(app)], check=True)
    tree = ROOT / "build" / "dmg"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    # ditto keeps the links and the signature of an .app.
    subprocess.run(["ditto", str(app), str(tree / app.name)], check=True)
    (tree / "Applications").symlink_to("/Applications")
    create = ["hdiutil", "create", "-volname", "Tarn", "-srcfolder", str(tree), "-format", "UDZO"]
    subprocess.run([*create, "-fs", "HFS+", "-ov", str(dmg)], check=True)
    return dmg
