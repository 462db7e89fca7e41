"""Estimates how large a model of the catalog is in each quantisation, before the hub has been asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.memory_estimate import typical_memory
from app.core.speed_estimate import active_share
from app.hub.catalog import CatalogModel
from app.hub.quantisation import quantisation_of, recommended_of
from app.hub.verdict import Capacity, ModelVerdict, judge

_BITS = {
    "Q4_0": 4.76,
    "Q4_1": 5.2,
    "Q4_K_M": 5.0,
    "Q5_K_M": 5.77,
    "Q6_K": 6.6,
    "Q8_0": 8.52,
    "BF16": 16.02,
    "F16": 16.02,
}
"""For each parameter: measured on the files of LFM2.5-1.2B; Q4_1 and Q6_K from the formats."""
_IN_NAME = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)([MB])(?=-|$)")


@dataclass(frozen=True, slots=True)
class ModelSize:
    """How many bytes, and whether that is only about right."""

    size_bytes: int
    is_estimate: bool = False


def parameter_count(model: CatalogModel) -> int:
    """The number in the catalog, else the one in the model's name; 0 where there is neither."""
    if model.parameters:
        return model.parameters
    found = _IN_NAME.search(model.id)
    if found is None:
        return 0
    return round(float(found[1]) * (1e9 if found[2] == "B" else 1e6))


def size_of(model: CatalogModel, quantisation: str) -> ModelSize:
    """Seen in the repository, or worked out from another file of it, or from the number of parameters."""
    seen = {quantisation_of(file.name): file.size_bytes for file in model.files if file.size_bytes}
    if quantisation in seen:
        return ModelSize(seen[quantisation])
    bits = _BITS.get(quantisation.removeprefix("QAD-"), 0.0)
    for name, size in seen.items():
        if known := _BITS.get(name.removeprefix("QAD-")):
            return ModelSize(round(size * bits / known), is_estimate=True)
    return ModelSize(round(parameter_count(model) * bits / 8), is_estimate=True)


def companion_bytes(model: CatalogModel) -> int:
    """What is fetched along with it: the smallest projector."""
    return next((file.size_bytes for file in model.extra_files if file.size_bytes), 0)


def recommended_quantisation(model: CatalogModel) -> str:
    return recommended_of(model.quantisations)


def judge_model(
    name: str, architecture: str, weight_bytes: int, parameters: int, capacity: Capacity
) -> ModelVerdict:
    """Judges weights of this size with a long conversation.

    Args:
        name: of the model or its repository, which tells the active part of a mixture of experts.
    """
    memory = typical_memory(architecture, weight_bytes, parameters)
    return judge(memory, capacity, share=active_share(name))


def judge_catalog_model(model: CatalogModel, capacity: Capacity, quantisation: str = "") -> ModelVerdict:
    """Judges one quantisation, the recommended one unless another is named."""
    size = size_of(model, quantisation or recommended_quantisation(model)).size_bytes
    weights = size + companion_bytes(model)
    return judge_model(model.id, model.architecture, weights, parameter_count(model), capacity)
