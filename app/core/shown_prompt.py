"""The exact prompt of the next answer, for somebody to read: who says what, and what is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile

from app.core import formatting
from app.core.conversation import MessageNode
from app.core.language_model import LanguageModel, PromptSection, PromptText
from app.core.message import Message, Role
from app.core.prompt import room_for_answer
from app.core.translation import listed, tr, tr_count
from app.core.turn_request import TurnRequest


@dataclass(frozen=True, slots=True)
class ShownPrompt:
    """What the model is given, and what of the conversation it is not given."""

    sections: tuple[PromptSection, ...]
    token_count: int
    context_length: int
    notes: tuple[str, ...] = ()
    """What was left out and why, as sentences."""

    @property
    def text(self) -> str:
        """The whole prompt; a mark stands for each picture and recording."""
        return "".join(section.text for section in self.sections)


def shown_prompt(model: LanguageModel, request: TurnRequest, draft: Message) -> ShownPrompt:
    """The prompt that would be sent now, as `run_turn` makes it. May be called on any thread.

    Args:
        model: the one that is to answer.
        request: what it is asked.
        draft: what is typed and attached; where that is nothing, and an answer stands last, the prompt is
            shown as far as it is known.

    Raises:
        PromptTooLongError: it cannot be sent.
        TemplateError: the model's template cannot render these messages.
        EngineError: the model was unloaded meanwhile.
    """
    path = (*request.path, MessageNode(draft)) if draft.parts else request.path
    choice = request.choose_messages(model, path)
    waits_for_answer = bool(path) and path[-1].role is not Role.ASSISTANT
    prompt = model.prompt_text(choice.messages, request.tools, for_reply=waits_for_answer)
    notes = tuple(_notes(path, choice.messages, prompt, model.context_length))
    return ShownPrompt(prompt.sections, prompt.token_count, model.context_length, notes)


def _notes(
    path: Sequence[MessageNode], sent: Sequence[Message], prompt: PromptText, context_length: int
) -> list[str]:
    known = {id(message) for message in sent}
    absent = [node for node in path if id(node.message) not in known]
    empty = [node for node in absent if node.role is Role.ASSISTANT and not node.message.raw.strip()]
    # What a conversation begins with is in the system prompt, or the result of no call.
    opening = len(path) - len(list(dropwhile(lambda node: node.role in (Role.SYSTEM, Role.TOOL), path)))
    lost = [node for node in path[:opening] if node.role is Role.TOOL and node in absent]
    older = [node for node in absent if node not in empty and node not in path[:opening]]
    notes = []
    if prompt.is_request:
        notes.append(tr("These are the messages as they are sent; the server makes the prompt of them."))
    if older:
        notes.append(
            tr_count(
                "{count:,} message is left out: the context holds {tokens}, of which {room} are kept free "
                "for the answer.",
                "{count:,} messages are left out: the context holds {tokens}, of which {room} are kept free "
                "for the answer.",
                len(older),
                tokens=formatting.tokens(context_length),
                room=formatting.tokens(room_for_answer(context_length)),
            )
        )
    if lost:
        notes.append(
            tr_count(
                "{count:,} message is left out: it holds the result of a tool that nobody called.",
                "{count:,} messages are left out: they hold results of tools that nobody called.",
                len(lost),
            )
        )
    if empty:
        notes.append(
            tr_count(
                "{count:,} message is left out: nothing was written in it.",
                "{count:,} messages are left out: nothing was written in them.",
                len(empty),
            )
        )
    if not prompt.is_request and (thoughts := _absent_thoughts(sent, prompt)):
        notes.append(
            tr_count(
                "The model's chat template leaves out the thoughts of {count:,} earlier answer.",
                "The model's chat template leaves out the thoughts of {count:,} earlier answers.",
                thoughts,
            )
        )
    if prompt.left_out:
        notes.append(
            tr(
                "The model's chat template has no place for {contents}.",
                contents=listed(map(tr, prompt.left_out)),
            )
        )
    return notes


def _absent_thoughts(sent: Sequence[Message], prompt: PromptText) -> int:
    """In how many messages the thoughts are not in the prompt."""
    text = "".join(section.text for section in prompt.sections)
    thoughts = (message.reasoning.strip() for message in sent if message.role is Role.ASSISTANT)
    return sum(thought.split("\n\n")[0] not in text for thought in thoughts if thought)
