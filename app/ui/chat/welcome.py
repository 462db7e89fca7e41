"""What stands in place of a conversation that has not begun."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMargins, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QIcon,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)
from typing_extensions import override

from app.core.translation import tr
from app.ui.fonts import line_height, resized
from app.ui.icons import icon, icon_size
from app.ui.reading_direction import in_direction, isolated
from app.ui.widgets.balanced_label import BalancedLabel
from app.ui.widgets.column_page import ColumnPage
from app.ui.widgets.flow_layout import FlowLayout

COLUMN_WIDTH = 680
SUGGESTION_ICONS = ("lightbulb", "pencil-simple", "chat-circle", "list-bullets")
LONGEST_SUGGESTION_TITLE = 32
"""In characters."""
_COLON = re.compile("[:：]")
_ENDS = ".?。？؟ \N{NARROW NO-BREAK SPACE}"
ROOM_FOR_PICTURE = 480
"""Pixels of height; with less, the things to try come before the picture."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to try: what the card says, and the message that is sent.

    Where the title is only the beginning of the message, the card shows the message alone.
    """

    title: str
    prompt: str
    icon_name: str = "chat-circle"

    @property
    def has_own_title(self) -> bool:
        return not self.prompt.startswith(self.title.rstrip("…. "))


GENERAL_SUGGESTIONS = (
    Suggestion(
        tr("Explain an idea"),
        tr("Explain how rainbows form, in five sentences a twelve-year-old understands."),
        "lightbulb",
    ),
    Suggestion(
        tr("Write a message"),
        tr("Write a short, friendly message to a neighbour who lent me a ladder, to say thank you."),
        "pencil-simple",
    ),
    Suggestion(
        tr("Write some code"),
        tr("Write a Python function that gives the most frequent word in a text, with one example."),
        "code",
    ),
    Suggestion(
        tr("Plan something"),
        tr("Plan a day of hiking in the mountains: what to pack, when to leave, what to watch out for."),
        "list-bullets",
    ),
)


class SuggestionCard(QAbstractButton):
    """A card with a title and the beginning of the message it sends."""

    def __init__(self, suggestion: Suggestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.suggestion = suggestion
        name = f"{suggestion.title}: {suggestion.prompt}"
        self.setAccessibleName(name if suggestion.has_own_title else suggestion.prompt)
        self.setToolTip(suggestion.prompt)
        self.setAccessibleDescription(tr("Sends this message"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        line = line_height(self.font(), self.suggestion.prompt)
        return QSize(200, round(line * (2.8 if self.suggestion.has_own_title else 2)) + 30)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            option = QStyleOptionFrame()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
            area = QRectF(self.rect()).adjusted(16, 14, -16, -14)
            if self._fits_one_line(area.width() - 28):
                area.translate(0, (area.height() - self.fontMetrics().lineSpacing()) / 2)
            box = QRectF(area.left(), area.top() + 1, icon_size(), icon_size())
            direction = self.layoutDirection()
            icon(self.suggestion.icon_name, self.palette(), QPalette.ColorRole.Accent).paint(
                painter, in_direction(box, area, direction).toRect()
            )
            words = in_direction(area.adjusted(28, 0, 0, 0), area, direction)
            if not self.suggestion.has_own_title:
                self._paint_prompt(painter, words, resized(self.font(), 0.95), QPalette.ColorRole.WindowText)
                return
            title = resized(self.font(), 0.95, self.font().weight().DemiBold)
            painter.setFont(title)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(words, Qt.AlignmentFlag.AlignTop, isolated(self.suggestion.title))
            below = words.adjusted(0, line_height(title, self.suggestion.title) + 4, 0, 0)
            self._paint_prompt(painter, below, resized(self.font(), 0.87), QPalette.ColorRole.PlaceholderText)

    def _fits_one_line(self, width: float) -> bool:
        metrics = QFontMetrics(resized(self.font(), 0.95))
        return not self.suggestion.has_own_title and metrics.horizontalAdvance(self.suggestion.prompt) < width

    def _paint_prompt(self, painter: QPainter, area: QRectF, font: QFont, role: QPalette.ColorRole) -> None:
        """Two lines of the message, the second one cut where it is too long."""
        text = self.suggestion.prompt
        layout = QTextLayout(text, font)
        start = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        option = QTextOption(start | Qt.AlignmentFlag.AlignAbsolute)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        layout.setTextOption(option)
        layout.beginLayout()
        first = layout.createLine()
        first.setLineWidth(area.width())
        layout.endLayout()
        painter.setFont(font)
        painter.setPen(self.palette().color(role))
        layout.draw(painter, area.topLeft())
        metrics = QFontMetrics(font)
        rest = metrics.elidedText(text[first.textLength() :], Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area.adjusted(0, first.height(), 0, 0), Qt.AlignmentFlag.AlignTop, isolated(rest))


class Welcome(ColumnPage):
    """One line of welcome, what the model is good at, and four things to try.

    Signals:
        prompt_chosen(str): the user picked a thing to try.
        open_file_requested(), add_folder_requested(): asked for where there is no model yet.
        models_requested(): the user wants to see which models there are to fetch.
    """

    prompt_chosen = Signal(str)

    def __init__(self, app_icon: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self._app_icon = app_icon
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._picture.setProperty("centred", True)
        self.heading = BalancedLabel(self)
        self.heading.setProperty("heading", True)
        self.text = BalancedLabel(self)
        self.text.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.get_button = QPushButton(tr("Get an LFM2.5 model"), self)
        self.get_button.setObjectName("get_model_button")
        self.get_button.setProperty("primary", True)
        self.models_requested = self.get_button.clicked
        self.open_file_button = QPushButton(tr("Open a model file…"), self)
        self.add_folder_button = QPushButton(tr("Add a folder of models…"), self)
        self.open_file_requested = self.open_file_button.clicked
        self.add_folder_requested = self.add_folder_button.clicked
        self._lay_out()
        self._set_suggestions(GENERAL_SUGGESTIONS)
        self.show_no_model()

    def show_first_start(self) -> None:
        """At the very first start: what this is, and how to start."""
        self._show(
            tr("Welcome to Tarn"),
            tr(
                "Chat with language models that run on this computer. What you write stays here, and no "
                "network is needed. A small model is included. Type a message to start."
            ),
        )
        self._buttons.show()
        self.open_file_button.hide()
        self.add_folder_button.hide()

    def show_model(
        self, name: str, good_at: str = "", suggestions: Sequence[Suggestion] = GENERAL_SUGGESTIONS
    ) -> None:
        """Before a conversation: the model, what it is good at as a sentence, and what fits it."""
        self._set_suggestions(suggestions)
        self._show(
            tr("How can I help?"), f"{name}: {good_at}" if good_at else tr("Chatting with {name}", name=name)
        )

    def show_no_model(self) -> None:
        """Where no model is chosen or there is none."""
        self._show(
            tr("Choose a model to start"),
            tr("Download one, or open or drop a GGUF file or a folder of models."),
        )
        self._cards.hide()
        self._buttons.show()
        self.open_file_button.show()
        self.add_folder_button.show()

    def _show(self, heading: str, text: str) -> None:
        self.heading.setText(heading)
        self.text.setText(text)
        self._cards.show()
        self._buttons.hide()

    def _set_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        layout = self._cards.layout()
        assert isinstance(layout, QGridLayout)
        while (item := layout.takeAt(0)) is not None:
            if (card := item.widget()) is not None:
                card.hide()
                card.deleteLater()
        before: QWidget = self.add_folder_button
        for number, suggestion in enumerate(suggestions):
            card = SuggestionCard(suggestion, self._cards)
            card.clicked.connect(self._on_card_clicked)
            layout.addWidget(card, number // 2, number % 2)
            self.setTabOrder(before, card)  # Else what is made late comes last.
            before = card

    def _on_card_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, SuggestionCard):
            self.prompt_chosen.emit(card.suggestion.prompt)

    def _lay_out(self) -> None:
        self._cards = QWidget(self)
        grid = QGridLayout(self._cards)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        self._buttons = QWidget(self)
        row = FlowLayout(self._buttons, is_centred=True)
        for button in (self.get_button, self.open_file_button, self.add_folder_button):
            row.addWidget(button)
        inner = self.new_column(COLUMN_WIDTH, margins=QMargins(24, 24, 24, 12))
        inner.addStretch(2)
        for widget in (self._picture, self.heading, self.text):
            inner.addWidget(widget)
        inner.addSpacing(16)
        inner.addWidget(self._buttons)
        inner.addSpacing(12)
        inner.addWidget(self._cards)
        inner.addStretch(3)
        self._draw_picture()

    def _draw_picture(self) -> None:
        self._picture.setPixmap(self._app_icon.pixmap(QSize(64, 64), self.devicePixelRatio()))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw_picture()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.setVisible(self.viewport().height() >= ROOM_FOR_PICTURE)


def suggestions_of(prompts: Sequence[str]) -> tuple[Suggestion, ...]:
    """Cards for the catalog's things to try: the first words are the title."""
    return tuple(
        Suggestion(_title(prompt), prompt, name)
        for prompt, name in zip(prompts, SUGGESTION_ICONS, strict=False)
    )


def _title(prompt: str) -> str:
    colon = _COLON.search(prompt[:LONGEST_SUGGESTION_TITLE])
    head = prompt[: colon.start()] if colon else prompt
    if len(head) <= LONGEST_SUGGESTION_TITLE:
        return head.rstrip(_ENDS)
    cut = head[:LONGEST_SUGGESTION_TITLE]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(",") + "…"
