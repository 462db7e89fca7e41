"""What the reader has opened and closed."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.ui.transcript.content.blocks import MarkdownBlock
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown

SHOWN_AT_FIRST = 48_000
"""Characters of a message that are laid out before the reader asks for more: a third of a second's work."""
SHOWN_MORE = 24_000
"""Characters that are added each time the reader asks, behind which all of the message is looked at anew."""
CHARACTERS_A_LINE = 32
"""A message of very short lines is cut as if each were that long: every line costs something."""
MOST_READ = 4
"""Long texts of which what was read is kept."""


@dataclass(slots=True)
class _ReadText:
    """The beginning of a long text, of which only what is added is read when more is shown."""

    text: str
    end: int = 0
    markdown: StreamingMarkdown = field(default_factory=StreamingMarkdown)


@dataclass(slots=True)
class ExpansionState:
    """What the reader has opened and closed; remembered while the program runs."""

    cards: dict[tuple[str, str], bool] = field(default_factory=dict)
    unfolded: set[str] = field(default_factory=set)
    shown: dict[str, int] = field(default_factory=dict)
    """How many characters of a long message are shown."""
    _read: dict[tuple[str, int], _ReadText] = field(default_factory=dict)
    """What was read of long messages, by the message and the number of its part."""

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
        self.shown[entry_id] = self.limit(entry_id) + SHOWN_MORE

    def blocks_of_beginning(self, entry_id: str, index: int, text: str, end: int) -> list[MarkdownBlock]:
        """Read a long text up to a place. What was read before stays the same objects.

        Args:
            index: the number of the part of the message whose text it is.
        """
        read = self._read.get((entry_id, index))
        if read is None or end < read.end or text != read.text:
            while len(self._read) >= MOST_READ:
                del self._read[next(iter(self._read))]
            read = self._read[entry_id, index] = _ReadText(text)
        if end > read.end:
            last = "\n" if end == len(text) and not text.endswith("\n") else ""  # Nothing comes behind it.
            read.markdown.feed(text[read.end : end] + last)
            read.end = end
        return read.markdown.blocks


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
