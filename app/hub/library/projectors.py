"""The file that lets a model see: found beside it, remembered, moved and deleted with it.

llama.cpp keeps what turns pictures into embeddings in a GGUF file of its own, whose name holds `mmproj`. All
quantisations of a model share it.
"""

from __future__ import annotations

import os
from pathlib import Path

from app.hub.catalog import base_words
from app.hub.library.records import LibraryRecords
from app.hub.quantisation import quantisation_of

_PREFERRED = ("Q8_0", "F16", "BF16", "F32")
"""The smallest that loses nothing comes first."""
_EMPTY_WORDS = frozenset(("mmproj", "model"))


def is_projector(name: str) -> bool:
    """Whether a file of that name lets a model see, in any case of letters."""
    return name.casefold().endswith(".gguf") and "mmproj" in name.casefold()


def projector_of(model: Path, records: LibraryRecords | None = None) -> Path | None:
    """The projector that goes with a model: the one noted at its download, else the one beside it.

    Beside it counts a file whose name is the model's but for `mmproj` and the quantisation, in any case, and
    one that names no model at all where the folder holds no other model.

    Returns:
        None where there is none on this disk.
    """
    noted = records.of(model).projector if records is not None else ""
    if noted:
        path = model.parent / noted
        if path.is_file():
            return path
    projectors, models = _in_folder(model.parent)
    words = _words(model.name)
    found = [path for path in projectors if _words(path.name) == words]
    if not found and all(_words(path.name) == words for path in models):
        found = [path for path in projectors if not _words(path.name)]
    return min(found, key=_preference, default=None)


def pair_of(first: Path, second: Path) -> tuple[Path, Path] | None:
    """Two files as (model, projector), such as two dropped together; None where they are no pair."""
    if is_projector(first.name) == is_projector(second.name):
        return None
    return (second, first) if is_projector(first.name) else (first, second)


def is_shared(projector: Path, model: Path, records: LibraryRecords | None = None) -> bool:
    """Whether another model in the folder goes with the projector too, so that it must stay with that one."""
    return any(
        projector_of(other, records) == projector
        for other in _in_folder(model.parent)[1]
        if not _are_parts_of_one(other, model)
    )


def _in_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """The projectors and the models of a folder, without those below."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.casefold().endswith(".gguf"))
    except OSError:
        return [], []
    paths = [folder / name for name in names]
    return [path for path in paths if is_projector(path.name)], [
        path for path in paths if not is_projector(path.name)
    ]


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in base_words(name) if word not in _EMPTY_WORDS)


def _are_parts_of_one(first: Path, second: Path) -> bool:
    return first == second or (
        _words(first.name) == _words(second.name)
        and quantisation_of(first.name) == quantisation_of(second.name)
    )


def _preference(path: Path) -> tuple[int, str]:
    quantisation = quantisation_of(path.name)
    place = _PREFERRED.index(quantisation) if quantisation in _PREFERRED else len(_PREFERRED)
    return place, path.name
