"""The catalog that ships with the program, as the picker and the empty screen use it."""

import gettext
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields

import pytest

from app.core import translation
from app.core.sampling import Sampling
from app.hub.catalog import Catalog, CatalogFile, CatalogModel, ModelKind, ModelLifecycle, Thinking
from app.paths import resources


@pytest.fixture(scope="module")
def catalog():
    return Catalog.load(resources() / "catalog.toml")


def test_every_model_says_what_it_is(catalog):
    assert len(catalog.models) >= 29
    assert len({model.id for model in catalog.models}) == len(catalog.models)
    for model in catalog.models:
        assert re.fullmatch(r"[\w-]+/[\w.-]+", model.repository), model.id
        assert model.description.endswith("."), model.id
        assert 1 <= len(re.findall(r"\.( |$)", model.description)) <= 3, model.id
        assert "!" not in model.description, model.id
        assert model.licence, model.id
        assert model.file_pattern.count("{quant}") == 1, model.id
        assert model.context_length is None or model.context_length >= 8192, model.id


def test_every_name_in_the_file_is_read():
    entries = tomllib.loads((resources() / "catalog.toml").read_text(encoding="utf-8"))["model"]
    for entry in entries:
        assert set(entry) <= {field.name for field in fields(CatalogModel)}, entry["id"]
        assert set(entry.get("sampling", ())) <= {field.name for field in fields(Sampling)}, entry["id"]
        for file in (*entry.get("files", ()), *entry.get("extra_files", ())):
            assert set(file) <= {field.name for field in fields(CatalogFile)}, entry["id"]


def test_a_model_that_chats_has_four_things_to_try(catalog):
    for model in catalog.models:
        expected = 4 if model.kind in (ModelKind.CHAT, ModelKind.VISION) else 0
        assert len(set(model.suggestions)) == expected, model.id
        assert all(0 < len(text) <= 140 for text in model.suggestions), model.id


def test_japanese_models_are_tried_in_japanese(catalog):
    japanese = [
        model for model in catalog.models if model.kind == ModelKind.CHAT and model.languages[0] == "ja"
    ]
    assert [model.id for model in japanese] == ["LFM2.5-1.2B-JP-202606", "LFM2.5-1.2B-JP"]
    for model in japanese:
        assert all(re.search(r"[\u3040-\u30ff]", text) for text in model.suggestions)


def test_sizes_and_hashes_have_the_form_that_a_download_compares(catalog):
    files = [file for model in catalog.models for file in (*model.files, *model.extra_files)]
    assert sum(file.sha256 is not None for file in files) >= 15
    for file in files:
        assert file.name.casefold().endswith(".gguf")
        assert file.sha256 is None or re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.size_bytes is None or file.size_bytes > 50_000_000


def test_recommended_values_are_taken_as_they_stand_and_all_others_are_off(catalog):
    instruct = catalog.get("LFM2.5-1.2B-Instruct")
    assert instruct.sampling == Sampling(temperature=0.1, top_k=50, top_p=0.1, min_p=0.0, repeat_penalty=1.05)
    first_japanese = catalog.get("LFM2.5-1.2B-JP")
    assert first_japanese.sampling == Sampling(
        temperature=0.3, top_k=0, top_p=1.0, min_p=0.15, repeat_penalty=1.05
    )
    starter = catalog.get("SmolLM2-135M-Instruct")
    assert starter.sampling == Sampling(temperature=0.2, top_k=0, top_p=0.9, min_p=0.0)
    assert catalog.get("LFM2.5-24B-A2B").sampling is None


def test_builtin_presets_are_named_like_their_model_and_say_their_source(catalog):
    presets = {preset.name: preset for preset in catalog.presets()}
    assert "huggingface.co/LiquidAI/LFM2.5-350M" in presets["LFM2.5-350M"].source
    assert all(preset.is_builtin and preset.source for preset in presets.values())
    assert set(presets) <= {model.id for model in catalog.models}
    assert presets["LFM2-350M-ENJP-MT"].system_prompt == "Translate to Japanese."
    assert "LFM2.5-24B-A2B" not in presets


def test_what_does_not_run_here_says_what_it_needs(catalog):
    assert catalog.get("LFM3-1.7B").needs == "llama.cpp b11960 or newer"
    assert not catalog.get("LFM3-1.7B").runs_here
    assert catalog.get("LFM2.5-8B-A1B").runs_here
    for model in catalog.models:
        assert model.runs_here == (model.architecture != "lfm3"), model.id


