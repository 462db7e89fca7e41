"""Has the model answer in the conversation on screen, and keeps every answer that is being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.errors import UserError
from app.core.message import AttachmentPart, Message, Part, Role, ToolCallPart
from app.core.permission import Decision
from app.core.sampling import Sampling
from app.core.translation import tr
from app.core.turn_request import TurnRequest
from app.services.answer_remedies import fault_results
from app.services.background import Worker
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_session import ChatSession
from app.services.chosen_engine import ChosenEngine
from app.services.conversation_settings import ConversationSettings
from app.services.knowledge import KnowledgeService
from app.services.model_status import ModelAndPreset
from app.services.models import ModelService
from app.services.notices import NoticeService
from app.services.running_answer import AnswerChange, AnswerPart, AnswerPrefill, RunningAnswer
from app.services.senses import SenseService
from app.services.tools import ToolService
from app.services.turn_runner import TurnRunner

ChangeSampling = Callable[[Sampling], Sampling]


class AnswerService(QObject):
    """Asks, continues, regenerates and stops; runs tool calls and lets them be approved.

    There is one answer for each conversation at most. It goes on while the user reads another conversation.

    Signals:
        changed: an `AnswerChange`, of any conversation.
        ended: a `RunningAnswer` has ended, and everybody knows it: the next one can begin.
    """

    changed = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        engine: ChosenEngine,
        engine_worker: Worker,
        chat: ChatSession,
        conversation_settings: ConversationSettings,
        models: ModelService,
        tools: ToolService,
        senses: SenseService,
        knowledge: KnowledgeService,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._conversation_settings = conversation_settings
        self._models = models
        self._tools = tools
        self._senses = senses
        self._knowledge = knowledge
        self._engine = engine
        self._notices = notices
        chat.changed.connect(self._on_chat_changed)
        self._runner = TurnRunner(engine, engine_worker, self._on_runner_changed, self)

    # Queries

    def running(self, conversation_id: str) -> RunningAnswer | None:
        """The answer that is being written in a conversation."""
        return self._runner.running.get(conversation_id)

    @property
    def current(self) -> RunningAnswer | None:
        """The answer that is being written in the conversation on screen."""
        return self.running(self._chat.conversation.id)

    @property
    def is_answering(self) -> bool:
        """Whether the conversation on screen is being answered."""
        return self.current is not None

    @property
    def is_any_running(self) -> bool:
        """Whether any conversation is being answered."""
        return bool(self._runner.running)

    @property
    def is_model_taken(self) -> bool:
        """Whether the model in this process is writing an answer, or one waits for it."""
        return any(
            not answer.is_running_tools and answer.server is None for answer in self._runner.running.values()
        )

    def upcoming_request(self) -> TurnRequest | None:
        """What the model would be asked next: the messages on screen before what is being written, whether by
        the model or, as another version of an earlier message, by the user.

        Returns:
            None where no model is chosen.
        """
        who = self._models.answering(self._chat.conversation)
        if who is None:
            return None
        edited_id = self._chat.edited_id
        path = list(takewhile(lambda node: node.id != edited_id, self._chat.conversation.path()))
        sent = path[:-1] if self.message_under_way else path
        return self._request(self._chat.conversation, sent, who)

    @property
    def message_under_way(self) -> MessageNode | None:
        """The message that the model is writing on screen, as far as it was when it was last saved.

        None also while the tools that it called are running: then it is a message as any other.
        """
        answer = self.current
        return answer.node if answer and answer.node.id == self._chat.conversation.tip_id else None

    # Asking

    def send(self, text: str, attachments: Sequence[AttachmentPart] = ()) -> bool:
        """Adds a message of the user's, or another version of the one being edited, and has it answered.

        A picture is not sent to a model that cannot see it, nor a recording to one that cannot hear; the user
        is told who can.

        Returns:
            Whether it was said: not while the conversation is being answered, or without a model.
        """
        who = self._ready()
        if who is None:
            return False
        if not self._senses.accepts(attachments):
            return False
        self._ask(self._chat.say(text, attachments).id, who)
        return True

    def send_queued(self, conversation_id: str) -> bool:
        """Adds the first message that waits in a conversation, on screen or not, and has it answered.

        Returns:
            Whether it was said.
        """
        conversation = self._chat.find(conversation_id)
        if conversation is None or not conversation.queued or self.running(conversation_id):
            return False
        who = self._models.answering(conversation)
        if who is None or not self._senses.accepts(conversation.queued[0].attachments):
            return False
        node = self._chat.say_queued(conversation_id)
        if node is not None:
            self._ask(node.id, who, conversation_id=conversation_id)
        return node is not None

    def ask(
        self, parent_id: str, prefill: AnswerPrefill | None = None, change: ChangeSampling | None = None
    ) -> None:
        """Has a new answer written below a message.

        Args:
            prefill: how the answer begins.
            change: gives the values to sample with.
        """
        if who := self._ready():
            if change:
                sampling = change(who.preset.sampling)
                who = replace(who, preset=replace(who.preset, sampling=sampling))
            self._ask(parent_id, who, prefill)

    def regenerate(self, node_id: str, change: ChangeSampling | None = None) -> None:
        """Has the same question answered again, as another version."""
        parent_id = self._chat.conversation.node(node_id).parent_id
        if parent_id is not None:
            self.ask(parent_id, change=change)

    def regenerate_last(self) -> None:
        """Has the last question on screen answered again."""
        path = self._chat.conversation.path()
        if path and path[-1].role is Role.ASSISTANT:
            self.regenerate(path[-1].id)
        elif path:
            self.ask(path[-1].id)

    def leave_out(self, node_id: str, place: int, *, is_left_out: bool) -> None:
        """Takes a passage out of what a question is answered with, or puts it back, and asks again.

        Args:
            node_id: the question's message.
            place: of the passage, counted from 0.
        """
        node = self._chat.conversation.node(node_id)
        found = node.message.passages
        if found is None or not 0 <= place < len(found.passages) or self._ready() is None:
            return
        message = node.message.with_passages(found.with_left_out(place, is_left_out))
        self._chat.update_node(self._chat.conversation.id, replace(node, message=message))
        self._chat.take(self._chat.conversation, ChatPart.WORDS)
        self.ask(node_id)

    def continue_answer(self, node_id: str) -> None:
        """Continues an answer that was cut off."""
        node = self._chat.conversation.node(node_id)
        if node.parent_id is not None and (who := self._ready()):
            prefill = AnswerPrefill(node.message.raw, node.message.parts)
            self._start(self._chat.conversation, replace(node, state=MessageState.STREAMING), who, prefill)

    def free_model(self) -> None:
        """Ends every answer that the model in this process writes or that waits for it; what was written
        stays."""
        for answer in self._runner.running.values():
            if not answer.is_running_tools and answer.server is None:
                answer.cancel.set()

    def stop(self, conversation_id: str = "") -> None:
        """Ends the answer of a conversation, else of the one on screen; what was written stays."""
        if answer := self.running(conversation_id or self._chat.conversation.id):
            answer.cancel.set()

    def answer_now(self) -> None:
        """Closes the thought that is being written on screen, so that the answer begins."""
        if answer := self.current:
            answer.answer_now.set()

    # Tool calls

    def decide(self, call_id: str, decision: Decision, conversation_id: str = "") -> None:
        """Lets a waiting call run or not; what is meant for later calls as well is kept.

        Args:
            conversation_id: whose call it is; empty for the conversation on screen.
        """
        conversation_id = conversation_id or self._chat.conversation.id
        answer, conversation = self.running(conversation_id), self._chat.find(conversation_id)
        status = answer.waiting_call if answer else None
        if answer is None or status is None or status.call_id != call_id or answer.tool_use is None:
            return
        call = answer.node.message.parts[status.index]
        if isinstance(call, ToolCallPart) and conversation is not None:
            permissions = conversation.permissions.with_decision(call.name, decision)
            if permissions != conversation.permissions:
                self._conversation_settings.change_permissions(permissions, conversation_id)
        answer.tool_use.approvals.decide(call_id, decision)

    def run_calls(self, node_id: str) -> None:
        """Runs the calls of an answer that were not run, and has the model go on."""
        node = self._chat.conversation.node(node_id)
        if not self._are_on(node.message.tool_calls):
            return
        if who := self._ready():
            self._chat.go_to(node_id)
            conversation = self._chat.conversation
            request = self._request(conversation, conversation.path(), who)
            self._run(RunningAnswer(conversation.id, node, request, self._tools.use(conversation)))

    def run_corrected(self, node_id: str, parts: tuple[Part, ...]) -> None:
        """Runs a corrected answer, which is another version: what the model wrote stays."""
        written = self._chat.conversation.node(node_id)
        node = MessageNode(replace(written.message, parts=parts), written.parent_id)
        if self._are_on(node.message.tool_calls) and self._ready():
            self._chat.add_node(self._chat.conversation.id, node)
            self.run_calls(node.id)

    def explain_faults(self, node_id: str) -> None:
        """Tells the model what was wrong with its calls, and has it answer again."""
        if self._ready() is None:
            return
        results = fault_results(self._chat.conversation.node(node_id))
        for result in results:
            self._chat.add_node(self._chat.conversation.id, result)
        self.ask(results[-1].id)

    def _are_on(self, calls: Sequence[ToolCallPart]) -> bool:
        on = self._tools.names_on(self._chat.conversation)
        missing = next((call.name for call in calls if call.name not in on), None)
        if missing is not None:
            self._notices.fail(
                UserError(
                    tr(
                        "The tool “{tool}” is not switched on in this chat.",
                        tool=self._tools.titles.get(missing, missing),
                    ),
                    tr("Switch it on with the tools button under the message, then try again."),
                )
            )
        return missing is None

    def _on_chat_changed(self, change: ChatChange) -> None:
        """A temporary conversation is gone once another is on screen: nobody could read its answer."""
        if not change.concerns(ChatPart.SHOWN):
            return
        for conversation_id in tuple(self._runner.running):
            left = self._chat.find(conversation_id)
            if left is not None and left.is_temporary and left.id != change.conversation.id:
                self.stop(conversation_id)

    # The end of the program

    def stop_all(self) -> None:
        """Ends all answers; what was written stays."""
        self._runner.stop_all()

    def shut_down(self) -> None:
        """Ends what waits for the user or a tool; to be called after the engine's worker has ended."""
        self._runner.shut_down()

    # Private

    def _ready(self) -> ModelAndPreset | None:
        """Who answers on screen now; None while an answer is being written, and where no model is chosen."""
        if self.is_answering:
            return None
        who = self._models.answering(self._chat.conversation)
        if who is None:
            self._notices.fail(
                UserError(tr("No model is chosen."), tr("Choose a model at the top of the window."))
            )
        return who

    def _ask(
        self,
        parent_id: str,
        who: ModelAndPreset,
        prefill: AnswerPrefill | None = None,
        conversation_id: str = "",
    ) -> None:
        conversation = self._chat.find(conversation_id or self._chat.conversation.id)
        assert conversation is not None
        message = Message(Role.ASSISTANT, generation=who.generation)
        self._start(conversation, MessageNode(message, parent_id, state=MessageState.STREAMING), who, prefill)

    def _start(
        self,
        conversation: Conversation,
        node: MessageNode,
        who: ModelAndPreset,
        prefill: AnswerPrefill | None,
    ) -> None:
        conversation = self._chat.begin_answer(conversation, node, who.model_path, who.preset.name)
        request = self._request(conversation, conversation.with_tip(node.parent_id).path(), who)
        if prefill:
            request = replace(request, prefill=prefill.text, prefill_parts=prefill.parts)
        answer = RunningAnswer(conversation.id, node, request, self._tools.use(conversation))
        answer.look_up = self._knowledge.look_up_for(
            conversation, node.parent_id, lambda: self._engine.context_length
        )
        if prefill:
            answer.events += prefill.events()
        self._run(answer)

    def _run(self, answer: RunningAnswer) -> None:
        answer.request = replace(answer.request, reply_id=answer.node.id)
        self._senses.note_asked(answer.conversation_id, answer.request)
        self._chat.hold(answer.conversation_id)
        self._runner.start(answer)

    def _request(
        self, conversation: Conversation, path: Sequence[MessageNode], who: ModelAndPreset
    ) -> TurnRequest:
        return TurnRequest(
            path=tuple(path),
            system_prompt=who.preset.system_prompt,
            sampling=who.preset.sampling,
            model_path=who.model_path,
            tools=self._tools.definitions(conversation),
            thinking_limit=who.preset.thinking_limit,
        )

    def _on_runner_changed(self, change: AnswerChange) -> None:
        """Keeps what was written, also in conversations that are not on screen, and passes the change on."""
        answer = change.answer
        match change.part:
            case AnswerPart.SNAPSHOT:
                self._chat.save_node(answer.conversation_id, answer.node)
            case AnswerPart.LOOKED_UP:
                assert change.node is not None
                self._chat.update_node(answer.conversation_id, change.node)
            case AnswerPart.ROUND_ENDED:
                self._chat.update_node(answer.conversation_id, answer.node)
            case AnswerPart.RESULT:
                assert change.node is not None
                self._chat.add_node(answer.conversation_id, change.node)
            case AnswerPart.NEXT_ROUND:
                self._chat.add_node(answer.conversation_id, answer.node)
            case AnswerPart.ENDED:
                self._chat.update_node(answer.conversation_id, answer.node)
                self._chat.release(answer.conversation_id)
        self.changed.emit(change)
        if change.part is AnswerPart.ENDED:
            self.ended.emit(answer)
