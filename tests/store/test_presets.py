"""Presets the way a person uses them: made, changed, bound to models, carried to another computer."""

import logging
import tomllib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import ImportFormatError, SettingsError
from app.core.preset import Preset
from app.core.sampling import LIMITS, Sampling, figure
from app.files.toml_file import read_toml
from app.store.presets import PresetStore

CARD = Preset("LFM2.5-350M", Sampling(temperature=0.1, top_k=50), source="The card")
JAPANESE = Preset("LFM2.5-1.2B-JP", Sampling(temperature=0.3), source="The card")
BUILTINS = (CARD, JAPANESE)
FULL = Preset(
    "Careful",
    Sampling(temperature=0.2, top_k=7, top_p=0.5, seed=99, max_tokens=512, stop=("\n\n", "</s>")),
    'You are brief.\nAnd "kind". 日本語',
    context_length=8192,
    thread_count=3,
    kv_cache_type="q8_0",
    thinking_limit=2048,
    tools=("calculator", "web_page"),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config" / "presets.toml"


@pytest.fixture
def store(path):
    return PresetStore(path, BUILTINS)


def names(store):
    return [preset.name for preset in store.presets()]


def reopened(path):
    return PresetStore(path, BUILTINS)


def test_at_first_there_are_the_default_and_the_ones_from_the_cards(store, path):
    assert names(store) == ["Default", "LFM2.5-350M", "LFM2.5-1.2B-JP"]
    assert store.get("Default") == Preset("Default", is_builtin=True)
    assert store.get("lfm2.5-350m") == replace(CARD, is_builtin=True)
    assert not path.exists()


def test_a_preset_is_there_at_the_next_start_with_every_value(store, path):
    store.create(FULL)
    assert reopened(path).get("Careful") == FULL
    assert names(reopened(path)) == ["Default", "Careful", "LFM2.5-350M", "LFM2.5-1.2B-JP"]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
presets = st.builds(
    Preset,
    name=st.from_regex(r"\A[a-z][a-z ]{0,8}[a-z]\Z").map(lambda name: "x" + " ".join(name.split())),
    sampling=st.builds(
        Sampling,
        **{
            name: st.integers(int(limit.low), int(limit.high))
            if isinstance(getattr(Sampling(), name), int)
            else st.floats(limit.low, limit.high)
            for name, limit in LIMITS.items()
        },
        stop=st.lists(texts.filter(bool), max_size=3).map(tuple),
    ),
    system_prompt=texts,
    context_length=st.integers(0, 1_048_576),
    kv_cache_type=st.sampled_from(["f16", "q8_0", "q4_0"]),
    flash_attention=st.sampled_from(["auto", "on", "off"]),
    thinking_limit=st.integers(0, 131_072),
    tools=st.none() | st.lists(texts.filter(bool), max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(presets)
def test_any_preset_survives_export_and_import(tmp_path, preset):
    path = tmp_path / "presets.toml"
    path.unlink(missing_ok=True)
    store = PresetStore(path)
    store.create(preset)
    text = store.export_text(preset.name)
    store.delete(preset.name)
    assert store.import_text(text) == preset
    assert PresetStore(path).get(preset.name) == preset


def test_saving_changes_the_values(store, path):
    store.create(FULL)
    changed = store.save(replace(FULL, system_prompt="Other"))
    assert changed.system_prompt == "Other"
    assert reopened(path).get("Careful") == changed
    with pytest.raises(SettingsError, match="no preset called Nobody"):
        store.save(Preset("Nobody"))


def test_a_builtin_preset_can_be_changed_and_reset(store, path):
    changed = store.save(replace(CARD, sampling=Sampling(temperature=1.5)))
    assert changed.is_builtin
    again = reopened(path)
    assert again.is_changed("LFM2.5-350M")
    assert again.get("LFM2.5-350M") == changed
    assert names(again) == names(PresetStore(path.with_name("other.toml"), BUILTINS))
    assert again.reset("LFM2.5-350M") == replace(CARD, is_builtin=True)
    assert not reopened(path).is_changed("LFM2.5-350M")
    assert reopened(path).get("LFM2.5-350M") == replace(CARD, is_builtin=True)


def test_resetting_ones_own_preset_gives_neutral_values(store, path):
    store.create(FULL)
    assert store.reset("Careful") == Preset("Careful")
    assert reopened(path).get("Careful") == Preset("Careful")


def test_a_copy_is_ones_own_and_has_a_name_of_its_own(store):
    assert store.duplicate("LFM2.5-350M") == Preset("LFM2.5-350M copy", CARD.sampling)
    assert store.duplicate("LFM2.5-350M").name == "LFM2.5-350M copy 2"
    assert store.duplicate("LFM2.5-350M copy").name == "LFM2.5-350M copy copy"


def test_renaming_and_deleting(store, path):
    store.create(FULL)
    store.bind("some model", "Careful")
    assert store.rename("careful", "  Very   careful ").name == "Very careful"
    assert names(reopened(path))[1] == "Very careful"
    assert reopened(path).preset_for("some model").name == "Very careful"
    assert store.rename("Very careful", "VERY careful").name == "VERY careful"
    store.delete("very CAREFUL")
    assert names(reopened(path)) == ["Default", "LFM2.5-350M", "LFM2.5-1.2B-JP"]
    assert reopened(path).bound_to("some model") is None
    assert reopened(path).preset_for("some model").name == "Default"


@pytest.mark.parametrize("verb", ["renamed", "deleted"])
def test_what_came_with_the_program_cannot_be_renamed_or_deleted(store, verb):
    act = store.delete if verb == "deleted" else lambda name: store.rename(name, "Mine")
    with pytest.raises(SettingsError, match=f"Default comes with Tarn and cannot be {verb}") as caught:
        act("default")
    assert "Duplicate it" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "needs a name"),
        (" \n ", "needs a name"),
        ("x" * 81, "at most 80"),
        ("dEFAULT", "already a preset called dEFAULT"),
        ("careful", "already a preset called careful"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(store, name, words):
    store.create(FULL)
    with pytest.raises(SettingsError, match=words):
        store.create(Preset(name))
    store.create(Preset("Other"))
    with pytest.raises(SettingsError, match=words):
        store.rename("Other", name)
    assert store.get("Other") == Preset("Other")


def test_a_model_uses_what_is_bound_else_its_cards_values_else_the_default(store, path):
    assert store.preset_for("LFM2.5-350M").name == "LFM2.5-350M"
    assert store.preset_for("unknown.gguf").name == "Default"
    store.create(FULL)
    assert store.preset_for("Careful").name == "Default"  # A model that is called like one's own preset.
    store.bind("LFM2.5-350M", "careful")
    again = reopened(path)
    assert again.preset_for("LFM2.5-350M") == FULL
    assert again.bound_to("LFM2.5-350M") == "Careful"
    again.unbind("LFM2.5-350M")
    assert reopened(path).preset_for("LFM2.5-350M").name == "LFM2.5-350M"
    with pytest.raises(SettingsError):
        store.bind("LFM2.5-350M", "Nobody")


def test_an_export_is_one_preset_that_people_can_read(store):
    store.create(FULL)
    (values,) = tomllib.loads(store.export_text("Careful"))["preset"]
    assert values["name"] == "Careful"
    assert values["sampling"]["stop"] == ["\n\n", "</s>"]
    assert values["thinking_limit"] == 2048
    assert values["tools"] == ["calculator", "web_page"]
    assert "temperature = 0.2" in store.export_text("Careful")


def test_without_a_choice_of_tools_the_file_says_nothing_of_them(store, path):
    store.create(replace(FULL, tools=None))
    store.create(replace(FULL, name="None", tools=()))
    assert "tools" not in store.export_text("Careful")
    assert (reopened(path).get("Careful").tools, reopened(path).get("None").tools) == (None, ())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("thinking_limit = -1", "Thinking limit must be between 0 and 131,072, not -1."),
        ("thinking_limit = 131073", "Thinking limit must be between 0 and 131,072, not 131,073."),
        ("thinking_limit = 1.5", "Thinking limit must be a whole number between 0 and 131,072, not 1.5."),
        ("tools = 'calculator'", "Tools must be a list of texts that are not empty."),
        ("tools = ['']", "Tools must be a list of texts that are not empty."),
    ],
)
def test_a_wrong_limit_or_choice_of_tools_is_refused_in_words(store, line, words):
    with pytest.raises(ImportFormatError) as caught:
        store.import_text(f'[[preset]]\nname = "X"\n{line}')
    assert str(caught.value) == words


def test_an_import_under_a_taken_name_gets_a_number(store, path):
    store.create(FULL)
    assert store.import_text(store.export_text("Careful")) == replace(FULL, name="Careful 2")
    imported = store.import_text(store.export_text("Default"))
    assert (imported.name, imported.is_builtin) == ("Default 2", False)
    assert reopened(path).get("Careful 2") is not None


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_value_out_of_its_range_is_refused_with_the_range(store, name, side):
    limit = LIMITS[name]
    value = limit.low - 1 if side == "low" else limit.high + 1
    with pytest.raises(ImportFormatError) as caught:
        store.import_text(f'[[preset]]\nname = "X"\n[preset.sampling]\n{name} = {value}')
    low, high, given = figure(limit.low), figure(limit.high), figure(value)
    assert str(caught.value) == f"{limit.label} must be between {low} and {high}, not {given}."
    assert store.get("X") is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("temperature = 'hot'", "Temperature must be a number between 0 and 5"),
        ("temperature = true", "Temperature must be a number between 0 and 5"),
        ("temperature = nan", "Temperature must be between 0 and 5"),
        ("temperature = inf", "Temperature must be between 0 and 5"),
        ("top_k = 1.5", "Top-k must be a whole number between 0 and 1,000, not 1.5"),
        ("stop = 'x'", "Stop strings must be a list"),
        ("stop = ['']", "Stop strings must be a list of texts that are not empty"),
    ],
)
def test_a_wrong_value_is_refused_in_words(store, line, words):
    with pytest.raises(ImportFormatError, match=words):
        store.import_text(f'[[preset]]\nname = "X"\n[preset.sampling]\n{line}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[preset]\nname = 'a'",
        "preset = 3",
        "preset = []",
        "preset = [1]",
        "[[preset]]\nname = 3",
    ],
)
def test_a_text_that_is_no_preset_is_refused(store, text):
    with pytest.raises(ImportFormatError) as caught:
        store.import_text(text)
    assert caught.value.hint


