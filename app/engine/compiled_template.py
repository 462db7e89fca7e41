"""A chat template that is compiled and run in this process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import TemplateError as JinjaError
from jinja2 import nodes

from app.core.errors import TemplateError, TemplateStoppedError
from app.core.message import Message
from app.core.reasoning_markers import ReasoningMarkers, open_reasoning
from app.core.stream import ReplyAssembler
from app.core.template_traits import CallForm, TemplateTraits, WordsBesideCall
from app.core.translation import tr
from app.engine.conversation_form import turns_of, with_tags_shown
from app.engine.own_words import own_words
from app.engine.prompt_check import missing_from
from app.engine.template_sandbox import (
    LONGEST_SECONDS,
    RaisedByTemplate,
    TemplateSandbox,
    WorkLimitExceeded,
    day_in_words,
)
from app.engine.template_trial import TemplateTrial
from app.engine.tracked_text import TrackedText, is_own, join_pieces, own_text

LONGEST_TEMPLATE = 128 * 1024
"""Characters; the longest known one has 30,000."""
LONGEST_PROMPT = 16 * 1024 * 1024
"""Characters; more than the longest context of any model holds."""

LONGEST_MARKER = 64
"""Characters; the markers that open a thought have at most 32."""
_ANSWER_TAGS = (("<answer>", "</answer>"), ("<response>", "</response>"))
"""What Hunyuan, Ernie and Granite write around their answers."""
_FUNCTIONARY = ">>>all"
"""What Functionary writes before an answer; the prompt holds the first three signs."""
_TRIAL_SECONDS = 0.5
"""For one rendering of a few words."""
_THOUGHT_FIELDS = ("thinking", "reasoning", "reasoning_content")
_SPLITS_THOUGHTS = re.compile(r"""split\(\s*['"]</think>['"]""")
REFUSED = tr("Start a new chat, or choose another model.")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given to continue."""

    text: TrackedText
    """Its marks tell the template's and the model's own words from what they were given."""
    reasoning: ReasoningMarkers | None = None
    """The markers of the thought that the template opens for the model."""
    starts_in_reasoning: bool = False
    """It ends inside an open thought, so the model's first words are a thought."""
    left_out: tuple[str, ...] = ()
    """What of the conversation is not in it, in words: the template takes it in no form."""


class CompiledTemplate:
    """One model's template, compiled. `ChatTemplate` decides where that may be done.

    Templates differ in what they take. What this one does is found out by trying, when it is read: see
    `traits`. Messages are given to it in that form; where it refuses them nevertheless, or loses some, in
    others.
    """

    def __init__(self, source: str, bos_text: str = "", eos_text: str = "") -> None:
        """Raises TemplateError: the template is not valid."""
        self.source = source
        self._environment = TemplateSandbox()
        self._tokens = {"bos_token": own_text(bos_text), "eos_token": own_text(eos_text)}
        if len(source) > LONGEST_TEMPLATE:
            raise TemplateError(tr("The model's chat template is far too long."), REFUSED)
        try:
            names = self._names = _names_read(self._environment.parse(source))
            self._template = self._environment.from_string(source)
        except (JinjaError, RecursionError, MemoryError, SyntaxError, ValueError) as error:
            reason = str(error).rstrip(".") or type(error).__name__
            raise TemplateError(
                tr("The model's chat template is not valid: {reason}.", reason=reason), REFUSED
            ) from error
        plain = TemplateTraits(
            thought_fields=tuple(name for name in _THOUGHT_FIELDS if name in names),
            thoughts_in_content=_SPLITS_THOUGHTS.search(source) is not None,
            answer_tags=_answer_tags(source),
        )
        self._longest_seconds = _TRIAL_SECONDS
        try:
            self.traits = TemplateTrial(self._write, plain).traits()
        except TemplateError:  # It does not come to an end, which is told when it is used.
            self.traits = plain
        self._longest_seconds = LONGEST_SECONDS

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        prefill: str = "",
        for_reply: bool = True,
    ) -> Prompt:
        """The prompt for the next reply, `prefill` being words that the reply is to begin with.

        Raises:
            TemplateError: the template refuses these messages in every form, fails, or does not come to an
                end.
        """
        text, left_out = self._whole(messages, tools, for_reply)
        reasoning = _opened_by(text)
        opening = ReplyAssembler(reasoning is not None, reasoning=reasoning)
        opening.feed(prefill)
        is_in_thought = opening.open_reasoning is not None
        return Prompt(text + own_words(opening.finish()), reasoning, is_in_thought, left_out)

    def _whole(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], for_reply: bool
    ) -> tuple[TrackedText, tuple[str, ...]]:
        """The prompt in the first form that it is whole in, or else in the one that lacks least."""
        best: tuple[TrackedText, tuple[str, ...]] | None = None
        refusal: TemplateError | None = None
        for traits in _forms(self.traits):
            try:
                text = self._write(messages, tools, traits, for_reply)
            except TemplateError as error:
                if isinstance(error.__cause__, WorkLimitExceeded):
                    raise
                refusal = refusal or error
                continue
            missing = tuple(dict.fromkeys(missing_from(text, messages, traits)))
            if not missing:
                return text, ()
            if best is None or len(missing) < len(best[1]):
                best = text, missing
        if best is None:
            assert refusal is not None
            raise refusal
        return best

    def _write(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        traits: TemplateTraits,
        for_reply: bool = True,
    ) -> TrackedText:
        described = [_described(tool) for tool in tools] if traits.wants_descriptions else list(tools)
        given = {
            "messages": turns_of(messages, traits),
            "tools": described or ([] if traits.wants_tool_list else None),
            "date_string": day_in_words(),
        }
        if "xml_tools" in self._names:  # SmolLM3's
            given["xml_tools"] = given["tools"]
        if {"functions", "datetime"} <= self._names:  # Firefunction's
            given |= {"functions": json.dumps(described, ensure_ascii=False), "datetime": day_in_words()}
        self._environment.start_counting(given.values(), self._longest_seconds)
        try:
            pieces = self._template.generate(given, add_generation_prompt=for_reply, **self._tokens)
            return with_tags_shown(_joined(pieces))
        except WorkLimitExceeded as error:
            raise TemplateStoppedError(
                tr("The model's chat template was stopped: {error}.", error=error), REFUSED
            ) from error
        except RaisedByTemplate as error:
            reason = str(error).rstrip(".")
            raise TemplateError(
                tr("The model's chat template refuses this chat: {reason}.", reason=reason), REFUSED
            ) from error
        except Exception as error:  # A template can make any filter or method raise anything.
            reason = str(error).rstrip(".") or type(error).__name__
            raise TemplateError(
                tr("The model's chat template failed: {reason}.", reason=reason), REFUSED
            ) from error


