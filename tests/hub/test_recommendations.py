"""Which models the first page offers."""

from __future__ import annotations

import gettext

import pytest

from app.core import translation
from app.hub.catalog import Catalog
from app.hub.recommendations import recommend
from app.hub.verdict import Capacity
from app.paths import resources


@pytest.mark.parametrize(("code", "first"), [("ja", "LFM2.5-1.2B-JP-202606"), ("de", "LFM2.5-1.2B-Instruct")])
def test_a_model_that_is_made_for_the_user_s_language_is_offered_first(code: str, first: str) -> None:
    translation.use(code, gettext.NullTranslations())
    try:
        offered = recommend(Catalog.load(resources() / "catalog.toml"), Capacity(8_000_000_000))
    finally:
        translation.use(translation.ENGLISH, gettext.NullTranslations())
    assert offered[0].model.id == first
    assert {one.model.id for one in offered} == {
        "LFM2.5-1.2B-JP-202606",
        "LFM2.5-1.2B-Instruct",
        "LFM2.5-1.2B-Thinking",
    }
