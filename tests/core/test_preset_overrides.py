"""What a conversation does differently from its preset."""

from dataclasses import replace

import pytest

from app.core.conversation import Conversation
from app.core.preset import Preset
from app.core.preset_overrides import (
    OVERRIDABLE,
    overrides_between,
    overrides_of,
    preset_in,
    preset_with_overrides,
    with_overrides,
)
from app.core.sampling import Sampling, figure

BASE = Preset("Careful", Sampling(temperature=0.2, top_k=7), "You are brief.")


def test_the_changes_are_the_values_that_differ():
    changed = Preset("Careful", Sampling(temperature=0.9, top_k=7, stop=("\n",)), "")
    assert overrides_between(BASE, changed) == (
        ("system_prompt", ""),
        ("temperature", 0.9),
        ("stop", ("\n",)),
    )
    assert overrides_between(BASE, BASE) == ()
    assert preset_with_overrides(BASE, overrides_between(BASE, changed)) == changed


def test_context_thoughts_and_the_graphics_card_are_overridden_but_not_what_suits_a_computer():
    other = replace(BASE, context_length=4096, gpu_layers=8, thinking_limit=300)
    overrides = (("thinking_limit", 300), ("context_length", 4096), ("gpu_layers", 8))
    assert overrides_between(BASE, replace(other, thread_count=2, kv_cache_type="q8_0")) == overrides
    assert preset_with_overrides(BASE, overrides) == other


@pytest.mark.parametrize(
    ("name", "value"),
    [("context_length", -1), ("context_length", 4096.5), ("gpu_layers", 10**6), ("thinking_limit", True)],
)
def test_numbers_out_of_their_range_are_passed_over(name, value):
    assert preset_with_overrides(BASE, ((name, value),)) == BASE


def test_values_that_were_left_alone_follow_the_preset():
    conversation = with_overrides(Conversation(), (("temperature", 0.9),))
    other = Preset("Other", Sampling(temperature=0.5, top_k=90))
    assert preset_in(conversation, other).sampling == Sampling(temperature=0.9, top_k=90)


@pytest.mark.parametrize("prompt", ["", "Answer in rhymes."])
def test_a_conversation_may_have_another_system_prompt_or_none(prompt):
    conversation = with_overrides(Conversation(), (("system_prompt", prompt),))
    assert conversation.system_prompt == prompt
    assert preset_in(conversation, BASE).system_prompt == prompt
    assert overrides_of(conversation) == (("system_prompt", prompt),)


def test_the_system_prompt_of_an_imported_conversation_counts_as_a_change():
    imported = Conversation(system_prompt="Ahoy.")
    assert overrides_of(imported) == (("system_prompt", "Ahoy."),)
    assert preset_in(imported, BASE).system_prompt == "Ahoy."


def test_taking_every_change_back_leaves_nothing():
    conversation = with_overrides(Conversation(), (("system_prompt", "x"), ("temperature", 0.9)))
    assert with_overrides(conversation, ()) == replace(conversation, system_prompt="", overrides=())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 90.0),
        ("temperature", "hot"),
        ("temperature", True),
        ("top_k", 1.5),
        ("stop", ("",)),
        ("stop", "x"),
        ("from_the_future", 1),
    ],
)
def test_a_change_that_cannot_be_used_is_passed_over(name, value):
    assert preset_with_overrides(BASE, ((name, value), ("min_p", 0.5))) == Preset(
        "Careful", Sampling(temperature=0.2, top_k=7, min_p=0.5), "You are brief."
    )


def test_every_value_of_sampling_can_be_changed():
    assert set(OVERRIDABLE) > {"system_prompt", *Sampling.__dataclass_fields__}


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (0.05, "0.05"), (4294967295, "4,294,967,295"), (-2, "-2"), (0.1 + 0.2, "0.3")],
)
def test_figures_are_written_for_people(value, text):
    assert figure(value) == text
