"""Cuts documents into passages: at pages first, then at headings, paragraphs, sentences and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.core.document import Document, DocumentPage
from app.knowledge.token_estimate import estimated_tokens

VERSION = 1
"""Goes up when the same document would be cut otherwise: what was indexed before is then indexed again."""
FEWEST_TOKENS, MOST_TOKENS = 300, 450
"""A passage is ended at a heading from the first on, and never longer than the second."""
OVERLAP_TOKENS = 60
"""A last paragraph that is no longer than this stands at the head of the next passage too."""
LONGEST_HEADING = 160
SEPARATOR = " › "
_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])(?![」』）])|\n")


@dataclass(frozen=True, slots=True)
class CutPassage:
    """A passage with its place in the document."""

    text: str
    page: int | None
    label: str
    heading: str


def cut(document: Document) -> Iterator[CutPassage]:
    """The passages of a document, in its order. Headings go on from page to page."""
    headings: list[tuple[int, str]] = []
    for page in document.pages:
        yield from _PageCutter(page, headings).passages()


def heading_path(headings: list[tuple[int, str]]) -> str:
    return SEPARATOR.join(words for _, words in headings)


@dataclass(slots=True)
class _PageCutter:
    """Fills passages with the blocks of one page."""

    page: DocumentPage
    headings: list[tuple[int, str]]
    """Those above the block at hand, as level and words; shared by all pages."""
    _blocks: list[str] = field(default_factory=list)
    _tokens: int = 0
    _heading: str = ""
    _overlap: int = 0
    """How many of the blocks stand in the passage before as well."""

    def passages(self) -> Iterator[CutPassage]:
        for block in _blocks_of(self.page.text):
            found = _HEADING.fullmatch(block)
            if found:
                if self._tokens >= FEWEST_TOKENS:
                    yield from self._end(overlaps=False)
                self._note_heading(len(found[1]), found[2])
            for piece in _pieces_of(block):
                yield from self._add(piece)
        yield from self._end(overlaps=False)

    def _add(self, piece: str) -> Iterator[CutPassage]:
        tokens = estimated_tokens(piece) + 1
        if self._blocks and self._tokens + tokens > MOST_TOKENS:
            yield from self._end(overlaps=tokens + OVERLAP_TOKENS <= MOST_TOKENS)
        own = self._blocks[self._overlap :]
        if all(_HEADING.fullmatch(block) for block in own):  # The nearest one above its first words.
            self._heading = heading_path(self.headings)
        self._blocks.append(piece)
        self._tokens += tokens

    def _end(self, *, overlaps: bool) -> Iterator[CutPassage]:
        if len(self._blocks) > self._overlap:
            text = "\n\n".join(self._blocks).strip()
            if any(character.isalnum() for character in text):
                yield CutPassage(text, self.page.number, self.page.label, self._heading)
        last = self._blocks[-1:] if overlaps else []
        if last and (estimated_tokens(last[0]) > OVERLAP_TOKENS or _HEADING.fullmatch(last[0])):
            last = []
        self._blocks, self._overlap = last, len(last)
        self._tokens = sum(estimated_tokens(block) + 1 for block in last)

    def _note_heading(self, level: int, words: str) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, words[:LONGEST_HEADING]))


def _blocks_of(text: str) -> Iterator[str]:
    """The paragraphs, headings, tables and code blocks of a text."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if fence:
            lines.append(line)
            if found and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
                yield "\n".join(lines)
                lines = []
            continue
        if found:
            fence = found[1]
        is_heading = not fence and _HEADING.fullmatch(line) is not None
        if (not line.strip() or is_heading or fence) and lines:
            yield "\n".join(lines)
            lines = []
        if is_heading:
            yield line
        elif line.strip():
            lines.append(line.rstrip())
    if lines:
        yield "\n".join(lines)


def _pieces_of(block: str) -> Iterator[str]:
    """A block in pieces that each fit into a passage; those of a table have its head each."""
    if estimated_tokens(block) < MOST_TOKENS:
        yield block
        return
    lines = block.splitlines(keepends=True)
    head = "".join(lines[:2])
    if len(lines) > 2 and set(lines[1].strip()) <= set("|-: ") and estimated_tokens(head) < MOST_TOKENS // 3:
        yield from _filled(lines[2:], head)
    else:
        yield from _filled(_sentences(block), "")


def _filled(parts: Iterable[str], head: str) -> Iterator[str]:
    """Parts joined to pieces that are as long as they may be."""
    room = MOST_TOKENS - 1 - estimated_tokens(head)
    piece: list[str] = []
    tokens = 0
    for part in (short for whole in parts for short in _short_enough(whole, room)):
        size = estimated_tokens(part) + 1
        if piece and tokens + size > room:
            yield head + "".join(piece).strip("\n")
            piece, tokens = [], 0
        piece.append(part)
        tokens += size
    if piece:
        yield head + "".join(piece).strip("\n")


def _sentences(block: str) -> Iterator[str]:
    """The sentences and lines of a block, each with the blanks behind it."""
    start = 0
    for end in _SENTENCE_END.finditer(block):
        yield block[start : end.end()]
        start = end.end()
    if start < len(block):
        yield block[start:]


def _short_enough(part: str, room: int) -> Iterator[str]:
    """A sentence cut at spaces, or within a word that has no end."""
    while (tokens := estimated_tokens(part)) > room:
        at = max(1, len(part) * room // tokens)
        while at > 1 and estimated_tokens(part[:at]) > room:
            at = at * 9 // 10
        space = part.rfind(" ", at // 2, at)
        at = space + 1 if space > 0 else at
        yield part[:at]
        part = part[at:]
    if part:
        yield part
