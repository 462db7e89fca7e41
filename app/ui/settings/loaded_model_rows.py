"""How the model that answers was loaded on this computer, and what of it was measured."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.model_file import ModelInfo
from app.core.translation import tr

_TIP = tr("When this model was first loaded, it was timed with flash attention and without.")


class LoadedModelRows(QWidget):
    """Plain rows; hidden while no model is loaded.

    Signals:
        measure_requested(): the user wants it measured anew.
    """

    measure_requested: SignalInstance

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = QLabel(self)
        self._heading.setProperty("muted", True)
        self._heading.setWordWrap(True)
        self.flash_label = QLabel(self)
        self.flash_label.setObjectName("flash_attention_label")
        self.threads_label = QLabel(self)
        self.threads_label.setObjectName("threads_label")
        self.measure_button = QPushButton(tr("Measure again"), self)
        self.measure_button.setObjectName("measure_again_button")
        self.measure_button.setToolTip(
            tr("Loads the model again, and takes what is faster on this computer now.")
        )
        self.measure_requested = self.measure_button.clicked
        self._lay_out()
        self.set_info(None)

    def set_info(self, info: ModelInfo | None) -> None:
        """Shows another model, or none."""
        self.setVisible(info is not None)
        if info is None:
            return
        self._heading.setText(
            tr("{name} is loaded like this. Presets can ask for something else.", name=info.name)
        )
        self.flash_label.setText(flash_text(info))
        self.flash_label.setToolTip(_TIP if info.is_measured else "")
        self.threads_label.setText(threads_text(info))
        self.measure_button.setVisible(not info.has_gpu)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(24)
        form.addRow(tr("Flash attention"), self.flash_label)
        form.addRow(tr("Threads"), self.threads_label)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(form)
        row.addStretch(1)
        row.addWidget(self.measure_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._heading)
        layout.addLayout(row)


def flash_text(info: ModelInfo) -> str:
    """Whether the model uses flash attention, and why."""
    if info.is_measured:
        return tr("On (measured)") if info.flash_attention else tr("Off (measured)")
    return tr("On") if info.flash_attention else tr("Off")


def threads_text(info: ModelInfo) -> str:
    """How many threads read and write."""
    if not info.writing_threads:
        return str(info.thread_count)
    return tr(
        "{thread_count}, and {writing_threads} while an answer is written (measured)",
        thread_count=info.thread_count,
        writing_threads=info.writing_threads,
    )
