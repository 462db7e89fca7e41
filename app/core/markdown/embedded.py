"""A message's Markdown as a part of a larger document, without harm to either.

A message may end inside a code block that it never closed, or hold a tag such as `</details>` or `<!--` that
would swallow or unfold what stands around it. Both are mended: the document shows what was written, and the
message can be had back exactly. All else is left as it is, headings and other tags included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = "details|summary|script|style|pre|textarea|title|xmp|iframe|noembed|noframes|plaintext"
_AHEAD = rf"(?=!|\?|/?(?:{_TAGS})\b)"
_TAG = re.compile(f"<{_AHEAD}", re.IGNORECASE)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_LINE_END = re.compile(r"\r\n?|\n")
_FENCE_LINE = re.compile(r"^[ \t]{0,3}(?:```|~~~)", re.MULTILINE)
_ESCAPED = "&lt;"

_BLOCKS = MarkdownIt("commonmark").disable("inline")


@dataclass(frozen=True, slots=True)
class EmbeddedMarkdown:
    """A text made fit to stand in a document, and what was done to it."""

    text: str
    closing_fence: str = ""
    """The line that was added to close a code block; empty where none was needed."""
    escaped: tuple[int, ...] = ()
    """Which of the `&lt;` before such tags stood as `<` in the message, counted from 0."""

    @classmethod
    def of(cls, text: str) -> EmbeddedMarkdown:
        stand_in = _character_not_in(text)
        shown = _with_tags_replaced(text, stand_in)
        closing_fence = _missing_fence(shown)
        candidates = re.compile(f"(?:{_ESCAPED}|{stand_in}){_AHEAD}", re.IGNORECASE).findall(shown)
        escaped = tuple(index for index, found in enumerate(candidates) if found == stand_in)
        shown = shown.replace(stand_in, _ESCAPED)
        return cls(f"{shown}\n{closing_fence}" if closing_fence else shown, closing_fence, escaped)

    def restored(self) -> str:
        """The text as it was."""
        text = self.text.removesuffix(f"\n{self.closing_fence}") if self.closing_fence else self.text
        if not self.escaped:
            return text
        pieces = re.split(f"{_ESCAPED}{_AHEAD}", text, flags=re.IGNORECASE)
        restored = pieces[0]
        for index, piece in enumerate(pieces[1:]):
            restored += ("<" if index in self.escaped else _ESCAPED) + piece
        return restored


def _character_not_in(text: str) -> str:
    """A character of the private area, to stand for a bracket while the text is looked at."""
    return next(chr(code) for code in range(0xE000, 0x110000) if chr(code) not in text)


def _with_tags_replaced(text: str, stand_in: str) -> str:
    """Without tags that would act on the document. Taking one away can show another, so it looks again."""
    while _TAG.search(text):
        positions = set(_acting_tags(text))
        if not positions:
            break
        text = "".join(stand_in if at in positions else character for at, character in enumerate(text))
    return text


def _acting_tags(text: str) -> Iterator[int]:
    """Where the tags stand that are not in code."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
    for token in _blocks(text):
        if token.map is None or token.type not in ("html_block", "inline"):
            continue
        start, end = starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
        for match in _TAG.finditer(text, start, end):
            if token.type == "html_block" or not _is_literal(text, start, end, match.start()):
                yield match.start()


def _is_literal(text: str, start: int, end: int, position: int) -> bool:
    """Whether a bracket in a paragraph is a part of inline code, or has a backslash before it."""
    before = text[start:position]
    if (len(before) - len(before.rstrip("\\"))) % 2:
        return True
    spans = _CODE_SPAN.finditer(text, start, end)
    return any(span.start() < position < span.end() for span in spans)


def _missing_fence(text: str) -> str:
    """The line that closes the code block at the end of the text; empty where none is open."""
    if not _FENCE_LINE.search(text):
        return ""
    tokens = _blocks(text)
    last = tokens[-1] if tokens else None
    if last is None or last.type != "fence" or last.level or last.map is None:
        return ""
    lines = _LINE_END.split(text)[last.map[0] + 1 : last.map[1]]
    closing = rf"[ ]{{0,3}}{last.markup[0]}{{{len(last.markup)},}}[ \t]*"
    return "" if any(re.fullmatch(closing, line) for line in lines) else last.markup


def _blocks(text: str) -> list[Token]:
    return _BLOCKS.parse(text)
