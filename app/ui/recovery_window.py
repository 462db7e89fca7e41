"""Shows how the recovery of a damaged file goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from app.core.formatting import size_done
from app.core.recovery_progress import RecoveryProgress
from app.core.translation import tr, tr_count

SHOWN_AFTER_MS = 1_000
"""A recovery that is over before is not worth a window."""
_PARTS = 1_000


class RecoveryWindow(QWidget):
    """A small window with what is done now and how far it is. It comes up by itself after a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """`parent` is the program's window, where it is there already."""
        super().__init__(parent, Qt.WindowType.Dialog)
        self.setObjectName("recovery_window")
        self.setWindowTitle("Tarn")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFixedWidth(460)
        self.heading = QLabel(
            tr("The file with the chats is damaged. What is legible is being recovered."), self
        )
        self.heading.setWordWrap(True)
        self.step = QLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Recovery"))
        self.numbers = QLabel(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        for widget in (self.heading, self.step, self.bar, self.numbers):
            layout.addWidget(widget)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._timer.timeout.connect(self.show)
        self._is_started = False

    def show_progress(self, progress: RecoveryProgress) -> None:
        """Takes how far it is."""
        if not self._is_started:
            self._is_started = True
            self._timer.start()
        self.step.setText(tr(progress.step.value))
        is_known = progress.all_bytes > 0
        self.bar.setRange(0, _PARTS if is_known else 0)
        if is_known:
            self.bar.setValue(round(_PARTS * progress.done_bytes / progress.all_bytes))
        found = (
            tr_count("{count:,} message so far", "{count:,} messages so far", progress.messages)
            if progress.messages
            else ""
        )
        done = size_done(progress.done_bytes, progress.all_bytes) if is_known else ""
        self.numbers.setText(" · ".join(part for part in (done, found) if part))

    def end(self) -> None:
        """Goes away for good."""
        self._timer.stop()
        self.hide()
        self.deleteLater()
