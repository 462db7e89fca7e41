"""For hatchling: a wheel brings the translations compiled; where it is installed, nothing may be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogsHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # There the program compiles what it finds.
            return
        root = Path(self.root)
        for source in sorted((root / "resources" / "translations").glob("*/tarn.po")):
            compiled = root / "build" / "wheel" / source.parent.name / "tarn.mo"
            compiled.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as file, compiled.open("wb") as target:
                write_mo(target, read_po(file))
            place = source.relative_to(root).with_suffix(".mo").as_posix()
            build_data["force_include"][str(compiled)] = place
