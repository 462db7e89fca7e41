"""What a search found of a message, made fit for one short line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Marks = tuple[tuple[int, int], ...]

_SIGNS = re.compile(
    r"""(?<!\*)\*{1,3}(?=[^\s*]) | (?<=[^\s*])\*{1,3}(?!\*) | (?<!\w)_{1,3}(?=\w) | (?<=\w)_{1,3}(?!\w)
    | ~~ | `+ | (?<![^ …])\#{1,6}\ +""",
    re.VERBOSE,
)
_LINK = re.compile(r"(!?\[)[^\]]*(\]\([^)]*\))")


def without_markdown(snippet: str, marks: Marks) -> tuple[str, Marks]:
    """A snippet without the signs of Markdown, but for those that were searched for, and its marks."""

    def is_plain(start: int, end: int) -> bool:
        return not any(first < end and start < last for first, last in marks)

    links = [found for found in _LINK.finditer(snippet) if is_plain(*found.span(2))]
    gone = [found.span(group) for found in links for group in (1, 2)]
    for found in _SIGNS.finditer(snippet):
        if is_plain(*found.span()) and not any(link.start() <= found.start() < link.end() for link in links):
            gone.append(found.span())
    return _cut_out(snippet, marks, sorted(gone))


def _cut_out(snippet: str, marks: Marks, gone: Iterable[tuple[int, int]]) -> tuple[str, Marks]:
    pieces: list[str] = []
    places = list(range(len(snippet) + 1))
    last = removed = 0
    for start, end in gone:
        pieces.append(snippet[last:start])
        for at in range(last, start):
            places[at] = at - removed
        removed += end - start
        for at in range(start, end):
            places[at] = end - removed
        last = end
    for at in range(last, len(snippet) + 1):
        places[at] = at - removed
    moved = tuple((places[start], places[end]) for start, end in marks)
    return "".join(pieces) + snippet[last:], moved


def around_first_mark(
    snippet: str, marks: Marks, width: float, width_of: Callable[[str], float]
) -> tuple[str, Marks]:
    """As much less of a snippet's beginning as it takes to see the first mark within a width.

    Args:
        width_of: how wide a text is drawn.
    """
    if not marks or width_of(snippet[: marks[0][1]]) <= width:
        return snippet, marks
    first_start, first_end = marks[0]
    start = first_start
    for found in re.finditer(r"(?<=\s)\S", snippet[:first_start]):
        if width_of(f"…{snippet[found.start() : first_end]}") <= width:
            start = found.start()
            break
    moved = tuple((begin - start + 1, end - start + 1) for begin, end in marks)
    return f"…{snippet[start:]}", moved
