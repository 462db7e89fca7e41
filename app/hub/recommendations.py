"""The three models to start with on this computer."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.translation import ENGLISH, language, tr
from app.hub.catalog import Catalog, CatalogModel
from app.hub.model_sizes import ModelSize, judge_catalog_model, recommended_quantisation, size_of
from app.hub.verdict import Capacity, Fit, ModelVerdict


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A model with the quantisation to take."""

    model: CatalogModel
    title: str
    purpose: str
    quantisation: str
    size: ModelSize
    verdict: ModelVerdict


# Each with models to fall back on where the first is too large for the memory that is free.
_OFFERS = (
    (tr("Instruct"), tr("For most things"), ("LFM2.5-1.2B-Instruct", "LFM2.5-350M", "LFM2.5-230M")),
    (tr("Thinking"), tr("For problems that need reasoning"), ("LFM2.5-1.2B-Thinking",)),
    (tr("Japanese"), "日本語で話すなら", ("LFM2.5-1.2B-JP-202606",)),
)


def recommend(catalog: Catalog, capacity: Capacity) -> list[Recommendation]:
    """Returns an instruct, a thinking and a Japanese model, each the largest of its row that fits.

    The one that is made for the user's language comes first.
    """
    offered = []
    for title, purpose, ids in _OFFERS:
        models = [model for one in ids if (model := catalog.get(one)) is not None]
        if models:
            offered.append(_best(models, title, purpose, capacity))
    return sorted(offered, key=lambda one: one.model.languages[:1] != (language(),) or language() == ENGLISH)


def _best(models: list[CatalogModel], title: str, purpose: str, capacity: Capacity) -> Recommendation:
    made = [_recommendation(model, title, purpose, capacity) for model in models]
    return next((one for one in made if one.verdict.fit is not Fit.TOO_LARGE), made[0])


def _recommendation(model: CatalogModel, title: str, purpose: str, capacity: Capacity) -> Recommendation:
    name = recommended_quantisation(model)
    verdict = judge_catalog_model(model, capacity, name)
    return Recommendation(model, title, purpose, name, size_of(model, name), verdict)
