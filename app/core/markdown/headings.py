"""The headings of a message, put below those of the document that it stands in, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt

LEVELS_ABOVE = 2
"""The document's title and the speaker's name."""
DEEPEST = 6

Heading = int | tuple[str, str]
"""The level of a heading that begins with number signs, or the two lines of one that is underlined."""

_SIGNS = re.compile(r"(?P<before>[^#\n]*?)(?P<signs>#{1,6})(?P<after>(?:[ \t].*)?[\r\n]*)", re.DOTALL)
_BLOCKS = MarkdownIt("commonmark").disable("inline")


def with_lower_headings(text: str) -> tuple[str, tuple[Heading, ...]]:
    """The text with each heading two levels lower, and how each stood before."""
    lines = _lines(text)
    changed = list(lines)
    headings: list[Heading] = []
    for number, level, is_underlined in _headings(text):
        if is_underlined:
            words, end = _parted(lines[number])
            underline, last_end = _parted(lines[number + 1])
            changed[number] = f"{'#' * (level + LEVELS_ABOVE)} {words.strip()}{last_end}"
            changed[number + 1] = ""
            headings.append((words + end, underline))
        elif signs := _SIGNS.fullmatch(lines[number]):
            lower = "#" * min(DEEPEST, level + LEVELS_ABOVE)
            changed[number] = f"{signs['before']}{lower}{signs['after']}"
            headings.append(level)
    found = "".join(changed)
    # Where a heading changes what stands around it, all are left as they are.
    is_safe = with_headings_back(found, tuple(headings)) == text
    return (found, tuple(headings)) if headings and is_safe else (text, ())


def with_headings_back(text: str, headings: Sequence[Heading]) -> str:
    """The text with its headings as they stood; those that were added since come up by two levels."""
    if not headings:
        return text
    lines = _lines(text)
    found = [(number, level) for number, level, is_underlined in _headings(text) if not is_underlined]
    is_unchanged = len(found) == len(headings)
    for index, (number, level) in enumerate(found):
        signs = _SIGNS.fullmatch(lines[number])
        if signs is None:
            continue
        before = headings[index] if is_unchanged else max(1, level - LEVELS_ABOVE)
        if isinstance(before, int):
            lines[number] = f"{signs['before']}{'#' * before}{signs['after']}"
            continue
        words, end = _parted(signs["after"])
        first, underline = before
        kept, first_end = _parted(first)
        new = kept if kept.strip() == words.strip() else words.strip()
        lines[number] = f"{new}{first_end}{underline}{end}"
    return "".join(lines)


def _headings(text: str) -> Iterator[tuple[int, int, bool]]:
    """The line of each heading, its level, and whether it is underlined; those of one line only."""
    if "#" not in text and "==" not in text and "--" not in text and "=" not in text and "-" not in text:
        return
    for token in _BLOCKS.parse(text):
        if token.type != "heading_open" or token.map is None:
            continue
        is_underlined = token.markup in ("=", "-")
        is_short = token.map[1] - token.map[0] == (2 if is_underlined else 1)
        if is_short and (token.level == 0 or not is_underlined):
            yield token.map[0], int(token.tag[1:]), is_underlined


def _lines(text: str) -> list[str]:
    """The lines with their ends, as markdown-it counts them."""
    return re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", text)


def _parted(line: str) -> tuple[str, str]:
    """A line and its end."""
    words = line.rstrip("\r\n")
    return words, line[len(words) :]
