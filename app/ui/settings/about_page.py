"""What this program is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.core.translation import tr


class AboutPage(QWidget):
    """Name, version, licence."""

    def __init__(self, version: str, app_icon: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = QLabel(self)
        picture.setPixmap(app_icon.pixmap(QSize(64, 64), self.devicePixelRatio()))
        name = QLabel(tr("Tarn {version}", version=version), self)
        name.setProperty("subheading", True)
        text = QLabel(
            tr(
                "Chat with language models that run on your own computer. Nothing you write is sent "
                "anywhere, unless you add a server of your own and choose one of its models.\n\n"
                "Tarn is free software under the MIT licence. Built with llama.cpp, Qt, and the typefaces "
                "Inter and JetBrains Mono."
            ),
            self,
        )
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (picture, name, text):
            layout.addWidget(widget)
        layout.addStretch(1)
