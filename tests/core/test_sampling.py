"""Sampling values and their ranges."""

from dataclasses import fields

import pytest

from app.core.sampling import FIELD_NAMES, LIMITS, RANDOM_SEED, Sampling


def test_the_defaults_are_the_ones_llama_cpp_starts_with_and_nothing_else_acts():
    sampling = Sampling()
    assert (sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p) == (0.8, 40, 0.95, 0.05)
    neutral = ("typical_p", "repeat_penalty")
    assert all(getattr(sampling, name) == 1.0 for name in neutral)
    off = ("presence_penalty", "frequency_penalty", "dry_multiplier", "xtc_probability", "max_tokens")
    assert all(getattr(sampling, name) == 0 for name in off)
    assert sampling.seed == RANDOM_SEED
    assert sampling.stop == ()


def test_every_number_has_a_range_a_name_and_an_explanation():
    assert set(LIMITS) == {field.name for field in fields(Sampling)} - {"stop"}
    assert set(FIELD_NAMES) == {*LIMITS, "stop"}
    for limit in LIMITS.values():
        assert limit.low < limit.high
        assert 0 < limit.step <= limit.high - limit.low
        assert limit.label[0].isupper()
        assert limit.explanation.endswith(".")


@pytest.mark.parametrize("name", LIMITS)
def test_the_ends_of_a_range_are_allowed_and_what_lies_beyond_is_not(name):
    limit = LIMITS[name]
    for value in (limit.low, limit.high):
        assert getattr(Sampling().with_values(**{name: value}), name) == value
    for value in (limit.low - limit.step, limit.high + limit.step, float("nan")):
        with pytest.raises(ValueError, match=limit.label):
            Sampling().with_values(**{name: value})


def test_a_refusal_says_which_value_and_what_its_range_is():
    with pytest.raises(ValueError, match=r"^Temperature must be between 0 and 5, not 9\.$"):
        Sampling(temperature=9)


def test_a_changed_copy_leaves_the_original_alone():
    sampling = Sampling()
    changed = sampling.with_values(temperature=0.1, stop=("END",))
    assert (changed.temperature, changed.stop, changed.top_k) == (0.1, ("END",), 40)
    assert sampling == Sampling()
    assert not changed.problems()
