"""Where the lines of a document may end."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextDocument, QTextOption

_ENDLESS_WORD = re.compile(r"[^\s\u1100-\uffff]{2000}")
"""A word in which Qt would look for the end of each line again from its beginning. Chinese, Japanese and
Korean lines can end anywhere."""


def has_endless_word(text: str) -> bool:
    """Whether Qt would take very long to find where the lines of a text end."""
    return _ENDLESS_WORD.search(text) is not None


def end_lines_anywhere(document: QTextDocument) -> None:
    """Have lines end behind any letter."""
    option = document.defaultTextOption()
    if option.wrapMode() != QTextOption.WrapMode.WrapAnywhere:
        option.setWrapMode(QTextOption.WrapMode.WrapAnywhere)
        document.setDefaultTextOption(option)
