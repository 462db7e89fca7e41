"""What this computer can run, and the three models to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)
from typing_extensions import override

from app.core.translation import tr
from app.engine.computer import Computer
from app.hub.recommendations import Recommendation
from app.ui.fonts import BODY_SIZE
from app.ui.model_manager import computer_words
from app.ui.model_manager.choice_card import ChoiceCard
from app.ui.model_manager.notice_strip import NoticeStrip
from app.ui.widgets.column_page import ColumnPage

COLUMN_WIDTH = 980
_SIDE_BY_SIDE = 660


class StartPage(ColumnPage):
    """The first page: from here to a chat with the right model it takes one click.

    Signals:
        wanted(str), chat_requested(str), pause_requested(str), resume_requested(str), details_requested(str):
            with a model's id.
        starter_requested(): the user would rather begin with the model that came with the program.
        network_settings_requested(): the user wants to be online again.
    """

    wanted = Signal(str)
    chat_requested = Signal(str)
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    details_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_page")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cards: dict[str, ChoiceCard] = {}
        self._heading = QLabel(tr("Choose your first model"), self)
        self._heading.setProperty("heading", True)
        self.claim = QLabel(self)
        self.claim.setWordWrap(True)
        self.claim.setProperty("body", True)
        self.facts = QLabel(self)
        self.facts.setWordWrap(True)
        self.facts.setProperty("muted", True)
        self.notice = NoticeStrip(self)
        self.notice.button.setText(tr("Open the settings"))
        self.notice.button.show()
        self.network_settings_requested = self.notice.button.clicked
        self.starter_button = QPushButton(tr("Use the starter model for now"), self)
        self.starter_button.setObjectName("starter_button")
        self.starter_button.setProperty("quiet", True)
        self.starter_requested = self.starter_button.clicked
        self._lay_out()

    def set_computer(self, computer: Computer) -> None:
        """Says what this computer has and what it can run."""
        self.claim.setText(computer_words.claim(computer))
        self.facts.setText(" · ".join(computer_words.facts(computer)))

    def set_choices(self, choices: Sequence[Recommendation]) -> None:
        """Offers these models. Cards that are there already stay, with what they show."""
        for model_id in set(self.cards) - {choice.model.id for choice in choices}:
            card = self.cards.pop(model_id)
            card.hide()
            card.deleteLater()
        for place, choice in enumerate(choices):
            card = self.cards.get(choice.model.id) or self._add_card(choice)
            card.set_choice(choice)
            card.set_wide(self._row.direction() == QBoxLayout.Direction.TopToBottom)
            self._row.insertWidget(place, card, 1)

    def set_first(self, is_first: bool) -> None:
        """Whether there is no model yet but the one that came with the program."""
        self._heading.setText(tr("Choose your first model") if is_first else tr("Recommended"))

    def set_offline(self, is_offline: bool) -> None:
        """Says that nothing can be fetched while the network is switched off."""
        self.notice.set_text(tr("Tarn is offline: nothing can be downloaded.") if is_offline else "")

    def set_starter(self, name: str) -> None:
        """Names the model that can be used meanwhile; without one there is no button."""
        self.starter_button.setVisible(bool(name))
        self.starter_button.setText(tr("Use {name} for now", name=name))

    def _add_card(self, choice: Recommendation) -> ChoiceCard:
        card = ChoiceCard(choice, self._cards)
        for name in ("wanted", "chat_requested", "pause_requested", "resume_requested", "details_requested"):
            getattr(card, name).connect(getattr(self, name))
        self.cards[choice.model.id] = card
        return card

    def _lay_out(self) -> None:
        self._cards = QWidget(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._cards)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.starter_button)
        foot.addStretch(1)
        inner = self.new_column(COLUMN_WIDTH)
        for widget in (self._heading, self.claim, self.facts, self.notice, self._cards):
            inner.addWidget(widget)
        inner.addLayout(foot)
        inner.addStretch(1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        zoom = max(1.0, self.font().pixelSize() / BODY_SIZE)
        is_wide = event.size().width() >= _SIDE_BY_SIDE * zoom
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._row.setDirection(direction)
        for card in self.cards.values():
            card.set_wide(not is_wide)
