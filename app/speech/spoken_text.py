"""What is read aloud of an answer's Markdown: its words, without code, tables, pictures and formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.speech.sentences import sentences_of, whole_sentences_of

_SKIPPED = ("table",)
_FORMULA = re.compile(
    r"\$\$.+?\$\$|\\\[.+?\\\]|\\\(.+?\\\)|(?<![\\$\w])\$[^$\s](?:[^$\n]*[^$\s])?\$(?!\w)", re.DOTALL
)
_ADDRESS = re.compile(r"\bhttps?://\S+|\bwww\.\S+")
_LONGEST_CODE = 40
"""Characters of code within a line that is read as a word; more cannot be understood by ear."""


def spoken_sentences(markdown: str, *, is_whole: bool) -> list[str]:
    """The sentences of an answer.

    Args:
        is_whole: nothing follows any more; else what may still change is left out.
    """
    paragraphs = _paragraphs(markdown)
    found: list[str] = []
    for place, paragraph in enumerate(paragraphs):
        is_last = place == len(paragraphs) - 1
        may_change = is_last and not is_whole
        if may_change and paragraph.lstrip().startswith("|"):
            continue  # The next line may make it a table.
        found += whole_sentences_of(paragraph) if may_change else sentences_of(paragraph)
    return [sentence for sentence in found if any(map(str.isalnum, sentence))]


def _paragraphs(markdown: str) -> list[str]:
    paragraphs: list[str] = []
    skipped = 0
    for token in _parser().parse(_FORMULA.sub(" ", markdown)):
        if token.type.removesuffix("_open").removesuffix("_close") in _SKIPPED:
            skipped += token.nesting
        elif token.type == "inline" and not skipped and (text := _words(token.children or ())):
            paragraphs.append(text)
    return paragraphs


def _words(tokens: Sequence[Token]) -> str:
    words = ""
    for token in tokens:
        if token.type == "text" or (token.type == "code_inline" and len(token.content) <= _LONGEST_CODE):
            words += token.content
        elif token.type in ("softbreak", "hardbreak"):
            words += " "
    return " ".join(_ADDRESS.sub(" ", words).split())


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")
