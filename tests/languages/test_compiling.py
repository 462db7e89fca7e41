"""Packages bring the catalogs compiled: what reads them there has no Babel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.languages.catalogs import available_codes, open_catalog
from tests.languages.test_catalogs import PO

ROOT = Path(__file__).parent.parent.parent


def test_all_catalogs_are_compiled_into_another_folder(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for code in ("de", "fr"):
        (source / code).mkdir(parents=True)
        (source / code / "tarn.po").write_text(PO, encoding="utf-8")
    command = [sys.executable, "-m", "app.languages.compiling", str(source), str(target)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*.*")) == [
        "de/tarn.mo",
        "fr/tarn.mo",
    ]
    assert available_codes(target) == ("de", "fr")
    assert open_catalog(target, "de").gettext("Close") == "Schließen"
