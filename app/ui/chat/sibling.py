"""The model that can answer in the place of one that cannot stop thinking."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.model_file import ModelFile
from app.hub.catalog import Catalog, CatalogModel, ModelKind, Thinking

ALWAYS_THINKING = (Thinking.ALWAYS, Thinking.PREFILLED)


def sibling_of(model: ModelFile, models: Iterable[ModelFile], catalog: Catalog) -> ModelFile | None:
    """A model among those on this disk that answers at once; None where there is none, or no need for one.

    A chat model of the same size and family is best, then one called Instruct, then the largest.
    """
    own = entry_of(model, catalog)
    if own is None or own.thinking not in ALWAYS_THINKING:
        return None
    found = [
        (other, entry) for other in models if (entry := entry_of(other, catalog)) and _fits(other, entry)
    ]
    best = max(found, key=lambda pair: _closeness(own, pair[1]), default=None)
    return best[0] if best else None


def entry_of(model: ModelFile, catalog: Catalog) -> CatalogModel | None:
    return catalog.match(model.path.name) or catalog.match(model.name)


def _fits(model: ModelFile, entry: CatalogModel) -> bool:
    is_chat = entry.kind is ModelKind.CHAT and entry.thinking is Thinking.NONE
    return is_chat and entry.runs_here and not model.problem


def _closeness(own: CatalogModel, other: CatalogModel) -> tuple[bool, bool, bool, int]:
    family, size, *_ = [*own.id.split("-"), ""]
    words = other.id.split("-")
    is_family = words[0] == family
    return is_family, size in words[1:], "Instruct" in words, other.parameters or 0
