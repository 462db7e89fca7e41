"""Which checkpoints of a long conversation are kept when there is not room for all."""

from itertools import pairwise

from app.engine.checkpoints import Checkpoint, Checkpoints

STATE = b"x" * 100


def conversation(most: int, turns: int, turn_tokens: int = 300) -> Checkpoints:
    checkpoints = Checkpoints(most * len(STATE))
    for number in range(1, turns + 1):
        checkpoints.add(Checkpoint(number * turn_tokens, STATE, starts_answer=True))
        checkpoints.add(Checkpoint(number * turn_tokens + 150, STATE))
    return checkpoints


def positions(checkpoints: Checkpoints) -> list[int]:
    return [checkpoint.position for checkpoint in checkpoints]


def test_all_are_kept_while_there_is_room():
    assert len(positions(conversation(most=100, turns=50))) == 100


def test_they_stand_close_near_the_end_and_far_apart_at_the_beginning():
    held = positions(conversation(most=12, turns=200))
    gaps = [right - left for left, right in pairwise([0, *held])]
    assert len(held) == 12
    assert held[-1] > 199 * 300
    assert gaps[-1] <= 300
    assert sum(gaps[:4]) > 4 * sum(gaps[-4:])
    assert max(gaps) < 200 * 300 / 2


def test_the_last_two_beginnings_of_answers_are_kept_when_there_is_room_for_two_only():
    assert positions(conversation(most=2, turns=40)) == [39 * 300, 40 * 300]


def test_a_state_that_is_larger_than_the_room_is_not_kept():
    checkpoints = Checkpoints(len(STATE) - 1)
    checkpoints.add(Checkpoint(10, STATE, starts_answer=True))
    assert not positions(checkpoints)


def test_one_at_the_same_position_takes_the_place_of_the_other():
    checkpoints = Checkpoints(10 * len(STATE))
    checkpoints.add(Checkpoint(10, STATE))
    checkpoints.add(Checkpoint(10, STATE, starts_answer=True))
    assert [checkpoint.starts_answer for checkpoint in checkpoints] == [True]


def test_the_nearest_before_a_place_is_found_first_and_what_is_behind_is_forgotten():
    checkpoints = conversation(most=100, turns=3)
    assert [held.position for held in checkpoints.last_until(700)] == [600, 450, 300]
    checkpoints.forget_after(600)
    assert positions(checkpoints) == [300, 450, 600]
