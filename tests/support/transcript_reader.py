"""What a reader does with a transcript, and short ways to make messages for one."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.core.conversation import MessageState
from app.core.generation import Generation
from app.core.message import Message, Part, Role, TextPart
from app.core.stream import PartGrew, PartKind, PartStarted, ReplyEvent
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript

GENERATION = Generation("LFM2.5-1.2B")


def question(text: str, entry_id: str = "question") -> MessageEntry:
    return MessageEntry(entry_id, Message.of_text(Role.USER, text))


def answer(text: str, entry_id: str = "answer", **more: object) -> MessageEntry:
    return of_parts(TextPart(text, text), entry_id=entry_id, **more)


def of_parts(*parts: Part, entry_id: str = "answer", **more: object) -> MessageEntry:
    return MessageEntry(entry_id, Message(Role.ASSISTANT, parts, GENERATION), **more)  # type: ignore[arg-type]


def unfinished(entry_id: str = "answer") -> MessageEntry:
    return of_parts(entry_id=entry_id, state=MessageState.STREAMING)


def written(pieces: Iterable[str], kind: PartKind = PartKind.TEXT, index: int = 0) -> list[ReplyEvent]:
    """The events of one part written in pieces."""
    return [PartStarted(index, kind), *(PartGrew(index, piece) for piece in pieces)]


def labels(transcript: Transcript) -> list[str]:
    return [label for label, _ in transcript.visible_targets()]


def click(transcript: Transcript, label: str, number: int = 0) -> None:
    """Clicks what is labelled so on screen."""
    areas = [area for found, area in transcript.visible_targets() if found.startswith(label)]
    assert areas, f"nothing to click says {label!r}: {labels(transcript)}"
    click_at(transcript, areas[number].center())


def click_at(transcript: Transcript, point: QPoint) -> None:
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)


def drag(transcript: Transcript, start: QPoint, end: QPoint) -> None:
    """Selects with the mouse."""
    viewport = transcript.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def hover(transcript: Transcript, point: QPoint) -> None:
    QTest.mouseMove(transcript.viewport(), point)


def press(transcript: Transcript, *keys: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    for key in keys:
        QTest.keyClick(transcript, key, modifier or Qt.KeyboardModifier.NoModifier)
