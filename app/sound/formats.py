"""Which files are sound that can be opened, told by their content: the names of files may lie."""

from __future__ import annotations

from app.core import formatting
from app.core.errors import SoundError
from app.core.translation import tr

MEDIA_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg"}
"""The formats that can be opened."""
ENDINGS = (".wav", ".mp3", ".flac", ".ogg", ".oga", ".m4a", ".aac", ".opus", ".aif", ".aiff", ".wma", ".amr")
"""What the names of sound files end in; those after the fourth are mostly told about in a sentence."""
LARGEST_FILE = 200 * 1024 * 1024
"""Bytes."""
_SAVE_AGAIN = tr("Save it as WAV, MP3, FLAC or OGG with another program, then add that file.")
_CUT_IT = tr("Cut it into shorter pieces with another program, then add one of those.")


def check_file_size(size: int) -> None:
    """Raises SoundError: a file of so many bytes is too large to be read."""
    if size > LARGEST_FILE:
        raise SoundError(
            tr(
                "This file has {size}, and a recording may have {most} at most.",
                size=formatting.size(size),
                most=formatting.size(LARGEST_FILE),
            ),
            _CUT_IT,
        )


def format_of(data: bytes) -> str:
    """The format of a sound file, such as `mp3`.

    Raises:
        SoundError: it is none that can be opened.
    """
    head = data[:64]
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS" and (b"\x01vorbis" in head or b"\x7fFLAC" in head):
        return "ogg"
    if head[:3] == b"ID3" or _is_frame_of_mp3(head):
        return "mp3"
    if name := _name_of_other(head):
        raise SoundError(
            tr("This is a file in the format {name}, which cannot be opened here.", name=name), _SAVE_AGAIN
        )
    raise SoundError(tr("This file is no recording that can be opened."), _SAVE_AGAIN)


def _is_frame_of_mp3(head: bytes) -> bool:
    # Eleven bits that are set, then a version and a layer that exist: AAC names layer 0.
    return (
        len(head) > 2
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x18 != 8
        and head[1] & 6 == 2
    )


def _name_of_other(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return tr("M4A (AAC)")
    if head[:4] == b"OggS" and b"OpusHead" in head:
        return tr("Opus")
    if head[:4] == b"FORM" and head[8:11] == b"AIF":
        return "AIFF"
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "AAC"
    known = {
        b"\x1aE\xdf\xa3": tr("WebM"),
        b"#!AM": "AMR",
        b"MThd": "MIDI",
        b"\x30\x26\xb2\x75": "WMA",
        b"caff": "CAF",
        b".snd": "AU",
    }
    return known.get(head[:4], "")
