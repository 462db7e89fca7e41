"""Colours for code, found with Pygments.

Code is read once from its beginning, as far as it has been shown: a long listing costs nothing until it is
scrolled to. While code is still being written only its last lines are read again, which is quick and nearly
always right; the whole is read when it is finished.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from time import perf_counter

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from app.ui.transcript.content.plain_text import utf16_length

LINES_READ_AGAIN = 25
"""How far back a growing code block is read, for strings and comments over several lines."""
LONGEST_LINE = 4_000
"""Characters; a listing with a longer line is not coloured."""

Stretch = tuple[int, int, str]
"""Start and length in a line, in UTF-16 units, and the name of a colour."""

COLOURS: dict[_TokenType, str] = {
    Token.Keyword: "keyword",
    Token.Keyword.Constant: "number",
    Token.Keyword.Type: "type",
    Token.Name.Function: "function",
    Token.Name.Class: "type",
    Token.Name.Decorator: "function",
    Token.Name.Builtin: "type",
    Token.Name.Tag: "keyword",
    Token.Name.Attribute: "function",
    Token.String: "string",
    Token.Number: "number",
    Token.Comment: "comment",
    Token.Operator: "operator",
    Token.Operator.Word: "keyword",
    Token.Generic.Deleted: "danger",
    Token.Generic.Inserted: "string",
    Token.Generic.Heading: "function",
}


@cache
def colour_name(kind: _TokenType) -> str:
    """The colour of a kind of token; empty for ordinary text."""
    at: _TokenType | None = kind
    while at is not None:
        if at in COLOURS:
            return COLOURS[at]
        at = at.parent
    return ""


@lru_cache(maxsize=64)
def lexer_for(language: str) -> Lexer | None:
    """The reader of a language by the name written behind the fence; None where there is none."""
    if not language:
        return None
    try:
        return get_lexer_by_name(language.lower(), stripnl=False)
    except ClassNotFound:
        return None


def coloured_lines(code: str, language: str) -> Iterator[list[Stretch]]:
    """The coloured stretches of one line after another; reads no further than it is asked to."""
    lexer = lexer_for(language)
    if lexer is None or any(len(line) > LONGEST_LINE for line in code.split("\n")):
        return
    last, number, column = code.count("\n"), 0, 0
    line: list[Stretch] = []
    for kind, value in lexer.get_tokens(code):  # Ends the last line, without which a diff has none.
        colour = colour_name(kind)
        for index, piece in enumerate(value.split("\n")):
            if index:
                yield line
                if number == last:
                    return
                line, column, number = [], 0, number + 1
            length = utf16_length(piece)
            if colour and length:
                line.append((column, length, colour))
            column += length
    yield line


class ProgressiveColouring:
    """A finished listing being coloured bit by bit."""

    def __init__(self, code: str, language: str) -> None:
        self._lines = coloured_lines(code, language)
        self.next_line = 0
        self.is_finished = False

    def advance(self, last_line: int, seconds: float) -> Iterator[tuple[int, list[Stretch]]]:
        """The lines up to `last_line` that were not read yet, as far as the time allows."""
        end = perf_counter() + seconds
        while self.next_line <= last_line and not self.is_finished:
            line = next(self._lines, None)
            if line is None:
                self.is_finished = True
                return
            yield self.next_line, line
            self.next_line += 1
            if perf_counter() > end:
                return
