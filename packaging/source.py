"""Facts about the source tree that is packed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
_EARLIEST = 315_532_800
"""1980-01-01, before which a .zip knows no dates."""


def version() -> str:
    """The program's version, from the one place where it is written."""
    text = (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise SystemExit("app/__init__.py has no __version__.")
    return found[1]


def source_date() -> int:
    """When the source was last committed, in seconds since 1970: the date of all that is made of it."""
    asked = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return int(asked.stdout) if asked.returncode == 0 and asked.stdout.strip() else _EARLIEST
