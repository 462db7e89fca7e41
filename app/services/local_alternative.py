"""The model on this computer that can answer in the place of one on a server."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.model_file import ModelFile
from app.hub.catalog import Catalog


def local_alternative(
    wanted: ModelFile | None, models: Iterable[ModelFile], catalog: Catalog
) -> ModelFile | None:
    """The same model where it is among those on this disk, else the largest; None where none can be used."""
    usable = [model for model in models if not model.problem]
    entry = catalog.entry_of(wanted) if wanted else None
    same = [model for model in usable if entry is not None and catalog.entry_of(model) is entry]
    return max(same or usable, key=lambda model: (not model.is_starter, model.size_bytes), default=None)
