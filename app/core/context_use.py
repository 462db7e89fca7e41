"""How full a model's context is: what the next prompt is made of, as the model's own template writes it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.conversation import MessageNode
from app.core.errors import Cancelled, PromptTooLongError, TemplateError
from app.core.language_model import LanguageModel
from app.core.message import AttachmentPart, Message, Role
from app.core.prompt import LONGEST_WORD, MESSAGE_OVERHEAD, room_for_answer
from app.core.turn_request import TurnRequest


@dataclass(frozen=True, slots=True)
class ContextUse:
    """Tokens by where they come from."""

    context_length: int
    system_tokens: int = 0
    """The system prompt, with the tools that the model is told about."""
    conversation_tokens: int = 0
    """The messages that are sent, with what the template writes around them, and an answer under way."""
    draft_tokens: int = 0
    """What is typed and not sent."""
    first_seen_id: str | None = None
    """The first message that is sent; None where nothing was left out."""
    reread_tokens: int = 0
    """Those of them, besides what is typed, that the model has not in memory and reads before it answers."""
    excess_tokens: int = 0
    """By how much what is typed is too long to be sent, whatever else is left out."""
    refusal: str = ""
    """Why what is typed could not be sent, as a sentence: it is too long."""
    is_estimated: bool = False
    """Nobody has counted the conversation yet: the model is on a server that was not asked."""

    @property
    def used_tokens(self) -> int:
        return self.system_tokens + self.conversation_tokens + self.draft_tokens

    @property
    def room_tokens(self) -> int:
        return max(0, self.context_length - self.used_tokens)

    @property
    def exceeds_context(self) -> bool:
        """Whether the conversation is longer than what the model is given of it."""
        return self.first_seen_id is not None

    def surely_takes(self, text: str) -> bool:
        """Whether a message fits however it is read: a token is a byte at least."""
        room = self.context_length - room_for_answer(self.context_length) - self.system_tokens
        return len(text.encode()) + 2 * MESSAGE_OVERHEAD <= room

    def has_room_for(self, text: str) -> bool:
        """Whether a message fits with what is attached to the draft, however it is read."""
        room = self.context_length - room_for_answer(self.context_length) - self.system_tokens
        return len(text.encode()) + self.draft_tokens + 2 * MESSAGE_OVERHEAD <= room


def measure(
    model: LanguageModel,
    request: TurnRequest,
    draft: str,
    reply: Message | None = None,
    attachments: Sequence[AttachmentPart] = (),
) -> ContextUse:
    """What the context would hold if the draft were sent now; with `reply`, while that is being written.

    `attachments` is what is attached to the draft.

    May be called on any thread.

    Raises:
        EngineError: the model was unloaded meanwhile.
    """
    return _Measure(model, request).use(Message.of_text(Role.USER, draft, attachments), reply)


def fitting_beginning(model: LanguageModel, request: TurnRequest, text: str, cancel: threading.Event) -> str:
    """The beginning of a message that can be sent, up to a whole word; empty where not even one has room.

    Raises:
        Cancelled: `cancel` was set first.
        EngineError: the model was unloaded meanwhile.
    """
    measure = _Measure(model, request)
    beginning = text
    while beginning and (excess := measure.excess(Message.of_text(Role.USER, beginning))):
        if cancel.is_set():
            raise Cancelled
        tokens = model.count_tokens(beginning)
        kept = len(beginning) * max(0, tokens - excess) // max(1, tokens)
        beginning = _up_to_a_word(beginning, min(kept, len(beginning) - 1))
    return beginning


def _up_to_a_word(text: str, length: int) -> str:
    """So many characters of a text at most, without the beginning of a word where its script has spaces."""
    cut = text[:length]
    head, space, rest = cut.rpartition(" ")
    is_within_word = not text[length : length + 1].isspace()
    return (head if space and is_within_word and len(rest) < LONGEST_WORD else cut).rstrip()


class _Measure:
    def __init__(self, model: LanguageModel, request: TurnRequest) -> None:
        self._model = model
        self._request = request

    def use(self, draft: Message, reply: Message | None) -> ContextUse:
        draft_tokens = self._model.count_tokens(draft.text) if draft.text else 0
        draft_tokens += sum(map(self._model.attachment_tokens, draft.attachments))
        system_tokens = self._system_tokens()
        nothing_said = ContextUse(
            self._model.context_length, system_tokens, 0, draft_tokens, excess_tokens=self.excess(draft)
        )
        if not self._request.path and not draft.parts:
            return nothing_said
        path = self._request.path
        if reply is None:
            path = (*path, MessageNode(draft))
        try:
            messages, first_seen_id = self._chosen(path)
        except PromptTooLongError as error:
            without = self.use(Message(Role.USER), reply) if draft.parts else nothing_said
            excess = nothing_said.excess_tokens
            return replace(without, draft_tokens=draft_tokens, refusal=str(error), excess_tokens=excess)
        conversation_tokens = self._prompt_tokens(messages) - system_tokens
        reread_tokens = 0
        if reply is None:
            conversation_tokens -= draft_tokens
            reread_tokens = self._unread_tokens(messages) - draft_tokens if self._request.path else 0
        else:
            conversation_tokens += self._model.count_tokens(reply.raw)
        return replace(
            nothing_said,
            conversation_tokens=max(0, conversation_tokens),
            reread_tokens=max(0, reread_tokens),
            first_seen_id=first_seen_id,
            is_estimated=not self._model.is_count_exact(messages, self._request.tools),
        )

    def excess(self, draft: Message) -> int:
        """By how many tokens a message is too long, even if nothing else of the conversation is sent."""
        if not draft.parts:
            return 0
        try:
            self._chosen([MessageNode(draft)])
        except PromptTooLongError as error:
            return error.excess
        return 0

    def _chosen(self, path: Sequence[MessageNode]) -> tuple[Sequence[Message], str | None]:
        """The messages that would be sent, as `run_turn` chooses them."""
        choice = self._request.choose_messages(self._model, path, count_prompt=self._prompt_tokens)
        return choice.messages, choice.first_seen_id

    def _system_tokens(self) -> int:
        """What the system prompt and the tools add to a prompt: not every template takes them alone."""
        if not self._request.system_prompt and not self._request.tools:
            return 0
        question = Message.of_text(Role.USER, "?")
        head = Message.of_text(Role.SYSTEM, self._request.system_prompt)
        messages = [head, question] if self._request.system_prompt else [question]
        return max(0, self._prompt_tokens(messages) - self._prompt_tokens([question], has_tools=False))

    def _prompt_tokens(self, messages: Sequence[Message], *, has_tools: bool = True) -> int:
        """A prompt's exact length; an estimate where the template refuses these messages."""
        try:
            return self._model.count_prompt_tokens(messages, self._request.tools if has_tools else ())
        except TemplateError:
            return sum(self._model.count_tokens(message.raw) + MESSAGE_OVERHEAD for message in messages)

    def _unread_tokens(self, messages: Sequence[Message]) -> int:
        """What of a prompt would have to be read; 0 where the template refuses these messages."""
        try:
            return self._model.count_unread_tokens(messages, self._request.tools)
        except TemplateError:
            return 0
