"""From messages to the text that a model was trained to continue, by the template in its file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from jinja2 import TemplateError as JinjaError
from jinja2 import nodes

from app.core.errors import TemplateError
from app.core.message import Message, ReasoningPart, Role, ToolCallPart, ToolResultPart
from app.core.reasoning_markers import CLOSING, OPENING, ReasoningMarkers, open_reasoning
from app.core.reply_parser.raw_spans import text_span, thought_span
from app.core.stream import ReplyAssembler
from app.engine.own_words import own_part, own_words
from app.engine.template_sandbox import RaisedByTemplate, TemplateSandbox, TooMuchWork
from app.engine.tracked_text import TrackedText, is_own, join_pieces, own_text

_Turn = dict[str, Any]
"""A message in the form that chat templates read."""

CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""Used where a file has no template of its own: most chat models were trained on something like it."""

LONGEST_TEMPLATE = 1024 * 1024
"""Characters; the longest known one has 30,000."""
LONGEST_PROMPT = 16 * 1024 * 1024
"""Characters; more than the longest context of any model holds."""

LONGEST_MARKER = 64
"""Characters; the markers that open a thought have at most 32."""
_EMPTY_THOUGHT = re.compile(r"\s*(?:<think>)?\s*</think>\s*")
_ANSWER_TAGS = (("<answer>", "</answer>"), ("<response>", "</response>"))
"""What Hunyuan, Ernie and Granite write around their answers."""
_FUNCTIONARY = ">>>all"
"""What Functionary writes before an answer; the prompt holds the first three signs."""
_TAG = re.compile(f"{OPENING.pattern}|{CLOSING.pattern}")
_HIDDEN = {"<": "\U0010fe3c", "[": "\U0010fe5b", "◁": "\U0010fe5c"}
"""Letters of nobody's alphabet, which stand for the first one of a tag while a template works."""
_THOUGHT_FIELDS = ("thinking", "reasoning", "reasoning_content")
_SPLITS_THOUGHTS = re.compile(r"""split\(\s*['"]</think>['"]""")
_REFUSED = "Start a new conversation, or choose another model."


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given to continue."""

    text: TrackedText
    """Its marks tell the template's and the model's own words from what they were given."""
    starts_in_reasoning: bool
    """It ends inside an open thinking tag, so the model's first words are a thought."""
    reasoning: ReasoningMarkers | None = None
    """The markers of the thought that it opens, without the prefill."""


class ChatTemplate:
    """One model's template, compiled.

    Templates differ in what they make of a reply: some only know its text, others want its tool calls and its
    thoughts as fields. What a template reads is taken from its source, and messages are given to it
    accordingly.
    """

    def __init__(self, source: str, bos_text: str = "", eos_text: str = "") -> None:
        """Raises TemplateError: the template is not valid."""
        self.source = source
        self._environment = TemplateSandbox()
        self._tokens = {"bos_token": own_text(bos_text), "eos_token": own_text(eos_text)}
        if len(source) > LONGEST_TEMPLATE:
            raise TemplateError("The model's chat template is far too long.", _REFUSED)
        try:
            names = _names_read(self._environment.parse(source))
            self._template = self._environment.from_string(source)
        except (JinjaError, RecursionError, MemoryError, SyntaxError, ValueError) as error:
            reason = str(error).rstrip(".") or type(error).__name__
            raise TemplateError(f"The model's chat template is not valid: {reason}.", _REFUSED) from error
        self.reads_tool_calls = "tool_calls" in names
        self._splits_thoughts = _SPLITS_THOUGHTS.search(source) is not None
        self._thought_fields = [name for name in _THOUGHT_FIELDS if name in names]
        self.answer_tags: tuple[str, ...] = next(
            (tags for tags in _ANSWER_TAGS if all(tag in source for tag in tags)), ()
        )
        """The tags that the model writes around its answers, after what the template takes away from them."""
        if _FUNCTIONARY in source:
            self.answer_tags = ("all\n",)
        self.offers_tools = "tools" in names
        """Whether the template tells the model about tools at all."""

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        prefill: str = "",
        for_reply: bool = True,
    ) -> Prompt:
        """The prompt for the next reply, `prefill` being words that the reply is to begin with.

        Raises:
            TemplateError: the template refuses these messages, fails, or does not come to an end.
        """
        refusal: TemplateError | None = None
        for turns, offered in _attempts(self._turns(messages), list(tools)):
            try:
                text = _with_tags_shown(self._run(turns, offered, for_reply))
                reasoning = _open_reasoning(text)
                begun = ReplyAssembler(reasoning is not None, reasoning=reasoning)
                begun.feed(prefill)
                is_in_thought = begun.open_reasoning is not None
                return Prompt(text + own_words(begun.finish()), is_in_thought, reasoning)
            except TooMuchWork as error:
                raise TemplateError(f"The model's chat template was stopped: {error}.", _REFUSED) from error
            except TemplateError as error:
                refusal = refusal or error
        assert refusal is not None
        raise refusal

    def _run(self, turns: list[_Turn], tools: list[Any] | None, for_reply: bool) -> TrackedText:
        self._environment.start_counting()
        try:
            pieces = self._template.generate(
                messages=turns, tools=tools, add_generation_prompt=for_reply, **self._tokens
            )
            return _joined(pieces)
        except TooMuchWork:
            raise
        except RaisedByTemplate as error:
            reason = str(error).rstrip(".")
            raise TemplateError(
                f"The model's chat template refuses this conversation: {reason}.", _REFUSED
            ) from error
        except Exception as error:  # A template can make any filter or method raise anything.
            reason = str(error).rstrip(".") or type(error).__name__
            raise TemplateError(f"The model's chat template failed: {reason}.", _REFUSED) from error

    def _turns(self, messages: Sequence[Message]) -> list[_Turn]:
        turns: list[_Turn] = []
        call_ids = _call_ids()
        open_calls: list[str] = []
        last_question = max(
            (at for at, message in enumerate(messages) if message.role is Role.USER), default=-1
        )
        for at, message in enumerate(messages):
            if message.role is Role.ASSISTANT:
                turn = self._assistant_turn(message, at < last_question, call_ids)
                open_calls = [call["id"] for call in turn.get("tool_calls", ())]
                turns.append(turn)
            elif message.role is Role.TOOL:
                turns.extend(_tool_turns(message, open_calls))
            else:
                turns.append({"role": own_text(message.role), "content": message.text})
        return turns

    def _assistant_turn(self, message: Message, is_past: bool, call_ids: Iterator[str]) -> _Turn:
        content: list[str] = []
        thoughts: list[str] = []
        calls: list[dict[str, Any]] = []
        for part in message.parts:
            if isinstance(part, ToolCallPart) and self.reads_tool_calls and part.error is None:
                calls.append(_call(part, next(call_ids)))
            elif not isinstance(part, ReasoningPart):
                content.append(own_part(part))
            elif self._splits_thoughts:
                content.append(_with_opening_tag(own_part(part)))
            else:
                thoughts.append(_inner(part.raw))
        # Given back, they would be read as the beginning of another message.
        text = join_pieces(content)
        start, end = text_span(text)
        text = text[start:end]
        if empty := _EMPTY_THOUGHT.match(text):
            text = text[empty.end() :]
            if self._splits_thoughts:
                text = _with_opening_tag(own_text(empty[0])) + text
        if thoughts and (is_past or not self._thought_fields):
            text = text.lstrip()  # The thought is left out, and the empty lines after it go with it.
        turn: _Turn = {"role": own_text("assistant"), "content": _with_tags_hidden(text)}
        if calls:
            turn["tool_calls"] = calls
        if thoughts:
            turn.update(dict.fromkeys(self._thought_fields, "".join(thoughts)))
        return turn


