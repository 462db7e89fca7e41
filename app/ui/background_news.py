"""Tells of long work that has ended while the user was in another window."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from app.core.conversation import MessageState
from app.core.translation import tr
from app.services.downloads import DownloadsChange, DownloadService
from app.services.running_answer import AnswerChange, AnswerPart, RunningAnswer
from app.services.services import Services
from app.ui.desktop_notifier import DesktopNotifier
from app.ui.main_window import MainWindow
from app.ui.single_instance import bring_forward

LONG_ANSWER_SECONDS = 10.0
"""Whoever waits less than this has not gone anywhere."""


class BackgroundNews(QObject):
    """Notifies of long answers and downloads, where the setting is on and no window of ours is in front."""

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        downloads: DownloadService,
        notifier: DesktopNotifier,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._services = services
        self._notifier = notifier
        self.longest_unnoticed = LONG_ANSWER_SECONDS
        self._began: dict[str, float] = {}
        services.answers.changed.connect(self._on_answers_changed)
        services.answers.ended.connect(self._on_answer_ended)
        downloads.changed.connect(self._on_downloads_changed)
        window.installEventFilter(self)

    def _on_answers_changed(self, change: AnswerChange) -> None:
        if change.part is AnswerPart.BEGAN:
            self._began.setdefault(change.answer.conversation_id, monotonic())

    def _on_answer_ended(self, answer: RunningAnswer) -> None:
        conversation_id = answer.conversation_id
        if self._services.answers.running(conversation_id):
            return  # A message waited, and is being answered already.
        took = monotonic() - self._began.pop(conversation_id, monotonic())
        if answer.cancel.is_set() or took < self.longest_unnoticed or not self._is_wanted:
            return
        title = self._services.conversations.title_of(conversation_id)
        has_failed = answer.node.state is MessageState.FAILED
        self._notifier.notify(
            tr("The answer failed") if has_failed else tr("The answer is finished"),
            title,
            lambda: self._show_conversation(conversation_id),
        )

    def _on_downloads_changed(self, change: DownloadsChange) -> None:
        if change.arrived is not None and self._is_wanted:
            self._notifier.notify(tr("Download finished"), change.arrived.order.title, self._come_forward)

    @property
    def _is_wanted(self) -> bool:
        return self._services.settings.current.notifies_when_done and QApplication.activeWindow() is None

    def _show_conversation(self, conversation_id: str) -> None:
        self._come_forward()
        if self._services.conversations.title_of(conversation_id):
            self._window.show_page(self._window.chat_page)
            self._services.chat.show(conversation_id)

    def _come_forward(self) -> None:
        bring_forward(self._window)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._notifier.withdraw()
        return False
