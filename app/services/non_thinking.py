"""The model that can answer in the place of one that cannot stop thinking."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.model_file import ModelFile
from app.hub.catalog import Catalog, CatalogModel, ModelKind, Thinking

_ALWAYS_THINKING = (Thinking.ALWAYS, Thinking.PREFILLED)


def non_thinking_alternative(
    model: ModelFile, models: Iterable[ModelFile], catalog: Catalog
) -> ModelFile | None:
    """A model among those on this disk that answers at once, in the place of one that cannot stop thinking.

    A chat model of the same size and family is best, then one called Instruct, then the largest.

    Returns:
        None where there is none, or no need for one.
    """
    own = catalog.entry_of(model)
    if own is None or own.thinking not in _ALWAYS_THINKING:
        return None
    found = [
        (other, entry)
        for other in models
        if (entry := catalog.entry_of(other)) and _answers_at_once(other, entry)
    ]
    best = max(found, key=lambda pair: _closeness(own, pair[1]), default=None)
    return best[0] if best else None


def _answers_at_once(model: ModelFile, entry: CatalogModel) -> bool:
    is_chat = entry.kind is ModelKind.CHAT and entry.thinking is Thinking.NONE
    return is_chat and entry.runs_here and not model.problem


def _closeness(own: CatalogModel, other: CatalogModel) -> tuple[bool, bool, bool, int]:
    family, size, *_ = [*own.id.split("-"), ""]
    words = other.id.split("-")
    is_family = words[0] == family
    return is_family, size in words[1:], "Instruct" in words, other.parameters or 0
