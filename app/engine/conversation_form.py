"""Messages in the form that a model's chat template takes, as its traits say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.reasoning_markers import CLOSING, OPENING
from app.core.reply_parser.raw_spans import text_span
from app.core.template_traits import CallForm, TemplateTraits, WordsBesideCall
from app.engine.own_words import answer_words, own_part, thought_words
from app.engine.tracked_text import TrackedText, is_own, join_pieces, own_text

Turn = dict[str, Any]
"""A message in the form that chat templates read."""

EMPTY_THOUGHT = re.compile(r"\A\s*(?:<think>)?\s*</think>\s*")
_TAG = re.compile(f"{OPENING.pattern}|{CLOSING.pattern}")
_HIDDEN = {"<": "\U0010fe3c", "[": "\U0010fe5b", "◁": "\U0010fe5c"}
"""Letters of nobody's alphabet, which stand for the first one of a tag while a template works."""
_BETWEEN = TrackedText("\n\n")
_NOTHING_SAID = "…"


def turns_of(messages: Sequence[Message], traits: TemplateTraits) -> list[Turn]:
    """The turns that a template with these traits is given."""
    turns = list(_TurnWriter(traits, messages).turns())
    if traits.system_in_question or traits.late_system_in_question:
        turns = _with_system_in_questions(turns, 0 if traits.system_in_question else 1)
    if traits.joins_turns:
        turns = _joined(turns)
    if traits.opens_with_question:
        first = next((at for at, turn in enumerate(turns) if turn["role"] != "system"), len(turns))
        if first == len(turns) or turns[first]["role"] != "user":
            turns.insert(first, _turn("user", _NOTHING_SAID))
    if traits.content_as_parts:
        turns = [{**turn, "content": [{"type": own_text("text"), "text": turn["content"]}]} for turn in turns]
    return turns


def with_tags_shown(text: TrackedText) -> TrackedText:
    """A prompt in which the words about tags are as they were written."""
    for letter, hidden in _HIDDEN.items():
        text = TrackedText(text.replace(hidden, letter))
    return text


