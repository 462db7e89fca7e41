"""Every sampling value does what its name says, on a real model's probabilities."""

import pytest

from app.core.sampling import Sampling
from tests.support.asking import ask, user

QUESTION = "Tell me about lakes."
NEUTRAL = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, seed=7, max_tokens=16)


def reply(engine, **values):
    return ask(engine, QUESTION, NEUTRAL.with_values(**values)).text


def test_the_same_seed_repeats_an_answer(starter):
    assert reply(starter) == reply(starter)


def test_another_seed_gives_another_answer(starter):
    assert len({reply(starter, seed=seed) for seed in (1, 2, 3)}) == 3


def test_the_seed_that_was_drawn_is_told_and_repeats_the_answer(starter):
    drawn = ask(starter, QUESTION, NEUTRAL.with_values(seed=-1))
    assert reply(starter, seed=drawn.statistics.seed) == drawn.text
    assert ask(starter, QUESTION, NEUTRAL.with_values(seed=-1)).statistics.seed != drawn.statistics.seed


def test_the_largest_seed_is_a_seed_like_any_other(starter):
    """To llama.cpp it would mean: take any."""
    assert reply(starter, seed=4294967295) == reply(starter, seed=4294967295)


@pytest.mark.parametrize(
    "only_the_likeliest",
    [{"top_k": 1}, {"top_p": 0.0}, {"min_p": 1.0}, {"temperature": 0.0001}],
    ids=lambda values: next(iter(values)),
)
def test_the_narrowest_choice_is_the_likeliest_token(starter, only_the_likeliest):
    assert reply(starter, **only_the_likeliest) == reply(starter, temperature=0)
    assert reply(starter) != reply(starter, temperature=0)


@pytest.mark.parametrize(
    "changed",
    [
        {"typical_p": 0.05},
        {"xtc_probability": 1.0, "xtc_threshold": 0.01},
        {"presence_penalty": 2.0},
        {"frequency_penalty": 2.0},
        {"repeat_penalty": 2.0},
        {"temperature": 3.0},
    ],
    ids=lambda values: next(iter(values)),
)
def test_each_value_changes_the_answer(starter, changed):
    assert reply(starter, **changed) != reply(starter)


def repetitions(engine, **values):
    """How often the starter model writes "Hello", greedily and within 16 tokens, when it is told to."""
    question = "Say hello hello hello hello Hello Hello Hello Hello Hello Hello"
    return ask(engine, question, Sampling(temperature=0, max_tokens=16, **values)).text.count("Hello")


def test_without_penalties_the_model_repeats_itself(starter):
    assert repetitions(starter) >= 4


@pytest.mark.parametrize(
    "penalty",
    [
        {"repeat_penalty": 2.0},
        {"presence_penalty": 2.0, "penalty_window": -1},
        {"frequency_penalty": 2.0},
        {"dry_multiplier": 5.0, "dry_allowed_length": 1},
    ],
    ids=lambda values: next(iter(values)),
)
def test_penalties_break_a_repetition(starter, penalty):
    assert repetitions(starter, **penalty) < 4


def test_penalties_count_what_stands_in_the_prompt(starter):
    """The very first word is another one: nothing but the prompt was written before it."""
    question = [user("Repeat this: I'm sorry I I I I I I I I")]
    plain = ask(starter, question, Sampling(temperature=0, max_tokens=6))
    penalised = Sampling(temperature=0, max_tokens=6, frequency_penalty=2.0, penalty_window=-1)
    assert plain.text == "I'm sorry I'm sorry"
    assert not ask(starter, question, penalised).text.startswith(plain.text)


@pytest.mark.parametrize(
    "penalty", [{"frequency_penalty": 2.0, "penalty_window": 0}, {"dry_multiplier": 5.0, "dry_window": 0}]
)
def test_penalties_look_no_further_than_their_window(starter, penalty):
    assert repetitions(starter, **penalty) == repetitions(starter)


def test_dry_breaks_a_loop_of_whole_sentences(tiny):
    looping = "Wait, let me check that once more. " * 5
    assert ask(tiny, "Go into a loop.", Sampling(temperature=0, max_tokens=90)).text.startswith(looping)
    broken = Sampling(temperature=0, max_tokens=90, dry_multiplier=5.0)
    assert not ask(tiny, "Go into a loop.", broken).text.startswith(looping)
