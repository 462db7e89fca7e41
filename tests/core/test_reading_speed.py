"""How fast a model reads is learned from its answers."""

import pytest

from app.core.generation import Statistics
from app.core.reading_speed import ReadingSpeed


def answer(read: int, prompt_ms: float) -> Statistics:
    return Statistics(prompt_tokens=read + 1000, cached_tokens=1000, prompt_ms=prompt_ms)


def test_before_the_first_answer_nothing_is_known():
    assert ReadingSpeed().seconds("model", 100) is None


def test_what_an_answer_showed_is_expected_of_the_next_one():
    speed = ReadingSpeed()
    speed.note("model", answer(500, 5000))
    assert speed.seconds("model", 300) == pytest.approx(3.0)
    assert speed.seconds("another", 300) is None


def test_newer_answers_count_without_the_older_ones_being_forgotten():
    speed = ReadingSpeed()
    speed.note("model", answer(500, 5000))
    for _ in range(20):
        speed.note("model", answer(500, 2500))
    assert speed.seconds("model", 200) == pytest.approx(1.0, rel=0.01)


def test_a_short_reading_and_one_without_a_time_tell_nothing():
    speed = ReadingSpeed()
    speed.note("model", answer(20, 5000))
    speed.note("model", answer(500, 0))
    assert speed.seconds("model", 100) is None