def test_a_wrong_value_in_the_file_costs_only_itself(path, caplog):
    path.parent.mkdir()
    path.write_text(
        """
        [[preset]]
        name = "Mine"
        system_prompt = "Stay"
        colour = "blue"
        kv_cache_type = "q1"
        flash_attention = "yes"
        [preset.sampling]
        temperature = 90
        top_k = 3
        mirostat = 2
        [[preset]]
        name = "Fine"
        [models]
        a = "Mine"
        b = "Nobody"
        """
    )
    with caplog.at_level(logging.WARNING):
        store = reopened(path)
    assert store.get("Mine") == Preset("Mine", Sampling(top_k=3), "Stay")
    assert store.get("Fine") == Preset("Fine")
    assert (store.bound_to("a"), store.bound_to("b")) == ("Mine", None)
    assert sorted(store.notices) == [
        "presets.toml: Flash attention must be one of auto, on, off. The default is used instead.",
        "presets.toml: Temperature must be between 0 and 5, not 90. The default is used instead.",
        "presets.toml: The KV cache type must be one of f16, q8_0, q4_0. The default is used instead.",
    ]
    assert "colour" in caplog.text
    assert "mirostat" in caplog.text


@pytest.mark.parametrize("content", ["preset = 3", "models = 3", "preset = [1]", "[[preset]]\nsampling = 1"])
def test_a_file_of_another_shape_does_no_harm(path, content):
    path.parent.mkdir()
    path.write_text(content)
    store = reopened(path)
    assert names(store) == ["Default", "LFM2.5-350M", "LFM2.5-1.2B-JP"]


