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


class PseudoTranslations(gettext.NullTranslations):
    """A catalog that has every sentence."""

    @override
    def gettext(self, message: str) -> str:
        return pseudo(message)

    @override
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    @override
    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)


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
