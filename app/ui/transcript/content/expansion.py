"""What the reader has opened and closed."""

from __future__ import annotations

from dataclasses import dataclass, field

SHOWN_AT_FIRST = 48_000
"""Characters of a message that are laid out before the reader asks for more: a third of a second's work."""
CHARACTERS_A_LINE = 32
"""A message of very short lines is cut as if each were that long: every line costs something."""
SHOWN_GROWTH = 4
"""Each time the reader asks, this many times as much is shown."""


@dataclass(slots=True)
class ExpansionState:
    """What the reader has opened and closed; remembered while the program runs."""

    cards: dict[tuple[str, str], bool] = field(default_factory=dict)
    unfolded: set[str] = field(default_factory=set)
    shown: dict[str, int] = field(default_factory=dict)
    """How many characters of a long message are shown."""

    def is_open(self, entry_id: str, key: str, default: bool) -> bool:
        return self.cards.get((entry_id, key), default)

    def is_unfolded(self, entry_id: str) -> bool:
        """Whether a question is shown whole that is folded at first."""
        return entry_id in self.unfolded

    def limit(self, entry_id: str) -> int:
        return self.shown.get(entry_id, SHOWN_AT_FIRST)

    def show_at_least(self, entry_id: str, text: str) -> None:
        """Keeps all of a text in sight."""
        needed = max(len(text), CHARACTERS_A_LINE * (text.count("\n") + 1)) + 1
        if needed > self.limit(entry_id):
            self.shown[entry_id] = needed

    def show_more(self, entry_id: str) -> None:
        self.shown[entry_id] = self.limit(entry_id) * SHOWN_GROWTH


def cut(text: str, limit: int) -> str:
    """The beginning of a text, up to a line's end where there is one."""
    if limit <= 0:
        return ""
    lines = limit // CHARACTERS_A_LINE
    if text.count("\n") > lines:
        text = "\n".join(text.split("\n", lines)[:lines])
    if len(text) <= limit:
        return text
    end = text.rfind("\n", limit // 2, limit)
    return text[: end + 1] if end >= 0 else text[:limit]