class _TurnWriter:
    """Writes the turns of one conversation."""

    def __init__(self, traits: TemplateTraits, messages: Sequence[Message]) -> None:
        self._traits = traits
        self._messages = messages
        # Ids of nine letters and digits, which is what the strictest templates (Mistral's) ask for.
        self._call_ids = (f"call{number:05d}" for number in count(1))
        questions = [at for at, message in enumerate(messages) if message.role is Role.USER]
        self._last_question = max(questions, default=-1)

    def turns(self) -> Iterator[Turn]:
        at = 0
        while at < len(self._messages):
            message = self._messages[at]
            at += 1
            if message.role is Role.ASSISTANT:
                results: list[ToolResultPart] = []
                while at < len(self._messages) and self._messages[at].role is Role.TOOL:
                    results += self._messages[at].parts  # type: ignore[arg-type]
                    at += 1
                yield from self._answer(message, results, is_past=at <= self._last_question)
            elif message.role is Role.TOOL:
                yield from (self._result(part, "") for part in message.parts)
            else:
                yield _turn(message.role, message.text)

    def _answer(self, message: Message, results: list[Any], *, is_past: bool) -> Iterator[Turn]:
        traits = self._traits
        words, thought, calls = self._taken_apart(message, is_past=is_past)
        place = traits.words_beside_call
        if calls and words.strip() and place is not WordsBesideCall.WITH_CALL:
            if place is WordsBesideCall.BEFORE_CALL:
                yield _turn("assistant", words.strip())
            words = TrackedText("")
        turn = _turn("assistant", words)
        if thought and not (calls and words.strip() and not traits.thought_beside_words_and_call):
            turn.update(dict.fromkeys(traits.thought_fields, thought))
        ids = [next(self._call_ids) for _ in calls]
        written = [self._call(call, call_id) for call, call_id in zip(calls, ids, strict=True)]
        groups = [[call] for call in written] if traits.calls is CallForm.ONE_BY_ONE else [written]
        for number, group in enumerate(groups or [[]]):
            if number:
                turn = _turn("assistant", "")
            if group:
                turn["tool_calls"] = group
            yield turn
            is_last = number == max(len(groups) - 1, 0)
            taken = len(results) if is_last else 1
            for part in results[:taken]:
                yield self._result(part, ids.pop(0) if ids else "")
            del results[:taken]

    def _taken_apart(self, message: Message, *, is_past: bool) -> tuple[TrackedText, str, list[ToolCallPart]]:
        """The words, the thought and the calls of an answer, as far as the template takes them apart."""
        traits = self._traits
        content: list[str] = []
        thoughts: list[str] = []
        calls: list[ToolCallPart] = []
        for part in message.parts:
            if isinstance(part, ToolCallPart) and traits.calls is not CallForm.WORDS and part.error is None:
                calls.append(part)
            elif isinstance(part, TextPart):
                content.append(answer_words(part))
            elif not isinstance(part, ReasoningPart):
                content.append(own_part(part))
            elif traits.thoughts_in_content:
                content.append(_with_opening_tag(own_part(part)))
            else:
                thoughts.append(thought_words(part))
        text = join_pieces(content)
        text = text[text_span(text)[0] :]  # Markers before it would be read as another message.
        if empty := EMPTY_THOUGHT.match(text):
            text = text[empty.end() :]
            if traits.thoughts_in_content:
                text = _with_opening_tag(own_text(empty[0])) + text
        if thoughts and (is_past or not traits.thought_fields):
            text = text.lstrip()  # The thought is left out, and the empty lines after it go with it.
        return _with_tags_hidden(text), "".join(thoughts), calls

    def _call(self, part: ToolCallPart, call_id: str) -> dict[str, Any]:
        arguments: Any = dict(part.arguments)
        if self._traits.arguments_as_text:
            arguments = json.dumps(arguments, ensure_ascii=False)
        return {"id": call_id, "type": "function", "function": {"name": part.name, "arguments": arguments}}

    def _result(self, part: Any, call_id: str) -> Turn:
        name = part.name if isinstance(part, ToolResultPart) else ""
        if self._traits.results_as_words:
            return _turn("user", f"Result of {name}:\n{part.raw}" if name else part.raw)
        turn = _turn("tool", part.raw)
        if name:
            turn["name"] = name
        if call_id:
            turn["tool_call_id"] = call_id
        return turn


def _turn(role: str, content: str) -> Turn:
    return {"role": own_text(role), "content": content}


def _with_system_in_questions(turns: list[Turn], start: int) -> list[Turn]:
    """System turns from one on go to the head of the question that follows; without one they become it."""
    moved: list[Turn] = turns[:start]
    waiting: list[str] = []
    for turn in turns[start:]:
        if turn["role"] == "system":
            waiting.append(turn["content"])
        elif turn["role"] == "user" and waiting:
            moved.append({**turn, "content": _BETWEEN.join([*waiting, turn["content"]])})
            waiting = []
        else:
            moved.append(turn)
    if waiting:
        moved.append(_turn("user", _BETWEEN.join(waiting)))
    return moved


def _joined(turns: list[Turn]) -> list[Turn]:
    joined: list[Turn] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if last is None or last["role"] != turn["role"] or turn["role"] == "tool" or "tool_calls" in last:
            joined.append(turn)
            continue
        words = [content for content in (last["content"], turn["content"]) if content.strip()]
        joined[-1] = {**last, **turn, "content": _BETWEEN.join(words)}
    return joined


def _with_opening_tag(thought: TrackedText) -> TrackedText:
    """A thought whose opening tag stood in the prompt gets it back: the template looks for both."""
    return thought if OPENING.match(thought.lstrip()) else own_text("<think>") + thought


def _with_tags_hidden(text: TrackedText) -> TrackedText:
    """An answer whose words about tags cannot be taken for tags: many templates cut it at those."""
    if any(letter in text for letter in _HIDDEN.values()):
        return text
    for found in _TAG.finditer(text):
        if not is_own(text[found.start() : found.end()]):
            hidden = TrackedText(_HIDDEN.get(found[0][0], found[0][0]))
            text = text[: found.start()] + hidden + text[found.start() + 1 :]
    return text
