"""A list of all shortcuts, as the menus have them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.core.translation import tr
from app.ui.widgets.inset_label import InsetLabel
from app.ui.widgets.key_names import native

ELSEWHERE = (
    (tr("Message box"), tr("Edit the last message"), "Up"),
    (tr("Chats"), tr("Rename"), "F2"),
    (tr("Chats"), tr("Delete"), "Del"),
    (tr("Transcript"), tr("Go to the message before or after"), tr("Up, Down")),
    (tr("Presets"), tr("Save"), "Ctrl+S"),
    (tr("Presets"), tr("Duplicate"), "Ctrl+D"),
    (tr("Presets"), tr("Filter"), "Ctrl+F"),
    (tr("Presets"), tr("Rename"), "F2"),
)
"""What no menu has: the part of the window that has the keyboard then, what happens, and the keys."""


WIDTH, HEIGHT = 440, 520


class ShortcutsDialog(QDialog):
    """Shows every menu entry that has a shortcut, and the keys of single parts. Open it with `open()`."""

    def __init__(self, shortcuts: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """`shortcuts` are menu, entry and shortcut, as the user reads them."""
        super().__init__(parent)
        self.setObjectName("shortcuts_dialog")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(24, 12, 24, 12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        written = [(part, entry, native(keys)) for part, entry, keys in ELSEWHERE]
        for menu, entries in groupby([*shortcuts, *written], key=lambda shortcut: shortcut[0]):
            heading = InsetLabel(menu, (0, 12, 0, 0), page)
            heading.setProperty("subheading", True)
            grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
            for _menu, entry, keys in entries:
                row = grid.rowCount()
                grid.addWidget(QLabel(entry, page), row, 0)
                shown = QLabel(keys, page)
                shown.setProperty("muted", True)
                grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(page)
        close = QPushButton(tr("Close"), self)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 16)
        layout.addWidget(area, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignHCenter)
        bar = area.verticalScrollBar().sizeHint().width()
        self.resize(max(WIDTH, page.sizeHint().width() + bar), HEIGHT)
