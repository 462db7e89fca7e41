"""What is looked for in conversations: words, and where and when they were said."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.core.folding import folded
from app.core.message import Role
from app.store.search_text import comparable

_NARROWING = re.compile(
    r'"[^"]*"|(?<!\S)(?P<key>role|model|in|before|after):(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s"]+))',
    re.IGNORECASE,
)
"""Something in quotes, which is passed over, or what narrows the search."""
_ROLES = {
    **dict.fromkeys(("user", "me"), Role.USER),
    **dict.fromkeys(("assistant", "model", "answer"), Role.ASSISTANT),
    "tool": Role.TOOL,
}
_DATE_FORMS = ("%Y-%m-%d", "%Y-%m", "%Y")


@dataclass(frozen=True, slots=True)
class SearchWord:
    """One word of a question."""

    typed: str
    folded: str

    @property
    def is_exact(self) -> bool:
        """Whether it has accents, or whatever else folding takes away."""
        # The Turkish İ is no letter of its own: the index has it with the others' i.
        return self.folded != self.typed.replace("İ", "i").lower()

    @property
    def is_letter(self) -> bool:
        """Whether it is a single letter with an accent: without it, it would stand nearly everywhere."""
        return len(self.typed) == 1 and len(unicodedata.normalize("NFD", self.typed)) > 1 and self.is_exact


@dataclass(frozen=True, slots=True)
class ConversationQuery:
    """Words that all have to be found, and what narrows them.

    `role:` takes user or assistant, `model:` a part of a model's name, `in:` a part of a folder's name,
    `before:` and `after:` a day, a month or a year (2026-03-31, 2026-03, 2026) in the computer's time zone:
    before its beginning, or from its beginning on. What cannot be understood is looked for as it was typed,
    and so is everything in double quotes.
    """

    words: tuple[SearchWord, ...] = ()
    role: Role | None = None
    model: str = ""
    """Folded, as `folder` is."""
    folder: str = ""
    before: datetime | None = None
    after: datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is asked for."""
        return any((self.role, self.model, self.folder, self.before, self.after))

    @property
    def is_about_messages(self) -> bool:
        """Whether a title cannot be what is looked for."""
        return self.role is not None or bool(self.model)

    @classmethod
    def parse(cls, typed: str) -> ConversationQuery:
        """The query that somebody typed."""
        fields: dict[str, Role | str | datetime] = {}

        def taken(found: re.Match[str]) -> str:
            key = (found["key"] or "").lower()
            meaning = _meaning(key, found["quoted"] or found["bare"]) if key else None
            if meaning is None:
                return found[0]
            fields["folder" if key == "in" else key] = meaning
            return " "

        words = _words(_NARROWING.sub(taken, comparable(typed)))
        return cls(words, **fields)  # type: ignore[arg-type]


def _words(text: str) -> tuple[SearchWord, ...]:
    found = re.findall(r'"([^"]+)"|(\S+)', text)
    typed = [quoted.strip() or bare.strip('"') for quoted, bare in found]
    # Of what consists of nothing but marks, the marks are looked for.
    return tuple(SearchWord(word, folded(word) or word) for word in typed if word)


def _meaning(key: str, value: str) -> Role | str | datetime | None:
    if key == "role":
        return _ROLES.get(value.lower())
    if key in ("model", "in"):
        return folded(value) or None
    return _day(value) if key in ("before", "after") else None


def _day(text: str) -> datetime | None:
    for form in _DATE_FORMS:
        try:
            day = datetime.strptime(text, form)  # As the user's clock says it.
            return day.astimezone()
        except (ValueError, OverflowError, OSError):
            continue
    return None
