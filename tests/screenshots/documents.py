"""Draws many Markdown documents in all themes, for people to look at: one for each thing that can look wrong.

python -m tests.screenshots.documents FOLDER
"""

from __future__ import annotations

import os
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.core.generation import Generation
from app.core.message import Message, Role, TextPart
from app.paths import resources
from app.services.formulas import FormulaService
from app.ui.fonts import load_fonts
from app.ui.theme import Theme
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript
from tests.screenshots.options import options
from tests.support.sample_formulas import DISPLAYED, INLINE
from tests.support.themes import DARK, HIGH_CONTRAST, LIGHT

WIDTH, HEIGHT = 640, 420
COLUMNS, ROWS = 3, 4


def documents() -> list[str]:
    """Formulas, and what is in documents.md between the marks."""
    text = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    blocks = ["\n\n".join(f"$${one}$$" for one in DISPLAYED[at : at + 5]) for at in range(0, 55, 5)]
    sentences = ["; ".join(f"with ${one}$" for one in INLINE[at : at + 14]) for at in range(0, 160, 14)]
    return [*text.removesuffix("\n").split("\n<!-- next -->\n"), *blocks, *sentences]


class Studio:
    """Takes pictures of documents, many on a sheet."""

    def __init__(self, folder: Path) -> None:
        self._application = QApplication.instance() or QApplication([])
        load_fonts(resources() / "fonts")
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._formulas = FormulaService()

    def take_all(self, texts: list[str]) -> None:
        """Save sheets of all documents in each theme."""
        for theme in (DARK, LIGHT, HIGH_CONTRAST):
            for start in range(0, len(texts), COLUMNS * ROWS):
                sheet = self._sheet(self._images(texts[start : start + COLUMNS * ROWS], theme))
                sheet.save(str(self._folder / f"documents-{theme.name}-{start // (COLUMNS * ROWS) + 1}.png"))
        self._formulas.shut_down()

    def _images(self, texts: list[str], theme: Theme) -> list[QImage]:
        shown = [self._shown(text, theme) for text in texts]
        until = time.monotonic() + 0.15
        while time.monotonic() < until or self._formulas.is_drawing:
            self._application.processEvents()
            time.sleep(0.005)
        images = [widget.grab().toImage() for widget in shown]
        for widget in shown:
            self._formulas.drawn.disconnect(widget.show_drawn_formulas)
            widget.deleteLater()
        return images

    def _shown(self, text: str, theme: Theme) -> Transcript:
        widget = Transcript(theme, formulas=self._formulas.picture)
        self._formulas.drawn.connect(widget.show_drawn_formulas)
        widget.resize(WIDTH, HEIGHT)
        message = Message(Role.ASSISTANT, (TextPart(text, text),), Generation(""))
        widget.show()
        widget.show_entries([MessageEntry("document", message)])
        widget.verticalScrollBar().setValue(0)
        return widget

    def _sheet(self, images: list[QImage]) -> QImage:
        sheet = QImage(COLUMNS * WIDTH, ROWS * HEIGHT, QImage.Format.Format_RGB32)
        sheet.fill(0x808080)
        with QPainter(sheet) as painter:
            for number, image in enumerate(images):
                painter.drawImage(number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT, image)
        return sheet


if __name__ == "__main__":
    told = options()
    Studio(told.folder).take_all(documents()[::3] if told.is_quick else documents())
