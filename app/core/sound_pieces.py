"""Long recordings are cut at pauses into the pieces in which a model hears them.

The effort of encoding grows with the square of the length, and a piece of more than 327 seconds would end the
process. So none is ever longer than 30 seconds.
"""

from __future__ import annotations

import math
from array import array

from app.core.media import SOUND_RATE, SoundSamples

LONGEST_PIECE = 30 * SOUND_RATE
"""SoundSamples of a piece at most..."""
SHORTEST_PIECE = SOUND_RATE // 10
"""...and at least: of less, the library can make nothing."""
_LOOKED_AT = 10 * SOUND_RATE
"""SoundSamples before the end of the longest piece, among which a pause is looked for."""
_STEP = SOUND_RATE // 50
_STEPS_OF_PAUSE = 10
_LEAST_REST = SOUND_RATE
"""SoundSamples that are left for the piece after a cut."""
_FRAME = SOUND_RATE // 100
BARS = 48
"""Digits of a waveform at most."""
_QUIET = 300
"""What is less loud throughout is drawn low, not as loud as it gets."""


def pieces_of(samples: SoundSamples) -> tuple[tuple[int, int], ...]:
    """The first sample and the number of samples of each piece; together they are the whole recording.

    A recording that is shorter than `SHORTEST_PIECE` has no pieces.
    """
    pieces: list[tuple[int, int]] = []
    first, left = 0, samples.count
    while left > LONGEST_PIECE:
        count = min(LONGEST_PIECE, left - _LEAST_REST)
        start = first + count - _LOOKED_AT
        count -= _LOOKED_AT - _quietest(samples.cut(start, _LOOKED_AT))
        pieces.append((first, count))
        first, left = first + count, left - count
    return (*pieces, (first, left)) if left >= SHORTEST_PIECE else tuple(pieces)


def _quietest(samples: SoundSamples) -> int:
    """Where the middle of the quietest fifth of a second is, the last one of several."""
    loudness = loudness_of(samples, _STEP)
    around = sum(loudness[:_STEPS_OF_PAUSE])
    best, least = 0, around
    for step in range(1, len(loudness) - _STEPS_OF_PAUSE + 1):
        around += loudness[step + _STEPS_OF_PAUSE - 1] - loudness[step - 1]
        if around <= least:
            best, least = step, around
    return (best + _STEPS_OF_PAUSE // 2) * _STEP


def loudness_of(samples: SoundSamples, step: int) -> list[int]:
    """The mean loudness of each `step` samples, 0 to 32,768; what is left at the end counts as well."""
    values = array("h", samples.pcm)
    return [
        sum(map(abs, values[at : at + step])) // len(values[at : at + step])
        for at in range(0, len(values), step)
    ]


def lfm2_positions_of_sound(count: int) -> int:
    """How many positions of a prompt LFM2-Audio takes for a piece of so many samples: 12.5 a second."""
    frames = count // _FRAME + 1
    for _ in range(3):
        frames = (frames + 1) // 2
    return frames


def estimated_positions(milliseconds: int) -> int:
    """About how many positions a recording takes whose samples are not at hand."""
    count = milliseconds * SOUND_RATE // 1000
    pieces = max(1, math.ceil(count / LONGEST_PIECE))
    return pieces * lfm2_positions_of_sound(count // pieces)


def is_waveform(text: str) -> bool:
    """Whether a text can be a waveform; an empty one is drawn as a line."""
    return len(text) <= BARS and all(digit in "0123456789abcdef" for digit in text)


def waveform_of(samples: SoundSamples) -> str:
    """How loud it is along its length, for a drawing: `BARS` digits of base 16, the loudest at most `f`."""
    loudness = loudness_of(samples, max(1, math.ceil(samples.count / BARS)))
    loudest = max(_QUIET, *loudness, 1) if loudness else 1
    # The square root is nearer to what is heard.
    return "".join(f"{round(15 * math.sqrt(value / loudest)):x}" for value in loudness)
