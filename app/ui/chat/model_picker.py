"""The list of models on this computer, and how far the chosen one is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.core import formatting
from app.core.model_file import ModelFile, Sense
from app.core.translation import tr
from app.services.model_status import LoadStatus, ModelState
from app.ui.chat.model_delegate import ACTION_ROLE, DETAIL_ROLE, FILE_ROLE, HEADING_ROLE, ModelDelegate
from app.ui.fonts import resized
from app.ui.reading_direction import draw_elided, isolated
from app.ui.widgets.quiet_combo_box import QuietComboBox
from app.ui.widgets.tooltip import as_written, with_shortcut

_GET_MORE, _OPEN_FILE, _ADD_FOLDER = "get_more", "open_file", "add_folder"


def status_text(status: LoadStatus, model: ModelFile | None = None) -> str:
    """How far a model is, in words."""
    if status.is_waiting:
        return tr("Waiting for the current answer")
    if model is not None and model.server:
        if status.state is ModelState.LOADING:
            return tr("Contacting…")
        if status.state is ModelState.FAILED:
            return tr("Not available")
    elif status.state is ModelState.LOADING:
        return tr("Loading {progress} %", progress=round(status.progress * 100))
    return tr(status.state.value)


def destination_text(host: str) -> str:
    """Where words go that are sent to a model on a server."""
    return tr("Your words go to {host}", host=host)


def detail_text(model: ModelFile) -> str:
    """What stands below a model's name."""
    if model.server:
        length = formatting.tokens(model.trained_context) if model.trained_context else ""
        senses = tr("sees pictures") if Sense.SIGHT in model.senses else ""
        return " · ".join(filter(None, (tr("on {server}", server=model.server), length, senses)))
    facts = [
        formatting.size(model.size_bytes),
        model.quantisation,
        tr("starter model") if model.is_starter else "",
    ]
    return " · ".join(fact for fact in facts if fact)