def test_a_broken_file_is_set_aside_and_said(path):
    path.parent.mkdir()
    path.write_text("[[preset]\n")
    store = reopened(path)
    assert "presets.toml.broken-1" in store.notices[0]
    store.create(FULL)
    assert path.with_name("presets.toml.broken-1").read_text() == "[[preset]\n"


def test_what_could_not_be_saved_is_not_shown_as_if_it_were(store, path):
    path.parent.mkdir()
    (path.parent / "x").write_text("")
    blocked = PresetStore(path.parent / "x" / "presets.toml", BUILTINS)
    with pytest.raises(SettingsError):
        blocked.create(FULL)
    assert blocked.get("Careful") is None


def test_the_file_is_written_whole(store, path):
    store.create(FULL)
    values, _notice = read_toml(path)
    assert values["preset"][0]["sampling"]["temperature"] == 0.2
    assert [file.name for file in path.parent.iterdir()] == ["presets.toml"]


def test_a_deleted_preset_can_be_brought_back_with_its_models(store, path):
    store.create(FULL)
    store.bind("one", "Careful")
    store.bind("other", "Default")
    models = store.models_of("careful")
    store.delete("Careful")
    assert store.models_of("Careful") == []
    store.restore(FULL, models)
    assert reopened(path).get("Careful") == FULL
    assert reopened(path).preset_for("one") == FULL
    assert reopened(path).preset_for("other").name == "Default"


