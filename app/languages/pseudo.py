"""English that looks foreign, to see what is not translated and what is cut off when words are longer."""

from __future__ import annotations

import gettext
import re

from typing_extensions import override

_PLAIN = "ACEGHIJKLNORSTUWYZaceghijklnorstuwyz"
_ACCENTED = "ÂĆÉĜĤÎĴĶĹŇÔŔŠŤÛŴŶŽâćéĝĥîĵķĺňôŕšťûŵŷž"
_LETTERS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]+>|https?://\S+|\(\*[^()]*\))")
"""What a translation must not change: fields, markup, addresses, endings of files."""
_LONGER_BY = 0.4
_FILLING = "ẋẏẋẏẋ "


_RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT MARK}"
"""Around a sentence, it has Qt take it for one in Arabic, whose full stop stands at the left."""


class PseudoTranslations(gettext.NullTranslations):
    """A catalog that has every sentence."""

    def __init__(self, *, is_right_to_left: bool = False) -> None:
        super().__init__()
        self._mark = _RIGHT_TO_LEFT if is_right_to_left else ""

    @override
    def gettext(self, message: str) -> str:
        return f"{self._mark}{pseudo(message)}{self._mark}"

    @override
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    @override
    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


def pseudo(text: str) -> str:
    """A sentence with accents, longer by two fifths; its fields, markup and line breaks stay."""
    pieces = [
        piece if index % 2 else piece.translate(_LETTERS) for index, piece in enumerate(_KEPT.split(text))
    ]
    letters = sum(len(piece) for piece in pieces[::2])
    more = (_FILLING * (1 + letters // len(_FILLING)))[: round(letters * _LONGER_BY)].rstrip()
    accented = "".join(pieces)
    end = len(accented) - len(accented.rstrip())
    body, tail = (accented[:-end], accented[-end:]) if end else (accented, "")
    return f"{body} {more}{tail}" if more else accented