class ModelPicker(QuietComboBox):
    """Which model answers.

    Signals:
        opened(): the list is about to be shown.
        model_chosen(Path): the user picked a model, maybe the one that is already shown.
        models_requested(), open_file_requested(), add_folder_requested(): the user picked one of the last
            rows.
    """

    opened = Signal()
    model_chosen = Signal(object)
    models_requested = Signal()
    open_file_requested = Signal()
    add_folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Model"), "Ctrl+M", parent)
        self.setObjectName("model_picker")
        self.set_popup_width(380)
        self._models: tuple[ModelFile, ...] | None = None
        self._shown_path: Path | None = None
        self._status = LoadStatus()
        self._has_announced_change = False
        self.setModel(QStandardItemModel(self))
        self.setItemDelegate(ModelDelegate(lambda: self._shown_path, self))
        self.setPlaceholderText(tr("Choose a model"))
        self.set_models([])
        self.currentIndexChanged.connect(self._on_current_index_changed)
        self.activated.connect(self._on_activated)

    @property
    def current_path(self) -> Path | None:
        """The model shown; None where none is."""
        return self._shown_path

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """Lists these models, keeping the choice, and in the open list the row, where it is still there."""
        if tuple(models) == self._models:
            return
        self._models = tuple(models)
        pointed_at = self.view().currentIndex().data(FILE_ROLE) if self.view().isVisible() else None
        with QSignalBlocker(self):
            self.clear()
            server = ""
            for model in models:
                if model.server != server:
                    server = model.server
                    self._add_heading(server, destination_text(model.host))
                self._add_model(model)
            if models:
                self.insertSeparator(self.count())
            self._add_action(tr("Get more models…"), "download-simple", _GET_MORE)
            self._add_action(tr("Open a model file…"), "folder-open", _OPEN_FILE)
            self._add_action(tr("Add a folder of models…"), "folder-plus", _ADD_FOLDER)
        self.set_current(self._shown_path)
        if pointed_at is not None and (row := self._row_of(pointed_at.path)) >= 0:
            self.view().setCurrentIndex(self.model().index(row, self.modelColumn()))

    @override
    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()

    def set_current(self, path: Path | None) -> None:
        """Shows a model as chosen. Emits nothing."""
        row = self._row_of(path)
        self._shown_path = path if row >= 0 else None
        with QSignalBlocker(self):
            self.setCurrentIndex(row)
        self._describe()

    def set_status(self, status: LoadStatus) -> None:
        """Shows how far the chosen model is."""
        self._status = status
        self._describe()

    @property
    def status(self) -> LoadStatus:
        return self._status

    def _add_model(self, model: ModelFile) -> None:
        item = QStandardItem(model.name)
        detail = model.problem or detail_text(model)
        item.setData(model, FILE_ROLE)
        item.setData(detail, DETAIL_ROLE)
        item.setData(f"{model.name}, {detail}", Qt.ItemDataRole.AccessibleTextRole)
        where = destination_text(model.host) if model.server else str(model.path)
        item.setToolTip(as_written(model.problem or where))
        item.setEnabled(not model.problem)
        self._items().appendRow(item)

    def _add_heading(self, server: str, detail: str) -> None:
        if self.count():
            self.insertSeparator(self.count())
        item = QStandardItem(server)
        item.setData(True, HEADING_ROLE)
        item.setData(detail, DETAIL_ROLE)
        item.setData(f"{server}. {detail}", Qt.ItemDataRole.AccessibleTextRole)
        item.setEnabled(False)
        self._items().appendRow(item)

    def _add_action(self, text: str, icon_name: str, action: str) -> None:
        item = QStandardItem(text)
        item.setData(action, ACTION_ROLE)
        item.setData(icon_name, DETAIL_ROLE)
        self._items().appendRow(item)

    def _items(self) -> QStandardItemModel:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        return model

    def _row_of(self, path: Path | None) -> int:
        for row in range(self.count()):
            model = self.itemData(row, FILE_ROLE)
            if model is not None and model.path == path:
                return row
        return -1

    def _describe(self) -> None:
        model = self._current_model()
        name = tr("No model chosen")
        if model:
            name = f"{model.name}, {detail_text(model)}, {status_text(self._status, model)}"
            name += f". {destination_text(model.host)}" if model.server else ""
        self.setAccessibleDescription(name)
        self.setToolTip(as_written(with_shortcut(name, "Ctrl+M")))
        self.updateGeometry()
        self.update()

    def _current_model(self) -> ModelFile | None:
        found = self.currentData(FILE_ROLE)
        return found if isinstance(found, ModelFile) else None

    def _on_current_index_changed(self, row: int) -> None:
        self._has_announced_change = row >= 0
        if row >= 0:
            self._choose(row)

    def _on_activated(self, row: int) -> None:
        if self._has_announced_change:
            self._has_announced_change = False
        else:
            self._choose(row)

    def _choose(self, row: int) -> None:
        action = self.itemData(row, ACTION_ROLE)
        if action is None:
            self._shown_path = self.itemData(row, FILE_ROLE).path
            self._describe()
            self.model_chosen.emit(self._shown_path)
            return
        self.set_current(self._shown_path)
        signals = {
            _GET_MORE: self.models_requested,
            _OPEN_FILE: self.open_file_requested,
            _ADD_FOLDER: self.add_folder_requested,
        }
        signals[action].emit()

    def _name_font(self) -> QFont:
        return resized(self.font(), 0.95, QFont.Weight.DemiBold)

    def _detail_font(self) -> QFont:
        return resized(self.font(), 0.85)

    def _words(self) -> tuple[str, str]:
        """The name, and the grey words after it."""
        model = self._current_model()
        if model is None:
            return self.placeholderText(), ""
        fact = model.host or formatting.size(model.size_bytes)
        return model.name, f"{fact} · {status_text(self._status, model)}"

    @override
    def content_width(self) -> int:
        name, detail = self._words()
        width = QFontMetrics(self._name_font()).horizontalAdvance(name) + 16
        return width + (QFontMetrics(self._detail_font()).horizontalAdvance(detail) + 12 if detail else 0)

    @override
    def paint_content(self, painter: QPainter, area: QRectF) -> None:
        name, detail = self._words()
        rest = area
        if self._current_model():
            dot = QRectF(area.left() + 1, area.center().y() - 4, 8, 8)
            self._paint_dot(painter, self.in_direction(dot))
            rest = area.adjusted(16, 0, 0, 0)
        metrics = QFontMetrics(self._name_font())
        detail_width = QFontMetrics(self._detail_font()).horizontalAdvance(detail) + 12
        if rest.width() - detail_width < min(metrics.horizontalAdvance(name), 90):
            detail, detail_width = "", 0  # Narrow: the dot alone tells the state.
        painter.setFont(self._name_font())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        width = draw_elided(painter, self.in_direction(rest.adjusted(0, 0, -detail_width, 0)), name)
        painter.setFont(self._detail_font())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        rest.setLeft(rest.left() + width + 10)
        painter.drawText(self.in_direction(rest), Qt.AlignmentFlag.AlignVCenter, isolated(detail))

    def _paint_dot(self, painter: QPainter, box: QRectF) -> None:
        role = {
            ModelState.READY: QPalette.ColorRole.Accent,
            ModelState.FAILED: QPalette.ColorRole.BrightText,
        }.get(self._status.state, QPalette.ColorRole.PlaceholderText)
        colour = self.palette().color(role)
        if self._status.state in (ModelState.READY, ModelState.FAILED):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(box)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.5))
        painter.drawEllipse(box)
        if self._status.state is ModelState.LOADING:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawArc(box, 90 * 16, -round(self._status.progress * 360 * 16))
