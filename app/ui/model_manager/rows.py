"""What a line of a list on the models screen says: values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.translation import listed, localised


class Tone(StrEnum):
    """What a word means to the reader, and so its colour."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Badge:
    """A word or two in a pill."""

    text: str
    tone: Tone = Tone.PLAIN
    tip: str = ""
    """What the pointer is told; the sum behind a verdict, for one."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with a row. With an icon and no stress it is drawn as the icon alone."""

    id: str
    text: str
    icon_name: str = ""
    is_primary: bool = False
    is_enabled: bool = True
    tip: str = ""
    """Why it cannot be done, where that is so."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line below the title. Long sentences may take several lines on screen."""

    text: str
    tone: Tone = Tone.PLAIN
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a list: a model, a quantisation, a download."""

    key: str
    title: str
    badges: tuple[Badge, ...] = ()
    lines: tuple[Line, ...] = ()
    icon_name: str = ""
    icon_tone: Tone = Tone.GOOD
    note: str = ""
    """Short, at the right: a size or a date."""
    progress: float | None = None
    """0 to 1; None shows no bar."""
    is_progress_quiet: bool = False
    """The bar is grey: it does not move now."""
    actions: tuple[Action, ...] = ()
    tip: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        words = [self.title, *(badge.text for badge in self.badges), self.note]
        words += [line.text for line in self.lines]
        if self.progress is not None:
            words.append(localised(f"{self.progress:.0%}"))
        return listed(words)

    def action(self, action_id: str) -> Action | None:
        return next((one for one in self.actions if one.id == action_id), None)


@dataclass(frozen=True, slots=True)
class Heading:
    """A title above some rows."""

    text: str

    @property
    def key(self) -> str:
        return f"heading:{self.text}"


Entry = Row | Heading
