"""Numbers as people type them, and what is wrong with those that cannot be used."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from app.core.sampling import SamplingLimit
from app.core.translation import localised, tr

_GROUPS = re.compile(r"[+-]?\d{1,3}([,'_\s]\d{3})+")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_LONGEST = 40
"""Characters; a number of any use is shorter."""


@dataclass(frozen=True, slots=True)
class NumberRule:
    """What may be typed into one field."""

    limit: SamplingLimit
    is_whole: bool = False
    empty_value: float | None = None
    """What an empty field stands for; None where it must not be empty."""
    empty_text: str = ""
    """That value in a word, such as Automatic."""

    def shown(self, value: float) -> str:
        """A value as it stands in the field."""
        if value == self.empty_value:
            return ""
        if self.is_whole or float(value).is_integer():
            return str(int(value))
        return localised(repr(float(value)))

    def words(self, value: float) -> str:
        """A value in a sentence."""
        return self.shown(value) or self.empty_text.lower()

    def read(self, text: str) -> float:
        """The value that was typed: also with a decimal comma, thousands parted, or full-width digits.

        Raises:
            ValueError: it cannot be used; the text says why, with the range.
        """
        clean = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
        if not clean and self.empty_value is not None:
            return self.empty_value
        value = self._number(clean)
        if value is None:
            label, range_text = self.limit.label, self.limit.range_text
            raise ValueError(
                tr("{label} must be a whole number {range_text}.", label=label, range_text=range_text)
                if self.is_whole
                else tr("{label} must be a number {range_text}.", label=label, range_text=range_text)
            )
        if not self.limit.low <= value <= self.limit.high:
            raise ValueError(self.limit.refusal(value))
        return value

    def stepped(self, value: float, steps: int) -> float:
        """The value some steps up or down, within the range and without the dust of binary fractions."""
        moved = round(value + steps * self.limit.step, 10)
        inside = min(self.limit.high, max(self.limit.low, moved))
        return int(inside) if self.is_whole else inside

    def _number(self, text: str) -> float | None:
        if len(text) > _LONGEST:
            return None
        if self.is_whole:
            if localised(",") == ".":  # Parts thousands there, as in `1.024`.
                text = text.replace(".", ",")
            joined = re.sub(r"[,'_\s]", "", text) if _GROUPS.fullmatch(text) else text
            return int(joined) if re.fullmatch(r"[+-]?\d+", joined) else None
        dotted = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
        value = float(dotted) if _PLAIN.fullmatch(dotted) else math.nan
        return value if math.isfinite(value) else None
