"""Where a growing paragraph can be parted, so that its beginning need not be read again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

SHORTEST_BEGINNING = 300
"""Characters of the part that is not read again at least."""
KEPT_OF_PARAGRAPH = 250
"""Characters at the end of a paragraph that are read again."""

_OPEN_MARK = re.compile(r"[*~`$<]|(?<!\w)_|_(?!\w)")


def places_to_part(text: str) -> Iterator[int]:
    """Where a paragraph can be parted: at line ends, else at spaces."""
    end = len(text) - KEPT_OF_PARAGRAPH
    for mark in ("\n", " "):
        place = text.rfind(mark, SHORTEST_BEGINNING, end)
        if place < 0:
            continue
        yield place
        earlier_end = max(SHORTEST_BEGINNING, place - SHORTEST_BEGINNING)
        earlier = text.rfind(mark, SHORTEST_BEGINNING, earlier_end)
        if earlier > 0:
            yield earlier


def has_open_mark(text: str, tokens: Sequence[Token]) -> bool:
    """Whether something in a part of a paragraph can still belong to what follows."""
    depth = 0
    for token in tokens:
        if token.type == "text_special" and token.content in "([":
            return True
        if token.type != "text":
            continue
        if _OPEN_MARK.search(token.content):
            return True
        for bracket in re.findall(r"[\[\]]", token.content):
            depth = depth + 1 if bracket == "[" else max(0, depth - 1)
    return depth > 0 or text.endswith("\\")
