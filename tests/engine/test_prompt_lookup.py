"""What is guessed of the text that an answer repeats, and when guessing is left alone."""

from itertools import pairwise

import pytest

from app.engine.prompt_lookup import Payoff, PromptLookup


def test_what_followed_the_last_three_tokens_is_guessed_to_follow_again():
    assert PromptLookup([1, 2, 3, 4, 5, 6, 7, 1, 2, 3]).guess() == [4, 5, 6]


def test_the_last_place_counts_where_there_are_more():
    assert PromptLookup([1, 2, 3, 4, 4, 4, 1, 2, 3, 5, 5, 5, 1, 2, 3]).guess() == [5, 5, 5]


@pytest.mark.parametrize("tokens", [[], [1], [1, 1], [1, 2, 3], [1, 2, 3, 4, 5, 9, 2, 3]])
def test_nothing_is_guessed_without_such_a_place(tokens):
    assert PromptLookup(tokens).guess() == []


def test_what_is_written_is_found_as_well():
    lookup = PromptLookup([1, 2])
    for token in (3, 4, 5, 6, 1, 2, 3):
        lookup.append(token)
    assert lookup.guess() == [4, 5, 6]
    assert len(lookup) == 9


@pytest.mark.parametrize(
    ("tokens", "guess"),
    [([7, 7, 7, 7], [7, 7, 7]), ([1, 2, 1, 2, 1, 2], [1, 2, 1]), ([1, 2, 3] * 2, [1, 2, 3])],
)
def test_a_short_repetition_is_guessed_to_go_on(tokens, guess):
    assert PromptLookup(tokens).guess() == guess


def test_pictures_are_not_guessed():
    assert PromptLookup([1, 2, 3, 4, -5, -6, 1, 2, 3]).guess() == []


def places_of_guesses(payoff: Payoff, accepted: list[int], length: int = 400) -> list[int]:
    """After which tokens there is a guess, where each could be made; the last outcome goes on for ever."""
    places, place = [], 0
    while place < length:
        place += 1
        if payoff.is_worth_it(place):
            places.append(place)
            right = accepted.pop(0) if len(accepted) > 1 else accepted[0]
            place += right
            payoff.add(right, place)
    return places


def test_guesses_that_are_always_right_are_never_left_alone():
    assert places_of_guesses(Payoff(0.5), [3]) == list(range(1, 401, 4))


def test_after_wrong_guesses_there_are_fewer_and_fewer():
    places = places_of_guesses(Payoff(0.5), [0])
    pauses = [after - before for before, after in pairwise(places)]
    assert len(places) < 10
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 128


def test_one_that_is_right_after_a_pause_begins_anew():
    places = places_of_guesses(Payoff(0.5), [0, 0, 0, 0, 3])
    assert places[-1] > 390
    assert places[-1] - places[-2] == 4


def test_dear_guesses_must_be_right_more_often():
    half_right = [[1, 2][number % 2] for number in range(100)]
    assert len(places_of_guesses(Payoff(1.0), half_right.copy())) > 90
    assert len(places_of_guesses(Payoff(2.0), half_right.copy())) < 20
