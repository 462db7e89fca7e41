"""The list of models on this computer, and how far the chosen one is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from app.core import formatting
from app.core.model_file import ModelFile
from app.services.model_status import LoadStatus, ModelState
from app.ui.fonts import resized, scaled
from app.ui.icons import icon, icon_size
from app.ui.widgets.quiet_combo_box import QuietComboBox
from app.ui.widgets.tooltip import as_written, with_shortcut

FILE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row's `ModelFile`; None for the rows at the end, which do something else."""
ACTION_ROLE = Qt.ItemDataRole.UserRole + 2
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 3

_GET_MORE, _OPEN_FILE, _ADD_FOLDER = "get_more", "open_file", "add_folder"
_Index = QModelIndex | QPersistentModelIndex


def status_text(status: LoadStatus) -> str:
    """How far a model is, in words."""
    if status.is_waiting:
        return "Waiting for the current answer"
    if status.state is ModelState.LOADING:
        return f"Loading {round(status.progress * 100)} %"
    return status.state.value


def detail_text(model: ModelFile) -> str:
    """What stands below a model's name."""
    facts = [
        formatting.size(model.size_bytes),
        model.quantisation,
        "starter model" if model.is_starter else "",
    ]
    return " · ".join(fact for fact in facts if fact)


class ModelPicker(QuietComboBox):
    """Which model answers.

    Signals:
        model_chosen(Path): the user picked a model, maybe the one that is already shown.
        models_requested(), open_file_requested(), add_folder_requested(): the user picked one of the last
            rows.
    """

    model_chosen = Signal(object)
    models_requested = Signal()
    open_file_requested = Signal()
    add_folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Model", "Ctrl+M", parent)
        self.setObjectName("model_picker")
        self.set_popup_width(380)
        self._shown_path: Path | None = None
        self._status = LoadStatus()
        self._has_announced_change = False
        self.setModel(QStandardItemModel(self))
        self.setItemDelegate(ModelDelegate(self))
        self.setPlaceholderText("Choose a model")
        self.set_models([])
        self.currentIndexChanged.connect(self._on_current_index_changed)
        self.activated.connect(self._on_activated)

    @property
    def current_path(self) -> Path | None:
        """The model shown; None where none is."""
        return self._shown_path

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """Lists these models, keeping the choice where it is still there."""
        with QSignalBlocker(self):
            self.clear()
            for model in models:
                self._add_model(model)
            if models:
                self.insertSeparator(self.count())
            self._add_action("Get more models…", "download-simple", _GET_MORE)
            self._add_action("Open a model file…", "folder-open", _OPEN_FILE)
            self._add_action("Add a folder of models…", "folder-plus", _ADD_FOLDER)
        self.set_current(self._shown_path)

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
        item.setToolTip(as_written(model.problem or str(model.path)))
        item.setEnabled(not model.problem)
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
        name = (
            f"{model.name}, {detail_text(model)}, {status_text(self._status)}" if model else "No model chosen"
        )
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
        return model.name, f"{formatting.size(model.size_bytes)} · {status_text(self._status)}"

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
            self._paint_dot(painter, QRectF(area.left() + 1, area.center().y() - 4, 8, 8))
            rest = area.adjusted(16, 0, 0, 0)
        metrics = QFontMetrics(self._name_font())
        detail_width = QFontMetrics(self._detail_font()).horizontalAdvance(detail) + 12
        if rest.width() - detail_width < min(metrics.horizontalAdvance(name), 90):
            detail, detail_width = "", 0  # Narrow: the dot alone tells the state.
        painter.setFont(self._name_font())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(rest.width() - detail_width))
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(self._detail_font())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        rest.setLeft(rest.left() + metrics.horizontalAdvance(shown) + 10)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, detail)

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


class ModelDelegate(QStyledItemDelegate):
    """Draws a row of the open list: name, figures or what is wrong, a mark at the chosen one."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        if index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator":
            return QSize(0, 9)
        line = option.fontMetrics.height()
        return QSize(200, line + 18 if index.data(ACTION_ROLE) else 2 * line + 14)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator":
            painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
            middle = option.rect.center().y()
            painter.drawLine(option.rect.left() + 8, middle, option.rect.right() - 8, middle)
        else:
            self._paint_row(painter, option, index)
        painter.restore()

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area = QRectF(option.rect)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver) and (
            option.state & QStyle.StateFlag.State_Enabled
        ):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 6, 6)
        if index.data(ACTION_ROLE):
            self._paint_action(painter, option, index, area.adjusted(12, 0, -12, 0))
        else:
            self._paint_model(painter, option, index, area.adjusted(12, 6, -12, -6))

    def _paint_action(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, area: QRectF
    ) -> None:
        side = icon_size()
        box = QRectF(area.left(), area.center().y() - side / 2, side, side)
        icon(index.data(DETAIL_ROLE), option.palette).paint(painter, box.toRect())
        painter.setFont(resized(option.font, 0.95))
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.drawText(area.adjusted(side + 10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, index.data())

    def _paint_model(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, area: QRectF
    ) -> None:
        picker = self.parent()
        model: ModelFile = index.data(FILE_ROLE)
        muted = option.palette.color(QPalette.ColorRole.PlaceholderText)
        text = option.palette.color(QPalette.ColorRole.Text)
        if isinstance(picker, ModelPicker) and model.path == picker.current_path:
            side = scaled(16)
            box = QRectF(area.right() - side, area.center().y() - side / 2, side, side)
            icon("check", option.palette, QPalette.ColorRole.Accent).paint(painter, box.toRect())
        area.setRight(area.right() - 24)
        top = QRectF(area.left(), area.top(), area.width(), area.height() / 2)
        name_font = resized(option.font, 0.95, QFont.Weight.Medium)
        self._paint_line(painter, name_font, muted if model.problem else text, top, model.name)
        below = top.translated(0, top.height())
        self._paint_line(painter, resized(option.font, 0.82), muted, below, index.data(DETAIL_ROLE))

    def _paint_line(self, painter: QPainter, font: QFont, colour: object, area: QRectF, text: str) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
