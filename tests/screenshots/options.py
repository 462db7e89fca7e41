"""What the scripts that take pictures are told: where the pictures go, and whether a few are enough."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from app.settings import ThemeChoice


@dataclass(frozen=True)
class Options:
    """Where pictures go, and in which themes they are taken."""

    folder: Path
    themes: tuple[ThemeChoice, ...]
    is_quick: bool
    """One size where there are several."""


def options() -> Options:
    """Read the command line: `[FOLDER] [--quick]`. The folder is there afterwards."""
    parser = argparse.ArgumentParser(description="Takes pictures for people to look at.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screenshots"))
    parser.add_argument("--quick", action="store_true", help="only the dark theme, and one size")
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    return Options(
        told.folder, (ThemeChoice.DARK,) if told.quick else (ThemeChoice.DARK, ThemeChoice.LIGHT), told.quick
    )
