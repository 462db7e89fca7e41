"""Reads answers aloud, sentence by sentence, also while they are being written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.core.conversation import MessageNode
from app.core.errors import SoundError
from app.core.message import Role
from app.core.translation import tr
from app.services.answers import AnswerService
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_session import ChatSession
from app.services.notices import NoticeService
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.settings import SettingsService
from app.speech.languages import language_of
from app.speech.spoken_text import spoken_sentences


class Voice(Protocol):
    """Speaks one sentence at a time."""

    def say(self, sentence: str, language: str, on_end: Callable[[bool], None]) -> bool:
        """Begins to speak.

        Args:
            language: two letters, such as `ja`.
            on_end: told when the sentence was spoken (True) or could not be; not after `stop`.

        Returns:
            Whether there is a voice for the language.
        """
        ...

    def stop(self) -> None:
        """Falls silent at once."""
        ...


@dataclass(frozen=True, slots=True)
class SpeechChange:
    """Something is read aloud now, or no longer, or whether that can be done has changed."""


class ReadingAloudService(QObject):
    """Reads one answer at a time.

    Signals:
        changed: a `SpeechChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        chat: ChatSession,
        answers: AnswerService,
        settings: SettingsService,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._settings = settings
        self._notices = notices
        self._voice: Voice | None = None
        self._node_id = ""
        self._sentences: list[str] = []
        self._spoken = 0
        self._is_whole = False
        self._is_speaking = False
        self._language = "en"
        answers.changed.connect(self._on_answers_changed)
        chat.changed.connect(self._on_chat_changed)

    @property
    def is_available(self) -> bool:
        """Whether this computer has a voice."""
        return self._voice is not None

    @property
    def node_id(self) -> str:
        """The answer that is read; empty where none is."""
        return self._node_id

    def set_voice(self, voice: Voice | None) -> None:
        """Names who speaks; None where nobody can."""
        self.stop()
        self._voice = voice
        self.changed.emit(SpeechChange())

    def toggle(self, node_id: str) -> None:
        """Reads a message of the conversation on screen, or stops where it is the one that is read."""
        was_read = self._node_id == node_id
        self.stop()
        if not was_read:
            self._begin(self._chat.conversation.node(node_id), is_whole=True)

    def stop(self) -> None:
        """Falls silent. What is written of the answer later is not read either."""
        if self._node_id:
            if self._voice is not None:
                self._voice.stop()
            self._forget()
            self.changed.emit(SpeechChange())

    def _begin(self, node: MessageNode, *, is_whole: bool) -> None:
        if self._voice is None:
            return
        self._forget()
        self._node_id = node.id
        self._take(node, is_whole=is_whole)
        self.changed.emit(SpeechChange())

    def _take(self, node: MessageNode, *, is_whole: bool) -> None:
        """Takes what there is of an answer; what was taken before is the beginning of it."""
        self._sentences = spoken_sentences(node.message.text, is_whole=is_whole)
        self._is_whole = is_whole
        if not self._is_speaking:
            self._go_on()

    def _go_on(self) -> None:
        voice = self._voice
        while voice is not None and self._spoken < len(self._sentences):
            sentence = self._sentences[self._spoken]
            self._spoken += 1
            self._language = language_of(sentence, self._language)
            self._is_speaking = True
            if voice.say(sentence, self._language, self._on_sentence_ended):
                return
            self._is_speaking = False
        if self._is_whole and self._node_id:
            self._forget()
            self.changed.emit(SpeechChange())

    def _on_sentence_ended(self, was_spoken: bool) -> None:
        self._is_speaking = False
        if was_spoken:
            self._go_on()
        else:
            self.stop()
            self._notices.fail(
                SoundError(
                    tr("The system's voice cannot speak."), tr("Look at the system's settings for speech.")
                )
            )

    def _forget(self) -> None:
        self._node_id, self._sentences, self._spoken = "", [], 0
        self._is_whole = self._is_speaking = False
        self._language = "en"

    def _on_answers_changed(self, change: AnswerChange) -> None:
        node = change.answer.node
        if change.answer.conversation_id != self._chat.conversation.id or node.role is not Role.ASSISTANT:
            return
        begins = change.part in (AnswerPart.BEGAN, AnswerPart.NEXT_ROUND)
        if begins and self._settings.current.reads_aloud:
            self.stop()
            self._begin(node, is_whole=False)
        elif node.id == self._node_id and change.part in (
            AnswerPart.SNAPSHOT,
            AnswerPart.ROUND_ENDED,
            AnswerPart.ENDED,
        ):
            self._take(node, is_whole=change.part is not AnswerPart.SNAPSHOT)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN, ChatPart.BRANCH):
            self.stop()