def _joined(pieces: Iterator[str]) -> TrackedText:
    """Raises TooMuchWork: the prompt is longer than any model could read."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LONGEST_PROMPT:
            raise TooMuchWork("it writes far more than a prompt")
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


def _call_ids() -> Iterator[str]:
    """Ids of nine letters and digits, which is what the strictest templates (Mistral's) ask for."""
    return (f"call{number:05d}" for number in count(1))


def _call(part: ToolCallPart, call_id: str) -> dict[str, Any]:
    function = {"name": part.name, "arguments": dict(part.arguments)}
    return {"id": call_id, "type": "function", "function": function}


def _tool_turns(message: Message, open_calls: list[str]) -> Iterator[_Turn]:
    """One turn for each result; results answer the calls before them in order."""
    for part in message.parts:
        turn: _Turn = {"role": own_text("tool"), "content": part.raw}
        if isinstance(part, ToolResultPart):
            turn["name"] = part.name
        if open_calls:
            turn["tool_call_id"] = open_calls.pop(0)
        yield turn


def _attempts(turns: list[_Turn], tools: list[Any]) -> Iterator[tuple[list[_Turn], list[Any] | None]]:
    """The conversation as most templates take it, then in the forms that some demand."""
    yield turns, tools or None
    if len(turns) > 1 and (turns[0]["role"], turns[1]["role"]) == ("system", "user"):
        # Their models take the system prompt at the head of the first question.
        question = f"{turns[0]['content']}\n\n{turns[1]['content']}"
        yield [{**turns[1], "content": question}, *turns[2:]], tools or None
    if not tools:
        yield turns, []
    if any("tool_calls" in turn for turn in turns):
        yield [_with_arguments_as_text(turn) for turn in turns], tools or None


def _with_arguments_as_text(turn: _Turn) -> _Turn:
    if "tool_calls" not in turn:
        return turn
    calls = []
    for call in turn["tool_calls"]:
        arguments = json.dumps(call["function"]["arguments"], ensure_ascii=False)
        calls.append({**call, "function": {**call["function"], "arguments": arguments}})
    return {**turn, "tool_calls": calls}


def _inner(thought: str) -> str:
    """A thought as it was written, without the tags around it."""
    start, end = thought_span(thought)
    return thought[start:end]


def _with_opening_tag(thought: TrackedText) -> TrackedText:
    """A thought whose opening tag stood in the prompt gets it back: the template looks for both."""
    return thought if OPENING.match(thought.lstrip()) else own_text("<think>") + thought


def _with_tags_hidden(text: TrackedText) -> TrackedText:
    """An answer whose words about tags cannot be taken for tags: many templates cut it at those."""
    if any(letter in text for letter in _HIDDEN.values()):
        return text
    for found in _TAG.finditer(text):
        if not is_own(text[found.start() : found.end()]):
            hidden = TrackedText(_HIDDEN[found[0][0]])
            text = text[: found.start()] + hidden + text[found.start() + 1 :]
    return text


def _with_tags_shown(text: TrackedText) -> TrackedText:
    for letter, hidden in _HIDDEN.items():
        text = TrackedText(text.replace(hidden, letter))
    return text


def _open_reasoning(text: TrackedText) -> ReasoningMarkers | None:
    """The markers of the thought that the template itself opened at the end of a prompt."""
    end = text.rstrip()
    markers = open_reasoning(end[-LONGEST_MARKER:])
    return markers if markers and is_own(end[-len(markers.opening.rstrip()) :]) else None