def test_facts_that_decide_how_a_model_is_used(catalog):
    assert catalog.get("LFM2.5-2.6B").thinking == Thinking.PREFILLED
    assert catalog.get("LFM2.5-1.2B-Thinking").thinking == Thinking.ALWAYS
    assert catalog.get("LFM2.5-1.2B-Instruct").thinking == Thinking.NONE
    assert catalog.get("LFM2.5-1.2B-JP").status == ModelLifecycle.SUPERSEDED
    assert catalog.get("LFM2.5-1.2B-Instruct").context_length == 32768
    assert catalog.get("SmolLM2-135M-Instruct").context_length == 8192
    assert catalog.get("nobody") is None


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("LFM2.5-1.2B-Instruct-Q4_K_M.gguf", "LFM2.5-1.2B-Instruct"),
        ("lfm2.5-1.2b-instruct-q4_k_m.GGUF", "LFM2.5-1.2B-Instruct"),
        ("LFM2.5-1.2B-Instruct-QAD-Q4_0.gguf", "LFM2.5-1.2B-Instruct"),
        ("LFM2.5-1.2B-Instruct.Q8_0.gguf", "LFM2.5-1.2B-Instruct"),
        ("LiquidAI_LFM2.5-1.2B-Instruct-IQ3_XXS.gguf", "LFM2.5-1.2B-Instruct"),
        ("LFM2.5-1.2B-Instruct-UD-Q4_K_XL.gguf", "LFM2.5-1.2B-Instruct"),
        ("LFM2.5-1.2B-Instruct-BF16-00001-of-00002.gguf", "LFM2.5-1.2B-Instruct"),
        ("LFM2.5-1.2B-Instruct-F16", "LFM2.5-1.2B-Instruct"),
        ("LFM2.5 1.2B Instruct", "LFM2.5-1.2B-Instruct"),
        ("LFM2.5-1.2B-JP-202606-Q4_K_M.gguf", "LFM2.5-1.2B-JP-202606"),
        ("LFM2.5-1.2B-JP-Q4_K_M.gguf", "LFM2.5-1.2B-JP"),
        ("LFM2.5-8B-A1B-MXFP4_MOE.gguf", "LFM2.5-8B-A1B"),
        ("LFM2-1.2B-Extract-Q4_K_M.gguf", "LFM2-1.2B-Extract"),
        ("LFM2-1.2B-Q4_K_M.gguf", "LFM2-1.2B"),
        ("LFM2.5-VL-450M-Q4_0.gguf", "LFM2.5-VL-450M"),
        ("SmolLM2-135M-Instruct.Q4_1.gguf", "SmolLM2-135M-Instruct"),
        ("LFM2-1.2B-Math-Q4_K_M.gguf", None),
        ("LFM2.5-1.2B-Instruct-abliterated-Q4_0.gguf", None),
        ("mmproj-LFM2.5-VL-450m-Q8_0.gguf", None),
        ("LFM2.5.gguf", None),
        ("LFM25-350M.gguf", None),
        ("", None),
        (".gguf", None),
    ],
)
def test_a_file_is_matched_to_its_model(catalog, name, model_id):
    found = catalog.match(name)
    assert (found.id if found else None) == model_id


def test_every_file_that_the_catalog_names_belongs_to_its_model(catalog):
    for model in catalog.models:
        for file in model.files:
            assert catalog.match(file.name) == model
        for quantisation in model.quantisations:
            assert catalog.match(model.file_pattern.format(quant=quantisation)) == model
        assert catalog.match(model.title) == model


class Japanese(gettext.NullTranslations):
    """A catalog that has every sentence."""

    def gettext(self, message: str) -> str:
        return f"日本語 {message}"


@pytest.fixture
def japanese() -> Iterator[None]:
    translation.use("ja", Japanese())
    yield
    translation.use(translation.ENGLISH, gettext.NullTranslations())


@pytest.mark.usefixtures("japanese")
def test_things_to_try_are_in_the_user_s_language_where_the_model_writes_it() -> None:
    known = Catalog.load(resources() / "catalog.toml")
    instruct, starter = known.get("LFM2.5-1.2B-Instruct"), known.get("SmolLM2-135M-Instruct")
    assert instruct is not None
    assert starter is not None
    assert all(text.startswith("日本語 ") for text in instruct.suggestions)
    assert not any(text.startswith("日本語 ") for text in starter.suggestions)
    assert starter.description.startswith("日本語 ")
    assert instruct.source == "日本語 Recommended by Liquid AI: huggingface.co/LiquidAI/LFM2.5-1.2B-Instruct"
