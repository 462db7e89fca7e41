"""The faster way to load a model is found, and the usual one is left for good reasons only."""

import ctypes
import math
from contextlib import closing

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface
import pytest

from app.engine import llama, speed_trial
from app.engine.speed_trial import (
    LEAST_GAIN,
    MOST_OTHER_LOAD,
    OtherLoad,
    Samples,
    choose,
    choose_threads,
    measure_speed,
)


def samples(writing: list[float], reading: list[float] | None = None) -> Samples:
    return Samples(writing, writing, reading or [])


def test_the_way_that_is_clearly_faster_is_taken():
    found = {False: samples([2.0, 2.1, 2.0]), True: samples([1.5, 1.6, 1.5])}
    choice = choose(found, other_load=0.0)
    assert choice.flash_attention
    assert choice.is_clear
    assert choice.gain == pytest.approx(4 / 3, abs=0.001)


def test_a_small_gain_is_no_reason_to_leave_the_usual_way():
    found = {False: samples([1.0] * 3), True: samples([1.0 / (LEAST_GAIN - 0.01)] * 3)}
    choice = choose(found, other_load=0.0)
    assert not choice.flash_attention
    assert choice.is_clear


def test_reading_counts_as_much_as_writing():
    """Writes 1.04 times as fast without it and reads 0.7 times as fast."""
    found = {False: samples([1.0] * 3, [0.5] * 3), True: samples([1.04] * 3, [0.35] * 3)}
    assert choose(found, other_load=0.0).flash_attention


def test_single_slow_moments_do_not_count():
    found = {False: samples([1.0, 9.0, 1.0, 1.0]), True: samples([1.3, 1.3, 1.3, 8.0])}
    choice = choose(found, other_load=0.0)
    assert (choice.flash_attention, choice.is_clear) == (False, True)


def test_times_that_contradict_each_other_are_unclear():
    found = {False: samples([2.0, 2.0, 2.0]), True: samples([1.5, 2.4, 2.4])}
    choice = choose(found, other_load=0.0)
    assert (choice.flash_attention, choice.is_clear) == (False, False)


def test_a_busy_computer_decides_nothing():
    found = {False: samples([2.0] * 3), True: samples([1.0] * 3)}
    choice = choose(found, other_load=MOST_OTHER_LOAD + 0.01)
    assert (choice.flash_attention, choice.is_clear) == (False, False)


def test_fewer_threads_write_where_they_are_much_faster():
    assert choose_threads([1.0, 1.1], {6: [0.99, 1.2], 4: [0.8, 0.9]}) == 4
    assert choose_threads([1.0, 1.1], {6: [0.97], 4: [1.4]}) == 0
    assert choose_threads([1.0], {}) == 0


@pytest.fixture(scope="module")
def tiny_model(tiny_path):
    model = llama.Model(tiny_path, 0, lambda share: True)
    yield model
    model.close()


def test_the_memory_is_filled_without_reading_and_can_be_read_on(tiny_model):
    for flash_attention in (False, True):
        with closing(llama.TrialContext(tiny_model, 1024, 64, 1, flash_attention)) as context:
            context.read(tiny_model.tokenize("the lake is small")[:8])
            before = size_of(context)
            context.repeat_until(512)
            assert size_of(context) > 20 * before
            context.read(tiny_model.tokenize("and I like to look at it"))
            context.set_threads(2)
            context.read(tiny_model.tokenize("lake")[:1])


def size_of(context: llama.TrialContext) -> int:
    return C.llama_state_seq_get_size_ext(context._handle, 0, ctypes.c_uint32(0))


@pytest.mark.parametrize("model", ["tiny_path", "tiny_moe_path"])
def test_a_model_is_measured_both_ways(request, monkeypatch, model):
    """Whatever comes of it here: all kinds of work were done both ways, equally often."""
    seen: list[dict[bool, Samples]] = []

    def watch(found, other_load):
        seen.append(found)
        return choose(found, 0.0)

    monkeypatch.setattr(speed_trial, "choose", watch)
    # The system counts hundredths of a second: in a short time any share may come out.
    monkeypatch.setattr(speed_trial, "MOST_OTHER_LOAD", math.inf)
    with closing(llama.Model(request.getfixturevalue(model), 0, lambda share: True)) as loaded:
        choice = measure_speed(llama, loaded, 1)
    [found] = seen
    plain, flash = found[False], found[True]
    for kind in ("short_writing", "deep_writing"):
        assert len(getattr(plain, kind)) == len(getattr(flash, kind)) >= 3
    assert len(plain.deep_reading) == len(flash.deep_reading)
    assert choice.gain > 0
    assert choice.writing_threads == 0


def test_a_busy_computer_ends_the_measuring_early(tiny_model, monkeypatch):
    monkeypatch.setattr(speed_trial.OtherLoad, "share", lambda self: 1.0)
    monkeypatch.setattr(speed_trial, "choose", None)
    assert not measure_speed(llama, tiny_model, 1).is_clear


def test_the_load_of_others_is_a_share():
    load = OtherLoad()
    sum(range(300_000))
    assert load.share() >= 0.0
