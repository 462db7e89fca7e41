"""The network in the settings: the offline switch, and the token for the hub."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.core.errors import UserError
from app.core.translation import tr
from app.hub.token import TOKENS_ADDRESS, TokenStorage
from app.ui.model_manager.notice_strip import NoticeStrip

_WHERE = {
    TokenStorage.NOWHERE: tr("No token. Only needed for models with access terms."),
    TokenStorage.KEYRING: tr("A token is saved in the system keyring."),
    TokenStorage.THIS_RUN: tr("A token is in use until Tarn is closed. It is not saved."),
    TokenStorage.LOCKED: tr("The system's keyring is locked, so the token in it cannot be used."),
}
_SLOW_NOTICE_MS = 500
_WAITING = tr("Waiting for the system's keyring, which may ask for its password. You can go on meanwhile.")


class NetworkPage(QWidget):
    """What the program may do on the network, and in whose name.

    Signals:
        offline_changed(bool): the user switched the network off or on.
        save_requested(str): check this token and keep it.
        check_requested(), forget_requested(): do that with the token that is there.
        unlock_requested(): ask the keyring again.
        link_requested(str): the user wants to see an address.
    """

    save_requested = Signal(str)
    check_requested = Signal()
    unlock_requested = Signal()
    link_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offline_field = QCheckBox(tr("Offline mode"), self)
        self.offline_field.setObjectName("offline_field")
        self.field = QLineEdit(self)
        self.field.setObjectName("token_field")
        self.field.setAccessibleName(tr("Hugging Face token"))
        self.field.setPlaceholderText("hf_…")
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.save_button = QPushButton(tr("Save"), self)
        self.save_button.setObjectName("save_token_button")
        self.check_button = QPushButton(tr("Check"), self)
        self.check_button.setObjectName("check_token_button")
        self.forget_button = QPushButton(tr("Remove"), self)
        self.forget_button.setObjectName("forget_token_button")
        self.link_button = QPushButton(tr("Get a token"), self)
        self.link_button.setProperty("link", True)
        self.link_button.setToolTip(TOKENS_ADDRESS)
        self.where = self._words("")
        self.outcome = NoticeStrip(self)
        self._storage = TokenStorage.NOWHERE
        self._slow_notice = QTimer(self, interval=_SLOW_NOTICE_MS, singleShot=True)
        self._slow_notice.timeout.connect(lambda: self.where.setText(_WAITING))
        self._lay_out()
        self.offline_changed = self.offline_field.toggled
        self.field.textChanged.connect(lambda _text: self._fit_buttons())
        self.field.returnPressed.connect(self._save)
        self.save_button.clicked.connect(self._save)
        self.check_button.clicked.connect(self._on_check_button_clicked)
        self.forget_requested = self.forget_button.clicked
        self.link_button.clicked.connect(lambda: self.link_requested.emit(TOKENS_ADDRESS))
        self.set_storage(TokenStorage.NOWHERE, "")

    def set_offline(self, is_offline: bool) -> None:
        """Shows how the switch stands. Emits nothing."""
        self.offline_field.blockSignals(True)
        self.offline_field.setChecked(is_offline)
        self.offline_field.blockSignals(False)

    def set_storage(self, storage: TokenStorage, notice: str) -> None:
        """Says where the token is kept."""
        self._slow_notice.stop()
        self._storage = storage
        self.where.setText(f"{_WHERE[storage]} {notice}".strip())
        self.check_button.setText(tr("Unlock") if storage is TokenStorage.LOCKED else tr("Check"))
        self._fit_buttons()

    def set_waiting(self) -> None:
        """Says that the keyring has not answered, if it does not do so at once."""
        self._slow_notice.start()

    def set_busy(self) -> None:
        """Says that the hub is being asked."""
        self.outcome.set_text(tr("Contacting Hugging Face…"))
        for button in (self.save_button, self.check_button):
            button.setEnabled(False)

    def set_account(self, name: str) -> None:
        """The hub knows the token: it belongs to this account. The field forgets it."""
        self.field.clear()
        self.outcome.set_text(tr("This token belongs to {name}.", name=name))
        self._fit_buttons()

    def set_error(self, error: UserError) -> None:
        """Says what is wrong with it."""
        self.outcome.set_text(error.told, is_error=True)
        self._fit_buttons()

    def clear_outcome(self) -> None:
        self.outcome.set_text("")

    def _on_check_button_clicked(self) -> None:
        is_locked = self._storage is TokenStorage.LOCKED
        (self.unlock_requested if is_locked else self.check_requested).emit()

    def _save(self) -> None:
        if self.field.text().strip():
            self.save_requested.emit(self.field.text())

    def _fit_buttons(self) -> None:
        self.save_button.setEnabled(bool(self.field.text().strip()))
        is_there = self._storage is not TokenStorage.NOWHERE
        self.check_button.setEnabled(is_there)
        self.forget_button.setEnabled(is_there)

    def _words(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("muted", True)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(self._heading(tr("Network")))
        layout.addWidget(self.offline_field)
        layout.addWidget(
            self._words(
                tr(
                    "Chatting needs no network. Finding and downloading models does, and so does a model "
                    "that reads a web page for you. With this switch on, Tarn makes no connection at all."
                )
            )
        )
        layout.addSpacing(8)
        layout.addWidget(self._heading(tr("Hugging Face token")))
        layout.addWidget(self.where)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.save_button)
        layout.addLayout(row)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.check_button)
        buttons.addWidget(self.forget_button)
        buttons.addStretch(1)
        buttons.addWidget(self.link_button)
        layout.addLayout(buttons)
        layout.addWidget(self.outcome)
        layout.addStretch(1)

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("subheading", True)
        return label
