"""Whether everything that was said has reached a prompt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

from app.core.message import Message, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.template_traits import CallForm, TemplateTraits, WordsBesideCall
from app.core.translation import tr_later
from app.engine.conversation_form import EMPTY_THOUGHT
from app.engine.own_words import answer_words

_NAMES = {
    Role.SYSTEM: tr_later("the system prompt"),
    Role.USER: tr_later("a question"),
    Role.ASSISTANT: tr_later("an answer"),
    Role.TOOL: tr_later("the result of a tool"),
}
_BLANKS = re.compile(r"\s+")


def missing_from(text: str, messages: Sequence[Message], traits: TemplateTraits) -> list[str]:
    """What a prompt lacks of a conversation, in words; what the template is known to leave out is not meant.

    Thoughts are not looked for: most templates leave those of past turns out, as their models were trained.
    """
    is_in = _finder(text)
    return [name for name, words in _contents(messages, traits) if not is_in(words)]


def _contents(messages: Sequence[Message], traits: TemplateTraits) -> Iterator[tuple[str, str]]:
    for message in messages:
        calls = [part for part in message.parts if isinstance(part, ToolCallPart) and part.error is None]
        is_left_out = bool(calls) and traits.words_beside_call is WordsBesideCall.LEFT_OUT
        for part in message.parts:
            if isinstance(part, TextPart) and not is_left_out:
                name = tr_later("words beside a tool call") if calls else _NAMES[message.role]
                yield name, _words(part) if message.role is Role.ASSISTANT else part.text
            elif isinstance(part, ToolResultPart):
                yield _NAMES[Role.TOOL], part.raw
        for call in calls:
            if traits.calls is CallForm.WORDS:
                yield tr_later("a tool call"), call.raw
                continue
            yield tr_later("a tool call"), call.name
            for argument in _texts(dict(call.arguments)):
                yield tr_later("a tool call's arguments"), argument


def _words(part: TextPart) -> str:
    words = part.text if part.text != part.raw else answer_words(part)
    return EMPTY_THOUGHT.sub("", words, count=1)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _finder(text: str) -> Callable[[str], bool]:
    """Finds words however a template has written them: as they are, escaped, or with other white space."""
    plain = str.__str__(text)[:]
    position = 0
    squeezed = ""

    def is_in(words: str) -> bool:
        nonlocal position, squeezed
        words = words.strip()
        if not words:
            return True
        at = plain.find(words, position)
        if at < 0:
            at = plain.find(words)
        if at >= 0:
            position = at
            return True
        if any(form in plain for form in _escaped(words)):
            return True
        squeezed = squeezed or _BLANKS.sub(" ", plain)
        return _BLANKS.sub(" ", words) in squeezed

    return is_in


def _escaped(words: str) -> Iterator[str]:
    yield json.dumps(words, ensure_ascii=False)[1:-1]
    yield json.dumps(words)[1:-1]
    yield json.dumps(json.dumps(words, ensure_ascii=False)[1:-1], ensure_ascii=False)[1:-1]
    yield repr(words)[1:-1]
    yield escape(words).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
