"""Long recordings are cut at pauses, and no piece is ever longer than a model can take."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.media import SOUND_RATE, SoundSamples
from app.core.sound_pieces import (
    BARS,
    LONGEST_PIECE,
    SHORTEST_PIECE,
    estimated_positions,
    is_waveform,
    lfm2_positions_of_sound,
    pieces_of,
    waveform_of,
)
from tests.support.sounds import joined, silence, tone


def steady(count: int) -> SoundSamples:
    """So many samples without a pause."""
    return SoundSamples(array("h", [1000, -1000] * (count // 2 + 1)).tobytes()[: 2 * count])


@given(st.integers(0, 700 * SOUND_RATE))
@settings(max_examples=30, deadline=None)
def test_pieces_are_the_whole_recording_and_none_is_too_long(count: int) -> None:
    pieces = pieces_of(silence(count / SOUND_RATE) if count % 2 else steady(count))
    end = 0
    for first, length in pieces:
        assert first == end
        assert SHORTEST_PIECE <= length <= LONGEST_PIECE
        end += length
    assert bool(pieces) == (end > 0)


def test_a_recording_is_cut_at_its_pause() -> None:
    spoken = tone("green", 2.0)
    samples = joined(*[spoken] * 12, silence(1.0), *[spoken] * 12)
    (_, first), *_ = pieces_of(samples)
    assert 24.0 < first / SOUND_RATE < 25.0


def test_ten_minutes_are_cut_into_pieces_of_thirty_seconds_at_most() -> None:
    pieces = pieces_of(steady(600 * SOUND_RATE))
    assert max(length for _, length in pieces) <= LONGEST_PIECE
    assert sum(length for _, length in pieces) == 600 * SOUND_RATE


def test_a_recording_of_a_few_samples_has_no_pieces() -> None:
    assert pieces_of(steady(SHORTEST_PIECE - 1)) == ()
    assert pieces_of(SoundSamples(b"")) == ()


@pytest.mark.parametrize("seconds", [0.1, 1.0, 29.99, 30.0, 31.0, 600.0])
def test_positions_are_estimated_well(seconds: float) -> None:
    exact = sum(lfm2_positions_of_sound(count) for _, count in pieces_of(steady(int(seconds * SOUND_RATE))))
    assert abs(estimated_positions(round(1000 * seconds)) - exact) <= 1 + exact // 50


def test_a_waveform_follows_the_loudness() -> None:
    waveform = waveform_of(joined(silence(1.0), tone("blue", 1.0), silence(1.0)))
    assert len(waveform) <= BARS
    assert is_waveform(waveform)
    assert (waveform[0], waveform[len(waveform) // 2], waveform[-1]) == ("0", "f", "0")
    assert set(waveform_of(silence(3.0))) == {"0"}


@pytest.mark.parametrize("text", ["x", "0" * (BARS + 1), "F", "é"])
def test_what_is_no_waveform_is_told(text: str) -> None:
    assert not is_waveform(text)