def test_a_preset_whose_name_was_taken_meanwhile_is_not_brought_back_over_the_other(store):
    store.create(FULL)
    store.delete("Careful")
    store.create(Preset("careful", Sampling(temperature=2)))
    with pytest.raises(SettingsError, match="already a preset called Careful"):
        store.restore(FULL, [])
    assert store.get("Careful").sampling.temperature == 2


def test_what_a_preset_came_as_can_be_asked_for(store):
    store.save(replace(CARD, sampling=Sampling(temperature=1.5)))
    assert store.original("lfm2.5-350M") == replace(CARD, is_builtin=True)
    assert store.original("Careful") is None


def test_the_recommended_preset_is_told_whatever_is_bound(store):
    store.create(FULL)
    store.bind("LFM2.5-350M", "Careful")
    assert store.recommended_for("LFM2.5-350M").name == "LFM2.5-350M"
    assert store.recommended_for("another.gguf").name == "Default"


def test_a_preset_goes_to_another_computer_in_a_file(store, path, tmp_path):
    store.create(FULL)
    file = tmp_path / "careful.toml"
    store.export_file("Careful", file)
    elsewhere = PresetStore(tmp_path / "elsewhere.toml")
    assert elsewhere.import_file(file) == FULL


def test_files_that_cannot_be_written_or_read_are_told_in_words(store, tmp_path):
    store.create(FULL)
    with pytest.raises(SettingsError, match=r"could not be written to x\.toml: No such file"):
        store.export_file("Careful", tmp_path / "missing" / "x.toml")
    with pytest.raises(ImportFormatError, match=r"missing\.toml could not be read"):
        store.import_file(tmp_path / "missing.toml")
    with pytest.raises(ImportFormatError, match="could not be read"):
        store.import_file(tmp_path)
    (tmp_path / "large.toml").write_bytes(b"#" * 4_000_001)
    with pytest.raises(ImportFormatError, match=r"large\.toml is too large for a preset"):
        store.import_file(tmp_path / "large.toml")
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    with pytest.raises(ImportFormatError, match="does not hold a preset"):
        store.import_file(tmp_path / "binary.toml")


BY_HAND = """
made_by = "a script"

[[preset]]
name = "Mine"
future_value = 3
context_length = "long"

[preset.sampling]
temperature = 99
top_k = 7
mirostat = 2

[[preset]]
name = "mine"
system_prompt = "the other one"

[[preset]]
system_prompt = "nameless"

[future]
depth = 3

[models]
"a.gguf" = "Mine"
"b.gguf" = "Nobody"
"c.gguf" = 3
"""


def test_what_was_written_by_hand_survives_the_next_save(path):
    path.parent.mkdir(exist_ok=True)
    path.write_text(BY_HAND)
    store = reopened(path)
    assert len(store.notices) == 4, store.notices
    assert "presets.toml: Two presets have the same name; one is now called mine 2." in store.notices
    assert store.get("mine 2").system_prompt == "the other one"
    store.create(FULL)
    store.save(replace(store.get("Mine"), system_prompt="changed"))
    store.rename("Mine", "Renamed")
    values, _ = read_toml(path)
    assert (values["made_by"], values["future"]) == ("a script", {"depth": 3})
    renamed = next(it for it in values["preset"] if it.get("name") == "Renamed")
    assert (renamed["future_value"], renamed["context_length"]) == (3, "long")
    assert renamed["system_prompt"] == "changed"
    assert {**renamed["sampling"], "top_k": 7, "temperature": 99, "mirostat": 2} == renamed["sampling"]
    assert {"system_prompt": "nameless"} in values["preset"]
    assert values["models"] == {"a.gguf": "Renamed", "b.gguf": "Nobody", "c.gguf": 3}
    again = reopened(path)
    assert again.get("mine 2").system_prompt == "the other one"
    assert again.get("Careful") == FULL


def test_a_value_that_is_set_takes_the_place_of_one_that_could_not_be_used(path):
    path.parent.mkdir(exist_ok=True)
    path.write_text(BY_HAND)
    store = reopened(path)
    store.save(replace(store.get("Mine"), sampling=Sampling(temperature=0.5, top_k=7)))
    assert reopened(path).get("Mine").sampling == Sampling(temperature=0.5, top_k=7)
    assert not any("Temperature" in notice for notice in reopened(path).notices)


@pytest.mark.parametrize("content", ["preset = 3", 'models = "none"', "[preset]\nname = 1"])
def test_a_file_of_another_shape_is_said_and_nothing_of_it_is_lost(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    store = reopened(path)
    assert len(store.notices) == 1
    store.create(FULL)
    assert content.split("\n")[-1].split(" = ")[1] in path.read_text()
    assert reopened(path).get("Careful") == FULL
