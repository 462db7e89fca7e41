"""Draws the transcript in both themes and several sizes, for people to look at.

python -m tests.screenshots.transcript FOLDER
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.conversation import MessageState
from app.core.generation import Generation
from app.core.message import Message, Part, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.stream import PartFinished, PartGrew, PartKind, PartStarted
from app.ui.theme import Theme
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript
from tests.screenshots.options import options
from tests.support.themes import DARK, LIGHT

ANSWER = (Path(__file__).parent / "sample.md").read_text(encoding="utf-8")
WIDE = "A wide table:\n\n" + "\n".join(
    (
        "| Name | Alpha | Beta | Gamma | Delta | Epsilon | Zeta | Eta | Theta |",
        "|--|--|--|--|--|--|--|--|--|",
        "| first | rather long words | more | words that fill | columns | until | wider | than | a window |",
        "| second | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |",
    )
)
QUESTION = "Why is local inference limited by memory bandwidth? Show me some code."
LONG_QUESTION = "\n".join(
    f"{n}. A long message of the user's, line after line, *not* Markdown" for n in range(40)
)
GENERATION = Generation("LFM2.5-1.2B-Thinking")
FIGURES = "41 tokens/s · 0.3 s to first token"


def answer(*parts: Part) -> Message:
    return Message(Role.ASSISTANT, parts, GENERATION)


def conversation() -> list[MessageEntry]:
    """Everything a message can show."""
    thought = ReasoningPart(
        "First I look at **bandwidth**.\n\n- then at `compute`\n- then I answer", "", True, 6200, 412
    )
    call = ToolCallPart(
        "web_search", {"query": "memory bandwidth tok/s", "limit": 5, "sites": ["a.org", "b.org"]}, ""
    )
    broken = ToolCallPart(
        "get_weather", {}, "get_weather(city='Bern", "The text ends inside the value of city."
    )
    return [
        MessageEntry("u1", Message.of_text(Role.USER, QUESTION)),
        MessageEntry("a1", answer(thought, call)),
        MessageEntry(
            "t1",
            Message(
                Role.TOOL, (ToolResultPart("web_search", '{"hits": [{"title": "Roofline", "score": 0.93}]}'),)
            ),
        ),
        MessageEntry("a2", answer(TextPart(ANSWER, ANSWER)), figures=FIGURES, version=2, version_count=3),
        MessageEntry("u2", Message.of_text(Role.USER, LONG_QUESTION)),
        MessageEntry("a3", answer(TextPart(WIDE, WIDE), broken), figures=FIGURES),
        MessageEntry("u3", Message.of_text(Role.USER, "مرحبا, こんにちは 👋"), version=1, version_count=2),
        MessageEntry(
            "a4",
            answer(TextPart("The answer began well, but", "")),
            MessageState.FAILED,
            error="The model ran out of memory while it was answering.",
            error_hint="Choose a shorter context in the preset, or a smaller model.",
            figures=FIGURES,
            can_continue=True,
        ),
    ]


@dataclass(frozen=True)
class Shot:
    """A size of window."""

    name: str
    width: int
    height: int
    scale: float = 1.0


SHOTS = [Shot("900x600", 900, 600), Shot("1600x1000", 1600, 1000), Shot("900x600@2x", 900, 600, 2.0)]


class Studio:
    """Takes pictures of transcripts."""

    def __init__(self, folder: Path) -> None:
        self.application = QApplication.instance() or QApplication([])
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def window(self, theme: Theme, width: int, height: int, entries: list[MessageEntry]) -> Transcript:
        widget = Transcript(theme)
        widget.resize(width, height)
        widget.show_entries(entries)
        widget.show()
        self.application.processEvents()
        return widget

    def save(self, widget: Transcript, name: str, scale: float = 1.0) -> None:
        self.application.processEvents()
        image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        widget.render(painter, QPoint(0, 0))
        painter.end()
        image.save(str(self.folder / f"{name}.png"))


def sizes(studio: Studio, theme: Theme) -> None:
    """The same conversation in windows of several sizes, at both ends."""
    for shot in SHOTS:
        widget = studio.window(theme, shot.width, shot.height, conversation())
        studio.save(widget, f"{theme.name}-{shot.name}-end", shot.scale)
        widget.verticalScrollBar().setValue(0)
        studio.save(widget, f"{theme.name}-{shot.name}-top", shot.scale)
        widget.close()


def whole(studio: Studio, theme: Theme) -> None:
    """All of it in one tall picture."""
    widget = studio.window(theme, 900, 1000, conversation())
    for _ in range(3):  # Heights are only true once everything has been visible.
        widget.resize(900, widget.height() + widget.verticalScrollBar().maximum())
        studio.application.processEvents()
    studio.save(widget, f"{theme.name}-whole")
    widget.close()


def states(studio: Studio, theme: Theme) -> None:
    """Waiting, thinking, streaming, selected, focused, opened."""
    widget = studio.window(theme, 900, 600, [conversation()[0]])
    widget.begin_reply(MessageEntry("live", answer(), MessageState.STREAMING))
    widget.set_reply_status("Reading the prompt, 43 %")
    widget.redraw_reply()
    studio.save(widget, f"{theme.name}-waiting")
    thought = "The user asks about memory bandwidth. I should explain how decoding reads every weight once"
    widget.feed_reply([PartStarted(0, PartKind.REASONING), PartGrew(0, thought)])
    widget.redraw_reply()
    studio.save(widget, f"{theme.name}-thinking")
    widget.feed_reply(
        [PartFinished(0, ReasoningPart(thought, "", True, 6_200, 412)), PartStarted(1, PartKind.TEXT)]
    )
    widget.feed_reply([PartGrew(1, ANSWER[:900])])
    widget.redraw_reply()
    studio.save(widget, f"{theme.name}-streaming")
    widget.verticalScrollBar().setValue(0)
    studio.save(widget, f"{theme.name}-streaming-scrolled-up")
    widget.close()
    widget = studio.window(theme, 900, 600, conversation()[:2])
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(widget, key)
    studio.save(widget, f"{theme.name}-cards-open")
    widget.show_entries(conversation()[3:5])
    widget.mark_memory_start("u2")
    widget.select_message("a2")
    widget.verticalScrollBar().setValue(900)
    QTest.keyClick(widget, Qt.Key.Key_Down)
    studio.save(widget, f"{theme.name}-selected")
    widget.close()


def main() -> None:
    told = options()
    studio = Studio(told.folder)
    for theme in (DARK,) if told.is_quick else (DARK, LIGHT):
        sizes(studio, theme)
        whole(studio, theme)
        states(studio, theme)


if __name__ == "__main__":
    main()
