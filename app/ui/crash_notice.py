"""Offers to show what was kept of a run that ended by a fault."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.translation import tr
from app.ui.messages import Messages


class CrashReportDialog(QDialog):
    """The report as it is, to read and to copy."""

    def __init__(self, report: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crash_report_dialog")
        self.setWindowTitle(tr("Crash report"))
        self.resize(760, 520)
        where = QLabel(tr("Kept in {report}", report=report), self)
        where.setWordWrap(True)
        self.text = QPlainTextEdit(report.read_text(encoding="utf-8", errors="replace"), self)
        self.text.setAccessibleName(tr("Crash report"))
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.folder_button = buttons.addButton(tr("Open folder"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(self._copy)
        self.folder_button.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(report.parent)))
        )
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (where, self.text, buttons):
            layout.addWidget(widget)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


def show_crash_notice(messages: Messages, report: Path, window: QWidget) -> None:
    """Says that the last run ended badly, with a button that shows the report."""

    def show() -> None:
        dialog = CrashReportDialog(report, window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    messages.show_notice(
        tr("Tarn closed unexpectedly last time."),
        tr("A crash report is saved on this computer only."),
        tr("Show"),
        show,
    )
