"""The three models that the first page offers."""

from __future__ import annotations

from dataclasses import dataclass

from app.hub.catalog import Catalog, CatalogModel
from app.hub.verdict import Fit, MemoryVerdict
from app.ui.model_manager.estimates import (
    Size,
    judge_catalog_model,
    recommended_quantisation,
    size_of,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A model with the quantisation to take."""

    model: CatalogModel
    title: str
    purpose: str
    quantisation: str
    size: Size
    verdict: MemoryVerdict


# Each with models to fall back on where the first is too large for the memory that is free.
_OFFERS = (
    ("Instruct", "For most things", ("LFM2.5-1.2B-Instruct", "LFM2.5-350M", "LFM2.5-230M")),
    ("Thinking", "For problems that need reasoning", ("LFM2.5-1.2B-Thinking",)),
    ("Japanese", "日本語で話すなら", ("LFM2.5-1.2B-JP-202606",)),
)


def choices(catalog: Catalog, free_bytes: int) -> list[Choice]:
    """What to offer on this computer."""
    offered = []
    for title, purpose, ids in _OFFERS:
        models = [model for one in ids if (model := catalog.get(one)) is not None]
        if models:
            offered.append(_best(models, title, purpose, free_bytes))
    return offered


def _best(models: list[CatalogModel], title: str, purpose: str, free_bytes: int) -> Choice:
    made = [_choice(model, title, purpose, free_bytes) for model in models]
    return next((one for one in made if one.verdict.fit is not Fit.TOO_LARGE), made[0])


def _choice(model: CatalogModel, title: str, purpose: str, free_bytes: int) -> Choice:
    name = recommended_quantisation(model)
    verdict = judge_catalog_model(model, free_bytes, name)
    return Choice(model, title, purpose, name, size_of(model, name), verdict)
