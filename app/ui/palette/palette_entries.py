"""What can be chosen in the command palette, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from app.core.translation import listed, tr, tr_later
from app.ui.palette.quick_match import QuickMatch, quick_match

MOST_SHOWN = 100


class EntryKind(Enum):
    """What an entry is, as the user reads it, in the order in which equally good ones stand."""

    ACTION = tr_later("Action")
    CHAT = tr_later("Chat")
    MODEL = tr_later("Model")
    PRESET = tr_later("Preset")


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """Something to do or to go to."""

    kind: EntryKind
    title: str
    run: Callable[[], object]
    shortcut: str = ""
    """As the user reads it; empty where there is none."""
    icon_name: str = ""

    @property
    def spoken(self) -> str:
        """The entry as a screen reader says it."""
        return listed((self.title, tr(self.kind.value), self.shortcut))


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry with the places of the letters that were typed."""

    entry: PaletteEntry
    places: tuple[int, ...] = ()


def find_entries(entries: Iterable[PaletteEntry], query: str) -> list[FoundEntry]:
    """The entries that fit a query, the best first; as they are given where nothing is typed yet."""
    if not query.strip():
        return [FoundEntry(entry) for entry in entries][:MOST_SHOWN]
    kinds = list(EntryKind)
    found: list[tuple[int, int, int, FoundEntry]] = []
    for number, entry in enumerate(entries):
        match: QuickMatch | None = quick_match(query, entry.title)
        if match is not None:
            order = kinds.index(entry.kind)
            found.append((match.score, order, number, FoundEntry(entry, match.places)))
    found.sort(key=lambda it: it[:3])
    return [entry for *_, entry in found[:MOST_SHOWN]]
