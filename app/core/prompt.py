"""Which messages of a conversation a model gets to see.

A model holds only so many tokens. Where a conversation is longer, the system prompt and the newest
turns are sent, and what is older is left out in whole turns: a question never loses its answer, a tool call
never its result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.conversation import MessageNode, messages_of
from app.core.errors import PromptTooLongError
from app.core.message import AttachmentPart, Message, ReasoningPart, Role
from app.core.translation import tr

MESSAGE_OVERHEAD = 8
"""Tokens that a template puts around each message; ChatML needs 5, the longest common ones 7."""
ANSWER_SHARE = 0.25
"""Of the context, kept free for the answer..."""
LONGEST_ANSWER_ROOM = 1024
"""...but no more tokens than this."""
LONGEST_WORD = 40

CountTokens = Callable[[str], int]
CountAttachment = Callable[[AttachmentPart], int]
CountPrompt = Callable[[Sequence[Message]], int]
Steps = Sequence[MessageNode]


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """What is sent to the model."""

    messages: tuple[Message, ...]
    first_seen_id: str | None
    """The first message of the path that is sent; None where nothing was left out."""
    prefill: str = ""
    """What is sent of the beginning of an answer: all of it, or its end where it alone is too long."""


def room_for_answer(context_length: int) -> int:
    """How many tokens of a context are kept free for the answer."""
    return min(LONGEST_ANSWER_ROOM, int(context_length * ANSWER_SHARE))


def choose_messages(
    path: Sequence[MessageNode],
    system_prompt: str,
    count_tokens: CountTokens,
    context_length: int,
    *,
    tools: Sequence[dict[str, Any]] = (),
    prefill: str = "",
    count_prompt: CountPrompt | None = None,
    count_attachment: CountAttachment = lambda _attachment: 0,
) -> PromptChoice:
    """The system prompt, the newest question with the end of what followed it, and the newest turns that fit.

    What the model is to have said before the first question counts as a turn; results of no call do not.
    Answers that hold nothing (they failed before the first word) are not sent. `prefill` is the beginning of
    an answer that is to be continued. `count_tokens` is asked for each text once, from the newest
    backwards, and no further than needed. `count_prompt` gives a whole prompt's exact length; it is asked
    only where not everything fits with ease. `count_attachment` says how many tokens a picture takes. A
    context length of 0 (no model yet) limits nothing.

    Raises:
        PromptTooLongError: even the system prompt and the newest question do not fit.
    """
    draft = _Draft(path, system_prompt)
    if context_length <= 0:
        return draft.choice(0, prefill)
    count = _Count(count_tokens, count_attachment)
    room = context_length - room_for_answer(context_length)
    prefill = _end_that_fits(prefill, room, room - draft.needed(count, tools), count)
    _require_fit(draft, count, context_length, tools, prefill)
    limit = room - count.text(prefill)
    free = limit - draft.needed(count, tools)
    if _first_fitting(draft.optional, free - limit // 2, count.whole) == 0:
        return draft.choice(0, prefill)  # Whatever the template adds.
    # Most templates leave the thoughts of past turns out; the exact count shows where one does not.
    start = _first_fitting(draft.optional, free, count.whole)
    if start:
        start = draft.settled(_first_fitting(draft.optional, free, count.without_thoughts))
    if count_prompt is not None and count_prompt(draft.choice(start).messages) > limit:
        start = max(start + 1, draft.settled(_first_fitting(draft.optional, free, count.whole)))
        while start < len(draft.optional) and count_prompt(draft.choice(start).messages) > limit:
            start += 1
    return draft.choice(min(start, len(draft.optional)), prefill)


class _Draft:
    """A path taken apart into what must be sent and what may be left out, oldest first."""

    def __init__(self, path: Sequence[MessageNode], system_prompt: str) -> None:
        sent = [node for node in path if not _is_empty_answer(node)]
        turns = _split(sent, Role.USER)
        before = turns.pop(0)
        newest = turns.pop() if turns else []
        start = next((at for at, node in enumerate(before) if node.role is Role.ASSISTANT), len(before))
        self.head = _head(system_prompt, before[:start])
        if opening := before[start:]:
            turns.insert(0, opening)
        steps = _split(newest[1:], Role.ASSISTANT)
        self.question = newest[:1]
        self.last_step = steps.pop()
        self._past_turns = turns
        self.optional: list[Steps] = [*turns, *(step for step in steps if step)]
        self._starts_late = any(node.role is not Role.SYSTEM for node in before[:start])

    def needed(self, count: _Count, tools: Sequence[dict[str, Any]]) -> int:
        """Tokens of what is always sent."""
        return self.head_tokens(count, tools) + count.whole([*self.question, *self.last_step])

    def head_tokens(self, count: _Count, tools: Sequence[dict[str, Any]]) -> int:
        described = count.text(json.dumps(list(tools), ensure_ascii=False)) if tools else 0
        return described + sum(count.text(_as_counted(message)) + MESSAGE_OVERHEAD for message in self.head)

    def settled(self, start: int) -> int:
        """A start that stays where it is for some turns to come.

        Each time it moves, the model has to read everything anew, which can take minutes. So the number of
        turns left out goes up in steps of an eighth to a quarter of the turns that fit.
        """
        turns = len(self._past_turns)
        fitting = turns - start
        if start == 0 or fitting < 8:
            return start
        step = 1 << ((fitting // 4).bit_length() - 1)
        return min(turns, -(-start // step) * step)

    def choice(self, start: int, prefill: str = "") -> PromptChoice:
        """What is sent with the optional parts from `start` on."""
        turns = self._past_turns[start:]
        steps = self.optional[max(start, len(self._past_turns)) :]
        kept = [*_joined(turns), *self.question, *_joined(steps), *self.last_step]
        messages = (*self.head, *messages_of(kept))
        return PromptChoice(messages, self._first_seen_id(start, kept), prefill)

    def _first_seen_id(self, start: int, kept: Steps) -> str | None:
        if start > len(self._past_turns):  # The question is sent, and then there is a gap.
            return [*_joined(self.optional[start:]), *self.last_step][0].id
        if (start or self._starts_late) and kept:
            return kept[0].id
        return None


class _Count:
    """Token counts of messages, each text counted once."""

    def __init__(self, count_tokens: CountTokens, count_attachment: CountAttachment) -> None:
        self._count_tokens = count_tokens
        self._count_attachment = count_attachment
        self._known: dict[str, int] = {"": 0}

    def text(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = self._count_tokens(text)
        return self._known[text]

    def whole(self, nodes: Steps) -> int:
        """All that was written, thoughts included."""
        return sum(self._message(node.message, _as_counted(node.message)) for node in nodes)

    def without_thoughts(self, nodes: Steps) -> int:
        return sum(self._message(node.message, _without_thoughts(node.message)) for node in nodes)

    def _message(self, message: Message, words: str) -> int:
        attached = sum(map(self._count_attachment, message.attachments))
        return self.text(words) + attached + MESSAGE_OVERHEAD


def _require_fit(
    draft: _Draft, count: _Count, context_length: int, tools: Sequence[dict[str, Any]], prefill: str
) -> None:
    kept_free = room_for_answer(context_length)
    head = tr("The system prompt with the tools") if tools else tr("The system prompt")
    needs = (
        (head, draft.head_tokens(count, tools)),
        (tr("Your message"), count.whole(draft.question)),
        (tr("What the tools returned"), count.whole(draft.last_step)),
        (tr("The answer so far"), count.text(prefill)),
    )
    total = 0
    for subject, tokens in needs:
        total += tokens
        excess = total - (context_length - kept_free)
        if excess > 0:
            raise PromptTooLongError(subject, excess, context_length, kept_free)


def _end_that_fits(prefill: str, room: int, free: int, count: _Count) -> str:
    """The end of an answer's beginning, where all of it is more than the context holds.

    The model goes on from its last words without the first ones. Where not even a fair part of it has room,
    everything is kept, and refused by who asks.
    """
    tokens = count.text(prefill)
    if tokens <= free or free < room // 4:
        return prefill
    end = prefill
    while tokens > free:
        end = _from_a_word_on(end[-min(len(end) - 1, len(end) * free // tokens) :])
        tokens = count.text(end)
    return end


def _from_a_word_on(text: str) -> str:
    """The text without the rest of a word that it begins with, where its script has spaces."""
    head, space, rest = text.partition(" ")
    return rest if space and len(head) < LONGEST_WORD and rest else text


def _first_fitting(parts: Sequence[Steps], free: int, cost: Callable[[Steps], int]) -> int:
    """The index from which on all parts fit, found from the newest backwards."""
    for index in range(len(parts) - 1, -1, -1):
        free -= cost(parts[index])
        if free < 0:
            return index + 1
    return 0


def _split(nodes: Steps, opener: Role) -> list[list[MessageNode]]:
    """Groups that each begin with a message of that role; the first one holds what stands before them."""
    groups: list[list[MessageNode]] = [[]]
    for node in nodes:
        if node.role is opener:
            groups.append([])
        groups[-1].append(node)
    return groups


def _head(system_prompt: str, before: Steps) -> tuple[Message, ...]:
    """The system prompt, joined with the system messages that a conversation begins with."""
    texts = [system_prompt, *(node.message.text for node in before if node.role is Role.SYSTEM)]
    text = "\n\n".join(text for text in texts if text.strip())
    return (Message.of_text(Role.SYSTEM, text),) if text else ()


def _joined(groups: Sequence[Steps]) -> list[MessageNode]:
    return [node for group in groups for node in group]


def _is_empty_answer(node: MessageNode) -> bool:
    return node.role is Role.ASSISTANT and not node.message.raw.strip()


def _as_counted(message: Message) -> str:
    """What was written, with markers that are no model's own spelled apart: they are sent as words."""
    return message.raw if message.role is Role.ASSISTANT else message.raw.replace("<|", "< |")


def _without_thoughts(message: Message) -> str:
    if message.role is not Role.ASSISTANT:
        return _as_counted(message)
    return "".join(part.raw for part in message.parts if not isinstance(part, ReasoningPart))