def _forms(traits: TemplateTraits) -> Iterator[TemplateTraits]:
    """The form that a template takes, then others in which it may take a conversation that it refuses."""
    bare = replace(traits, thought_beside_words_and_call=False)
    single = replace(bare, calls=CallForm.WORDS if traits.calls is CallForm.WORDS else CallForm.ONE_BY_ONE)
    words = replace(single, calls=CallForm.WORDS, results_as_words=True, thought_fields=(), joins_turns=True)
    forms = [traits, replace(traits, late_system_in_question=True), replace(traits, joins_turns=True)]
    forms += [replace(form, joins_turns=True) for form in (bare, single)]
    forms += [replace(form, joins_turns=True, late_system_in_question=True) for form in (bare, single)]
    forms += [replace(form, joins_turns=True, system_in_question=True) for form in (bare, single, words)]
    forms += [replace(form, opens_with_question=True) for form in forms[-3:]]
    forms.append(replace(forms[-1], words_beside_call=WordsBesideCall.WITH_CALL))
    yield from dict.fromkeys(forms)


def _joined(pieces: Iterator[str]) -> TrackedText:
    """Raises TooMuchWork: the prompt is longer than any model could read."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LONGEST_PROMPT:
            raise WorkLimitExceeded(tr("it writes far more than a prompt"))
        kept.append(piece)
    return join_pieces(kept)


def _names_read(template: nodes.Template) -> set[str]:
    """The names a template reads: variables, attributes and keys."""
    names = {node.name for node in template.find_all(nodes.Name)}
    names |= {node.attr for node in template.find_all(nodes.Getattr)}
    return names | {
        node.arg.value
        for node in template.find_all(nodes.Getitem)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)
    }


def _answer_tags(source: str) -> tuple[str, ...]:
    if _FUNCTIONARY in source:
        return ("all\n",)
    return next((tags for tags in _ANSWER_TAGS if all(tag in source for tag in tags)), ())


def _described(value: Any) -> Any:
    """A tool's schema in which every parameter has a description."""
    if isinstance(value, list):
        return [_described(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    described = {key: _described(item) for key, item in value.items()}
    for parameter in described.get("properties", {}).values() if "properties" in described else ():
        if isinstance(parameter, dict):
            parameter.setdefault("description", "")
    return described


def _opened_by(text: TrackedText) -> ReasoningMarkers | None:
    """The markers of the thought that a prompt ends in, where the template itself has opened it."""
    end = text.rstrip()
    markers = open_reasoning(end[-LONGEST_MARKER:])
    return markers if markers and is_own(end[-len(markers.opening.rstrip()) :]) else None
