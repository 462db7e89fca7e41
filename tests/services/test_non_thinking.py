"""Which model answers in the place of one that cannot stop thinking."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.model_file import ModelFile
from app.hub.catalog import Catalog
from app.paths import resources
from app.services.non_thinking import non_thinking_alternative


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load(resources() / "catalog.toml")


def file(name: str, problem: str = "") -> ModelFile:
    return ModelFile(Path(f"/models/{name}-Q4_K_M.gguf"), name.replace("-", " "), 1, problem=problem)


THINKING = file("LFM2.5-1.2B-Thinking")
INSTRUCT = file("LFM2.5-1.2B-Instruct")
SMALL = file("LFM2.5-350M")
OLDER = file("LFM2-2.6B")


@pytest.mark.parametrize(
    ("model", "others", "expected"),
    [
        (THINKING, [SMALL, OLDER, INSTRUCT], INSTRUCT),
        (THINKING, [OLDER, SMALL], SMALL),
        (THINKING, [OLDER], OLDER),
        (file("LFM2.5-2.6B"), [SMALL, INSTRUCT], INSTRUCT),
        (file("LFM2.5-8B-A1B"), [THINKING, SMALL], SMALL),
        (THINKING, [THINKING, file("LFM2.5-8B-A1B")], None),
        (THINKING, [file("LFM2.5-1.2B-Instruct", problem="The file is broken.")], None),
        (THINKING, [file("LFM2.5-1.2B-Base"), file("LFM2-1.2B-Extract"), file("LFM2.5-VL-450M")], None),
        (INSTRUCT, [SMALL], None),
        (ModelFile(Path("/models/stranger.gguf"), "Stranger", 1), [INSTRUCT], None),
    ],
)
def test_the_sibling_is_a_chat_model_that_does_not_think(
    catalog: Catalog, model: ModelFile, others: list[ModelFile], expected: ModelFile | None
) -> None:
    assert non_thinking_alternative(model, others, catalog) == expected
