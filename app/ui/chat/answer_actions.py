"""What buttons within answers ask for, done with the services."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from app.core.message import AttachmentPart, PicturePart, RecordingPart
from app.core.passage import FoundPassage
from app.core.permission import Decision
from app.core.translation import tr
from app.services.answer_remedies import calls_around
from app.services.services import Services
from app.ui.attachments.attachment_actions import AttachmentActions
from app.ui.chat.call_editor import CallEditor
from app.ui.chat.change_actions import ChangeActions
from app.ui.knowledge.file_opening import open_at_page
from app.ui.knowledge.passage_dialog import PassageDialog
from app.ui.main_window import MainWindow
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.view.transcript import Transcript

_DECISIONS = {
    MessageAction.ALLOW_ONCE: Decision.ONCE,
    MessageAction.ALLOW_ALWAYS: Decision.ALWAYS,
    MessageAction.REFUSE: Decision.REFUSE,
    MessageAction.REFUSE_ALWAYS: Decision.NEVER,
}
_SAVING = (MessageAction.SAVE_PICTURE, MessageAction.SAVE_RECORDING, MessageAction.SAVE_DOCUMENT)


class AnswerActions(QObject):
    """Does what the transcript's `action_requested` asks for."""

    def __init__(
        self, transcript: Transcript, services: Services, window: MainWindow, attachments: AttachmentActions
    ) -> None:
        super().__init__(window)
        self._chat = services.chat
        self._answers = services.answers
        self._remedies = services.remedies
        self._tools = services.tools
        self._versions = services.versions
        self._window = window
        self._attachments = attachments
        self._player = services.player
        self._reading_aloud = services.reading_aloud
        self._changes = ChangeActions(services, window)
        self._transcript = transcript
        transcript.action_requested.connect(self._on_action_requested)
        window.chat_page.composer.quote.activated.connect(lambda quote: self._show_passage(quote))

    def _on_action_requested(self, node_id: str, action: MessageAction, payload: str) -> None:
        match action:
            case (
                MessageAction.ALLOW_ONCE
                | MessageAction.ALLOW_ALWAYS
                | MessageAction.REFUSE
                | MessageAction.REFUSE_ALWAYS
            ):
                self._answers.decide(payload, _DECISIONS[action])
            case MessageAction.RUN_CALL:
                self._answers.run_calls(node_id)
            case MessageAction.EDIT_CALL:
                self._edit_call(node_id, int(payload))
            case MessageAction.ASK_AGAIN:
                self._answers.explain_faults(node_id)
            case MessageAction.ANSWER_NOW:
                self._answers.answer_now()
            case MessageAction.ANSWER_WITHOUT_LOOP:
                self._remedies.answer_without_loop(node_id)
            case MessageAction.RETRY_UNLIKE:
                self._remedies.retry_against_repetition(node_id)
            case MessageAction.ANSWER_HERE:
                self._remedies.answer_here(node_id)
            case MessageAction.ANSWER_WITH_SIBLING:
                self._remedies.answer_without_thinking(node_id)
            case (
                MessageAction.OPEN_PICTURE
                | MessageAction.COPY_PICTURE
                | MessageAction.SAVE_PICTURE
                | MessageAction.PLAY_RECORDING
                | MessageAction.SAVE_RECORDING
                | MessageAction.OPEN_DOCUMENT
                | MessageAction.SAVE_DOCUMENT
            ):
                self._use(self._attached(node_id, payload), action)
            case MessageAction.OPEN_PASSAGE:
                self.open_passage(node_id, int(payload))
            case MessageAction.LEAVE_OUT_PASSAGE | MessageAction.PUT_BACK_PASSAGE:
                is_left_out = action is MessageAction.LEAVE_OUT_PASSAGE
                self._answers.leave_out(node_id, int(payload), is_left_out=is_left_out)
            case MessageAction.READ_ALOUD:
                self._reading_aloud.toggle(node_id)
            case MessageAction.ASK_ABOUT:
                self._window.chat_page.composer.ask_about(payload)
            case MessageAction.SHOW_QUOTED:
                self._show_passage(payload, node_id)
            case MessageAction.DELETE_VERSION:
                self._delete_version(node_id)
            case (
                MessageAction.BRANCH
                | MessageAction.INSERT_ABOVE
                | MessageAction.INSERT_BELOW
                | MessageAction.CHANGE_ROLE
                | MessageAction.REMOVE
            ):
                self._changes.do(node_id, action, payload)

    def _show_passage(self, quote: str, node_id: str = "") -> None:
        if not self._transcript.show_passage(quote, node_id):
            self._window.messages.show_done(tr("This passage is no longer in the chat"))

    def open_passage(self, question_id: str, place: int) -> None:
        """Shows a passage that was found for a question, with the way to its file.

        Args:
            question_id: the question's message.
            place: the passage's, counted from 0.
        """
        nodes = [it for it in self._chat.conversation.nodes if it.id == question_id]
        found = nodes[0].message.passages if nodes else None
        if found is not None and place < len(found.passages):
            dialog = PassageDialog(place + 1, found.passages[place], self._window)
            dialog.open_requested.connect(lambda: self._open_file(found.passages[place]))
            dialog.open()

    def _open_file(self, passage: FoundPassage) -> None:
        if not open_at_page(Path(passage.path), passage.page):
            self._window.messages.show_done(tr("{name} is not there any more", name=passage.name))

    def _delete_version(self, node_id: str) -> None:
        if deleted := self._versions.delete(node_id):
            self._window.messages.show_undo(
                tr("Deleted version {number} of {count}", number=deleted.number, count=deleted.count),
                lambda: self._versions.restore(deleted),
            )

    def _use(self, part: AttachmentPart, action: MessageAction) -> None:
        if action in _SAVING:
            self._attachments.save(part)
        elif isinstance(part, RecordingPart):
            self._player.toggle(part)
        elif isinstance(part, PicturePart) and action is MessageAction.COPY_PICTURE:
            self._attachments.copy(part)
        else:
            self._attachments.open(part)

    def _attached(self, node_id: str, key: str) -> AttachmentPart:
        """What is attached to a message; `key` is its place there, or that in another message, `PLACE@ID`."""
        place, _, other_id = key.partition("@")
        return self._chat.conversation.node(other_id or node_id).message.attachments[int(place)]

    def _edit_call(self, node_id: str, index: int) -> None:
        """Offers the calls for correction; once corrected they are run."""
        conversation = self._chat.conversation
        parts = conversation.node(node_id).message.parts
        first, last = calls_around(parts, index)
        raw = "".join(part.raw for part in parts[first : last + 1])
        editor = CallEditor(raw, self._tools.definitions(conversation), self._window)
        editor.accepted_calls.connect(
            lambda calls: self._answers.run_corrected(
                node_id, (*parts[:first], *calls.parts, *parts[last + 1 :])
            )
        )
        editor.finished.connect(editor.deleteLater)
        editor.open()
