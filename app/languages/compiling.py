"""Compiles all catalogs into another folder, for packages: `python -m app.languages.compiling FROM TO`."""

from __future__ import annotations

import sys
from pathlib import Path

from app.languages.catalogs import COMPILED, SOURCE, compile_catalog


def compile_all(source: Path, target: Path) -> None:
    """Writes `CODE/tarn.mo` for each `CODE/tarn.po`. Raises ValueError: one is damaged."""
    for path in sorted(source.glob(f"*/{SOURCE}")):
        compiled = target / path.parent.name / COMPILED
        compiled.parent.mkdir(parents=True, exist_ok=True)
        compiled.write_bytes(compile_catalog(path))


if __name__ == "__main__":
    compile_all(*map(Path, sys.argv[1:]))
