"""The order of what a query finds."""

from app.ui.palette.palette_entries import MOST_SHOWN, EntryKind, PaletteEntry, find_entries


def entry(kind: EntryKind, title: str) -> PaletteEntry:
    return PaletteEntry(kind, title, lambda: None)


ENTRIES = [
    entry(EntryKind.CHAT, "About models"),
    entry(EntryKind.CHAT, "Models of ships"),
    entry(EntryKind.ACTION, "Models"),
    entry(EntryKind.MODEL, "Modest 1B"),
    entry(EntryKind.PRESET, "Precise"),
]


def titles(query: str) -> list[str]:
    return [found.entry.title for found in find_entries(ENTRIES, query)]


def test_the_best_come_first_and_actions_before_equals() -> None:
    assert titles("mod") == ["Models", "Models of ships", "Modest 1B", "About models"]
    assert titles("pre") == ["Precise"]
    assert titles("nothing here") == []


def test_nothing_typed_keeps_the_order_given() -> None:
    assert titles(" ") == [it.title for it in ENTRIES]


def test_no_more_are_found_than_anybody_reads() -> None:
    many = [entry(EntryKind.CHAT, f"Chat {number}") for number in range(5000)]
    assert len(find_entries(many, "")) == len(find_entries(many, "chat")) == MOST_SHOWN
