"""Sound files become samples. Runs in a process of its own: the files are strangers'."""

from __future__ import annotations

from app.core.errors import SoundError
from app.core.media import SOUND_RATE, SoundSamples
from app.core.sound_pieces import SHORTEST_PIECE
from app.core.translation import tr
from app.sound.formats import check_file_size, format_of

LONGEST_SECONDS = 30 * 60
"""Of a recording: about 22,500 positions of LFM2.5-Audio's 32,768."""
_FRAMES_AT_ONCE = 16_384


def decode(data: bytes) -> SoundSamples:
    """What a model hears of a sound file.

    No more is decoded than a recording may have, whatever the file says of its length.

    Raises:
        SoundError: it cannot be opened, or is too long or too short.
    """
    check_file_size(len(data))
    kind = format_of(data)
    import miniaudio

    try:
        _check_length(_told_seconds(kind, data))
        stream = miniaudio.stream_memory(
            data, miniaudio.SampleFormat.SIGNED16, 1, SOUND_RATE, frames_to_read=_FRAMES_AT_ONCE
        )
        pcm = bytearray()
        for samples in stream:
            pcm += samples.tobytes()
            _check_length(len(pcm) / 2 / SOUND_RATE)
    except miniaudio.MiniaudioError as error:
        raise _damaged() from error
    if not pcm:
        raise _damaged()
    decoded = SoundSamples(bytes(pcm))
    if decoded.count < SHORTEST_PIECE:
        raise SoundError(
            tr("This recording is too short to be heard."), tr("Choose one of a second or more.")
        )
    return decoded


def _told_seconds(kind: str, data: bytes) -> float:
    """The length that the file tells, where it does so without being decoded."""
    import miniaudio

    tellers = {"wav": miniaudio.wav_get_info, "flac": miniaudio.flac_get_info}
    return float(tellers[kind](data).duration) if kind in tellers else 0.0


def _check_length(seconds: float) -> None:
    if seconds > LONGEST_SECONDS:
        raise SoundError(
            tr(
                "A recording may last {longest_seconds} minutes at most, and this one is longer.",
                longest_seconds=LONGEST_SECONDS // 60,
            ),
            tr("Cut it into shorter pieces with another program, then add one of those."),
        )


def _damaged() -> SoundError:
    return SoundError(tr("This recording is damaged."), tr("Choose another file."))
