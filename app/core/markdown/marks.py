"""The marks in an exported conversation: HTML comments, which no viewer shows, before each message and part.

A mark holds what the words on screen do not tell exactly: who speaks, when, in which state, and what a part
is. What stands between two marks is the message's own Markdown, so that a person may change it and import it
again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORMAT_VERSION = 2
"""What can be read. A file without attachments is written as version 1, which earlier programs read too."""


INSIDE = "inside"
"""What a mark says instead of a link where the file itself stands in the Markdown."""


class MarkedPart(StrEnum):
    """What a mark calls the parts of a message."""

    TEXT = "text"
    THOUGHT = "thought"
    CALL = "call"
    RESULT = "result"
    PICTURE = "picture"
    RECORDING = "recording"
    DOCUMENT = "document"
    PASSAGES = "passages"
    NOTE = "note"
    """Words for the reader that are no part of the message; left out on import."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark found in a text, with what follows it up to the next one."""

    values: Mapping[str, Any]
    """Empty where the mark is not legible."""
    content: str
    line: int
    """Counted from the beginning of the text that was searched, from 0."""


def written_mark(word: str, values: Mapping[str, Any]) -> str:
    """A comment on one line. `word` is what it begins with, and what no comment in a message begins with."""
    written = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    # Neither the end of the comment nor a tag may stand in it.
    written = written.replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "-\\u002d")
    return f"<!-- {word} {written} -->"


def count_marks(word: str, text: str) -> int:
    return len(_pattern(word).findall(text))


def find_marks(word: str, text: str) -> Iterator[Mark]:
    """The marks, each with what stands between it and the next one."""
    before, *found = _pattern(word).split(text)
    line = before.count("\n")
    for written, content in zip(found[::2], found[1::2], strict=True):
        yield Mark(_values(written), content, line)
        line += content.count("\n")


def _values(written: str) -> Mapping[str, Any]:
    try:
        return dict(json.loads(written))
    except (ValueError, RecursionError):
        return {}


def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(rf"^<!-- {re.escape(word)} (\{{.*\}}) -->$", re.MULTILINE)
