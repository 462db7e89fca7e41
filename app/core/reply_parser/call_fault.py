"""Sentences about calls that cannot be read: what is wrong, and where."""

from __future__ import annotations

_LONGEST_EXCERPT = 40


class CallSyntaxError(Exception):
    """A call that cannot be read. `str()` is a sentence that says where and, if known, why.

    `name` is the tool's name as far as it could be read.
    """

    def __init__(self, sentence: str, name: str = "") -> None:
        super().__init__(sentence)
        self.name = name


def place(body: str, position: int) -> str:
    """The words that stand before a place, to find it by: ` after “city=”`."""
    words = _visible(body[max(0, position - 10 * _LONGEST_EXCERPT) : position])
    if len(words) > _LONGEST_EXCERPT:
        end = words[-_LONGEST_EXCERPT:]
        words = "…" + (end.partition(" ")[2] or end)
    return f" after “{words}”" if words else ""


def excerpt(text: str) -> str:
    """The beginning of a text, in quotation marks."""
    words = _visible(text[: 10 * _LONGEST_EXCERPT])
    return f"“{words if len(words) <= _LONGEST_EXCERPT else words[:_LONGEST_EXCERPT] + '…'}”"


def _visible(text: str) -> str:
    """The text on one line, with U+FFFD for what cannot be seen."""
    return "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
