"""Finds out what a chat template takes by sending marked words through it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.core.errors import TemplateError
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.reasoning_markers import open_reasoning
from app.core.template_traits import CallForm, TemplateTraits, WordsBesideCall
from app.engine.prompt_check import missing_from
from app.engine.template_sandbox import WorkLimitExceeded

Render = Callable[[Sequence[Message], Sequence[Mapping[str, Any]], TemplateTraits], str]
"""Renders a conversation with these tools in the form that the traits say. Raises TemplateError."""

_TOOL = {
    "type": "function",
    "function": {
        "name": "toolmark",
        "description": "describemark",
        "parameters": {
            "type": "object",
            "properties": {"keymark": {"type": "string"}},
            "required": [],
        },
    },
}
_REFUSED = 1000
_PYTHON_FORMS = ("{'keymark': 'value", "'type': 'text'")
"""What a template writes that was given an object where it takes a text."""
_TAGGED = re.compile(r"(<([a-zA-Z_]+)>)\s*answermark\s*(</\2>)")


def _said(role: Role, text: str) -> Message:
    return Message.of_text(role, text)


def _answer(*parts: TextPart | ReasoningPart | ToolCallPart) -> Message:
    return Message(Role.ASSISTANT, parts)


def _call(mark: str) -> ToolCallPart:
    arguments = {"keymark": f"value{mark}"}
    raw = f'<tool_call>\n{{"name": "call{mark}", "arguments": {{"keymark": "value{mark}"}}}}\n</tool_call>'
    return ToolCallPart(f"call{mark}", arguments, raw)


def _result(mark: str) -> Message:
    return Message(Role.TOOL, (ToolResultPart(f"call{mark}", f"result{mark}"),))


_SYSTEM = _said(Role.SYSTEM, "systemmark")
_QUESTION = _said(Role.USER, "questionmark")
_SECOND = _said(Role.USER, "secondmark")
_ANSWERED = _said(Role.ASSISTANT, "answermark")
_WORDS = TextPart("wordsmark", "wordsmark")
_THOUGHT = ReasoningPart("thoughtmark", "<think>thoughtmark</think>")
_PLAIN = [_QUESTION, _ANSWERED, _SECOND]
_CALLED = [_QUESTION, _answer(_call("a")), _result("a")]
_CALLED_TWICE = [_QUESTION, _answer(_call("a"), _call("b")), _result("a"), _result("b")]
_SPOKEN = [_QUESTION, _answer(_WORDS, _call("a")), _result("a")]
_THOUGHT_AND_SPOKEN = [_QUESTION, _answer(_THOUGHT, _WORDS, _call("a")), _result("a")]


class TemplateTrial:
    """Tries one template."""

    def __init__(self, render: Render, start: TemplateTraits) -> None:
        """`start` holds what is known from its source."""
        self._render = render
        self._traits = start

    def traits(self) -> TemplateTraits:
        """What it takes; each question is tried in the form that the ones before it have found.

        Raises:
            TemplateError: the template does not come to an end.
        """
        self._choose({"wants_tool_list": True}, [_QUESTION])
        self._choose({"content_as_parts": True}, [_QUESTION], _PLAIN)
        self._choose({"system_in_question": True}, [_SYSTEM, _QUESTION], [_SYSTEM, *_PLAIN])
        twice = [_QUESTION, _SECOND], [_QUESTION, _ANSWERED, _answer(_WORDS), _SECOND]
        self._choose({"joins_turns": True}, *twice)
        self._try_tools()
        plain = self._text([_QUESTION], self._traits)
        past = _TAGGED.search(self._text(_PLAIN, self._traits))
        return replace(
            self._traits,
            reasoning=open_reasoning(plain),
            answer_tags=self._traits.answer_tags or ((past[1], past[3]) if past else ()),
        )

    def _try_tools(self) -> None:
        for wants_descriptions in (False, True):
            traits = replace(self._traits, wants_descriptions=wants_descriptions)
            if "toolmark" in self._text([_QUESTION], traits, [_TOOL]):
                self._traits = replace(traits, offers_tools=True)
                break
        forms: Iterator[dict[str, Any]] = (
            {"calls": calls, "arguments_as_text": as_text, "results_as_words": as_words}
            for as_words in (False, True)
            for calls, as_text in (
                (CallForm.TOGETHER, False),
                (CallForm.TOGETHER, True),
                (CallForm.WORDS, False),
            )
        )
        self._choose_first(forms, _CALLED, [*_CALLED, _ANSWERED, _SECOND])
        if self._traits.calls is not CallForm.WORDS:
            several = ({"calls": form} for form in (CallForm.TOGETHER, CallForm.ONE_BY_ONE))
            self._choose_first(several, _CALLED_TWICE, [*_CALLED_TWICE, _ANSWERED, _SECOND])
            places = ({"words_beside_call": place} for place in WordsBesideCall)
            self._choose_first(places, _SPOKEN, [*_SPOKEN, _ANSWERED, _SECOND])
            self._choose({"thought_beside_words_and_call": False}, _THOUGHT_AND_SPOKEN)

    def _choose(self, other: dict[str, Any], *conversations: Sequence[Message]) -> None:
        """Takes the other form where that helps: it takes a conversation that the present one does not."""
        self._choose_first([{}, other], *conversations)

    def _choose_first(self, forms: Iterable[dict[str, Any]], *conversations: Sequence[Message]) -> None:
        """Takes the first form in which all conversations arrive whole, or else that which loses least."""
        least: tuple[int, TemplateTraits] | None = None
        for form in forms:
            traits = replace(self._traits, **form)
            loss = sum(self._loss(conversation, traits) for conversation in conversations)
            if least is None or loss < least[0]:
                least = loss, traits
            if not loss:
                break
        if least is not None:
            self._traits = least[1]

    def _loss(self, messages: Sequence[Message], traits: TemplateTraits) -> int:
        """How much of a conversation does not arrive as it should; a refusal is the most."""
        text = self._text(messages, traits, [_TOOL] if traits.offers_tools else [])
        if not text:
            return _REFUSED
        loss = len(missing_from(text, messages, traits))
        if not loss and messages[0] is _SYSTEM and len(messages) > 2:
            # Before the last question it would have every turn read the conversation anew.
            loss += not text.index("systemmark") < text.index("questionmark") < text.index("answermark")
        return loss + any(form in text for form in _PYTHON_FORMS)

    def _text(
        self, messages: Sequence[Message], traits: TemplateTraits, tools: Sequence[Mapping[str, Any]] = ()
    ) -> str:
        """What it writes; nothing where it refuses."""
        try:
            return self._render(messages, tools, traits)
        except TemplateError as error:
            if isinstance(error.__cause__, WorkLimitExceeded):
                raise
            return ""
