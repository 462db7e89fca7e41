"""Puts text on the clipboard, plain or with its form."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication


def encodable(text: str) -> str:
    """The text without halves of surrogate pairs, which the clipboard cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def rich_data(text: str, html: str) -> QMimeData:
    """A text as plain text and as HTML."""
    data = QMimeData()
    data.setText(encodable(text))
    data.setHtml(encodable(html))
    return data


def put_text(text: str) -> None:
    """Put a plain text on the clipboard."""
    QApplication.clipboard().setText(encodable(text))


def put_data(data: QMimeData, mode: QClipboard.Mode = QClipboard.Mode.Clipboard) -> None:
    """Put something on the clipboard in all its forms."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    if not _texts:
        application.aboutToQuit.connect(leave_text)
    _texts[mode] = data.text()
    application.clipboard().setMimeData(data, mode)


def leave_text() -> None:
    """Leave only the plain text of what was put on the clipboard, before the program ends.

    Data made in Python that outlives the interpreter crashes the program on its way out.
    """
    clipboard = QApplication.clipboard()
    for mode, text in _texts.items():
        if clipboard.text(mode) == text:  # Otherwise it is another program's by now.
            clipboard.setText(text, mode)


_texts: dict[QClipboard.Mode, str] = {}
"""What was put last in each mode."""
