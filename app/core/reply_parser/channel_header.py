"""Read the headers of gpt-oss and its like, which say who speaks to whom and on which channel.

    <|start|>assistant<|channel|>analysis<|message|>
    <|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>

Source: https://github.com/openai/harmony; Muse writes ` to=user<|message|>` in the same places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.reply_parser.markers import CALL_STARTS, WAIT, NeedMoreText, marker_at
from app.core.reply_parser.part_writer import PartKind

LONGEST_HEADER = 200
"""Characters; what is longer is no header."""

_END = "<|message|>"
_BODY = re.compile(r"(?:<\|(?:start|channel|constrain)\|>|[\w.\-=/: ])*")
_PIECES = ("<|start|>", "<|channel|>", "<|constrain|>", _END)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)")
_RECIPIENT = re.compile(r"\bto=([\w.\-]+)")
_PEOPLE = ("user", "assistant", "self")


@dataclass(frozen=True, slots=True)
class ChannelHeader:
    """A header that ends before `end` of the text, and what follows it."""

    end: int
    kind: PartKind
    recipient: str = ""
    """The tool that is called."""


def header_at(text: str, position: int, *, is_final: bool) -> ChannelHeader | NeedMoreText | None:
    """The header that begins at `position`; None where none does."""
    limit = position + LONGEST_HEADER
    end = _BODY.match(text, position, limit).end()  # type: ignore[union-attr]  # It matches nothing too.
    if text.startswith(_END, end):
        return _read(text, position, end + len(_END), is_final=is_final)
    rest = text[end:]
    if end >= limit or not any(piece.startswith(rest) for piece in _PIECES):
        return None
    return ChannelHeader(len(text), PartKind.TEXT) if is_final else WAIT


def opening_at(text: str, position: int, *, is_final: bool) -> ChannelHeader | NeedMoreText | None:
    """The header that a reply begins with where its prompt holds the first half, as ` to=user<|message|>`."""
    head = text[position : position + 4]
    if not head or not (" to=".startswith(head) or "to=".startswith(head[:3])):
        return None
    if len(head) < 4 and not is_final:
        return WAIT
    found = header_at(text, position, is_final=False)
    return None if found is WAIT and is_final else found


def _read(text: str, position: int, end: int, *, is_final: bool) -> ChannelHeader | NeedMoreText:
    header = text[position:end]
    recipients = _RECIPIENT.findall(header)
    if recipients and recipients[-1] not in _PEOPLE:
        marker = marker_at(text, end, is_final=is_final)
        if marker is WAIT or (end == len(text) and not is_final):
            return WAIT
        # Muse writes markers of its own around the calls, which then say all.
        return ChannelHeader(
            end, PartKind.TEXT if marker in CALL_STARTS else PartKind.TOOL_CALL, recipients[-1]
        )
    channels = _CHANNEL.findall(header)
    is_thought = recipients[-1:] == ["self"] or channels[-1:] == ["analysis"]
    return ChannelHeader(
        end, PartKind.REASONING if is_thought and recipients[-1:] != ["user"] else PartKind.TEXT
    )
