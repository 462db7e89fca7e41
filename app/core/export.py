"""A conversation as a Markdown file that reads well everywhere and can be imported again.

Settings stand in the front matter, speakers are headings, thoughts are folded, and HTML comments, which no
viewer shows, hold the rest. `markdown/importing.py` reads it back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.core import formatting
from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.markdown.embedded import EmbeddedMarkdown
from app.core.markdown.front_matter import Writable, write_front_matter
from app.core.markdown.headings import with_lower_headings
from app.core.markdown.importing import from_markdown
from app.core.markdown.marks import FORMAT_VERSION, INSIDE, MarkedPart, count_marks, written_mark
from app.core.message import (
    SPEAKERS,
    DocumentPart,
    Part,
    PassagesPart,
    PicturePart,
    ReasoningPart,
    RecordingPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.sampling import FIELD_NAMES, Sampling
from app.core.stop_texts import file_note
from app.core.translation import listed, tr, tr_count

__all__ = ["ExportOptions", "from_markdown", "to_markdown"]

ALWAYS_WRITTEN = ("temperature", "top_k", "top_p", "min_p")
"""Sampling values that are written also where they are at their default; the others do nothing there."""

_BEFORE_FILES = 1


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is written beside the words."""

    include_reasoning: bool = True
    include_all_branches: bool = False
    """Also the versions that are not on screen, behind those that are."""
    has_marks: bool = True
    """With the comments and the head that let the file be read back; without, it is for reading only."""
    system_prompt: str = ""
    """The preset's, for conversations of which no answer knows what it was told, and without one of their
    own."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Where the attached files are, by their SHA-256: paths relative to the exported file."""


def to_markdown(conversation: Conversation, options: ExportOptions = ExportOptions()) -> str:
    """The branch on screen as Markdown. `from_markdown` gives the same messages back where it has marks.

    Only lone surrogates are lost, which no file can hold: they become U+FFFD.
    """
    path = conversation.path()
    shown = {node.id for node in path}
    others = [node for node in conversation.nodes if node.id not in shown and options.include_all_branches]
    word = "tarn"
    document = _Document(word, conversation, path, others, options)
    attempt = 1
    # Where a message holds the like of our marks, they get another word.
    while options.has_marks and count_marks(word, document.body) != document.mark_count:
        attempt += 1
        word = f"tarn-{attempt}"
        document = _Document(word, conversation, path, others, options)
    head = (
        f"{write_front_matter(_settings(conversation, path, options, word))}\n" if options.has_marks else ""
    )
    text = f"{head}# {_heading(conversation.title)}\n{document.body}\n"
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _settings(
    conversation: Conversation, path: list[MessageNode], options: ExportOptions, word: str
) -> dict[str, Writable]:
    generations = [node.message.generation for node in path if node.message.generation is not None]
    preset_name = generations[-1].preset_name if generations else conversation.preset_name
    told = next((made.instructions for made in reversed(generations) if made.instructions), None)
    system_prompt = told.system_prompt if told else conversation.system_prompt or options.system_prompt
    sampling = next((made.sampling for made in reversed(generations) if made.sampling is not None), None)
    settings: dict[str, Writable] = {
        "title": conversation.title,
        "created": conversation.created_at,
        "updated": conversation.updated_at,
        "models": list(dict.fromkeys(made.speaker for made in generations if made.speaker)),
    }
    if preset_name:
        settings["preset"] = preset_name
    if sampling is not None:
        settings["sampling"] = _sampling_values(sampling)
    if system_prompt:
        settings["system_prompt"] = system_prompt
    if told and told.tool_names:
        settings["tools"] = list(told.tool_names)
    has_files = any(node.message.attachments for node in conversation.nodes)
    version = FORMAT_VERSION if has_files else _BEFORE_FILES
    settings["conversation"] = conversation.id
    return {**settings, "tarn": version, **({"marks": word} if word != "tarn" else {})}


def _sampling_values(sampling: Sampling) -> dict[str, Writable]:
    neutral = Sampling()
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in FIELD_NAMES
        if (value := getattr(sampling, name)) != getattr(neutral, name) or name in ALWAYS_WRITTEN
    }


class _Document:
    """The messages as Markdown, with the marks between them."""

    def __init__(
        self,
        word: str,
        conversation: Conversation,
        path: list[MessageNode],
        others: list[MessageNode],
        options: ExportOptions,
    ) -> None:
        self.mark_count = 0
        self._word = word
        self._options = options
        self._pieces: list[str] = []
        self._places = {node.id: place for place, node in enumerate([*path, *others])}
        previous_id: str | None = None
        for node in [*path, *others]:
            place = {} if node.parent_id == previous_id else {"below": self._places.get(node.parent_id or "")}
            if node is path[-1] and others:
                place["shown"] = True
            self._add_message(node, place)
            previous_id = node.id
        if left_out := len(conversation.nodes) - len(path) - len(others):
            self._add_mark({"part": MarkedPart.NOTE})
            words = tr_count(
                "Other versions of this chat, with {count:,} message, are not in this file.",
                "Other versions of this chat, with {count:,} messages, are not in this file.",
                left_out,
            )
            self._add(f"*{words}*")
        self.body = "".join(self._pieces)
        """Begins with an empty line, ends without one."""

    def _add_message(self, node: MessageNode, place: dict[str, Any]) -> None:
        generation = node.message.generation
        self._add_mark({**_message_values(node), **place})
        name = generation.speaker if generation else ""
        self._add(f"## {_heading(name) or SPEAKERS[node.role]}")
        for index, part in enumerate(node.message.parts):
            if isinstance(part, ReasoningPart) and not self._options.include_reasoning:
                continue
            values, content = _written_part(part, self._options.links)
            if isinstance(part, DocumentPart) and self._options.has_marks:
                content += f"\n\n{_given_words(part)}"
            if index or values != {"part": MarkedPart.TEXT}:
                self._add_mark(values)
            if content:
                self._add(content)
        if note := file_note(node.state, generation):
            self._add_mark({"part": MarkedPart.NOTE})
            self._add(f"*{_inline(note)}*")

    def _add_mark(self, values: Mapping[str, Any]) -> None:
        if not self._options.has_marks:
            return
        self.mark_count += 1
        self._add(written_mark(self._word, values))

    def _add(self, block: str) -> None:
        self._pieces.append(f"\n\n{block}" if self._pieces else f"\n{block}")


def _message_values(node: MessageNode) -> dict[str, Any]:
    values: dict[str, Any] = {"role": node.role.value, "at": node.created_at.isoformat()}
    if node.state is not MessageState.COMPLETE:
        values["state"] = node.state.value
    if generation := node.message.generation:
        values["model"] = generation.model_name
        if generation.server:
            values["server"] = generation.server
        if generation.preset_name:
            values["preset"] = generation.preset_name
        if generation.error:
            values["error"] = generation.error
        if generation.is_edited:
            values["edited"] = True
    return values


def _written_part(part: Part, links: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """What a part's mark says, and the Markdown below the mark: empty where there is nothing to see."""
    match part:
        case TextPart():
            return _text(part)
        case ReasoningPart():
            return _thought(part)
        case ToolCallPart():
            return _call(part)
        case ToolResultPart():
            return _result(part)
        case PicturePart():
            return _picture(part, links.get(part.file.sha256, ""))
        case RecordingPart():
            return _recording(part, links.get(part.file.sha256, ""))
        case DocumentPart():
            return _document(part, links.get(part.file.sha256, ""))
        case PassagesPart():
            return _passages(part)


def _text(part: TextPart) -> tuple[dict[str, Any], str]:
    values = {"part": MarkedPart.TEXT, **_around(part)}
    if not part.text.strip():
        return {**values, "text": part.text}, ""
    embedding, shown = _embedded(part.text)
    return {**values, **embedding}, shown


def _thought(part: ReasoningPart) -> tuple[dict[str, Any], str]:
    values: dict[str, Any] = {"part": MarkedPart.THOUGHT, **_around(part)}
    if part.elapsed_ms is not None:
        values["ms"] = part.elapsed_ms
    if part.token_count is not None:
        values["tokens"] = part.token_count
    if not part.is_closed:
        values["open"] = True
    if not part.text.strip():
        return {**values, "text": part.text}, ""
    embedding, shown = _embedded(part.text)
    content = f"<details>\n<summary>{_summary(part)}</summary>\n\n{shown}\n\n</details>"
    return {**values, **embedding}, content


def _call(part: ToolCallPart) -> tuple[dict[str, Any], str]:
    values: dict[str, Any] = {"part": MarkedPart.CALL, "name": part.name}
    arguments = _arguments(part)
    if part.error is None and arguments:
        called = tr("Called {name}", name=_code(part.name))
        return {**values, "raw": part.raw}, f"**{called}**\n\n{_fenced(arguments, 'json')}"
    values |= {"error": part.error, "arguments": json.loads(arguments or "{}")}
    heading = f"**{tr('Call')}**"
    if part.error:
        heading = tr("**Call** could not be run: {reason}", reason=_inline(part.error))
    return values, f"{heading}\n\n{_fenced(part.raw)}"


def _result(part: ToolResultPart) -> tuple[dict[str, Any], str]:
    values: dict[str, Any] = {"part": MarkedPart.RESULT, "name": part.name}
    states = {"failed": part.is_error, "refused": part.is_refused, "stopped": part.is_stopped}
    values |= {name: True for name, holds in states.items() if holds}
    if part.elapsed_ms is not None:
        values["ms"] = part.elapsed_ms
    name = _code(part.name)
    outcome = tr("{name} returned", name=name)
    if part.is_refused:
        outcome = tr("{name} was denied", name=name)
    elif part.is_error:
        outcome = tr("{name} failed", name=name)
    return values, f"**{outcome}**\n\n{_fenced(part.raw)}"


def _picture(part: PicturePart, link: str) -> tuple[dict[str, Any], str]:
    values = {"part": MarkedPart.PICTURE, **asdict(part.file)}
    values |= {"width": part.width, "height": part.height, "detail": part.detail.value}
    if not link:
        return (
            values,
            f"*{tr('{name} (this picture is missing)', name=_inline(part.file.name) or tr('A picture'))}*",
        )
    return {**values, "link": _place(link)}, f"![{_inline(part.file.name)}](<{link}>)"


def _recording(part: RecordingPart, link: str) -> tuple[dict[str, Any], str]:
    values = {"part": MarkedPart.RECORDING, **asdict(part.file)}
    values |= {"ms": part.milliseconds, "waveform": part.waveform}
    name = _inline(part.file.name) or tr("A recording")
    length = formatting.clock(part.milliseconds / 1000)
    if not link:
        return values, f"*{tr('{name} (this recording is missing)', name=f'{name}, {length}')}*"
    return {**values, "link": _place(link)}, f"[{name}, {length}](<{link}>)"


def _document(part: DocumentPart, link: str) -> tuple[dict[str, Any], str]:
    values = {"part": MarkedPart.DOCUMENT, **asdict(part.file), "mark": part.mark}
    values |= {"page_count": part.page_count, "share": part.share.value, "pages": list(part.pages)}
    name = _inline(part.file.name) or tr("A file")
    if not link:
        return values, f"*{tr('{name} (this file is missing)', name=name)}*"
    return {**values, "link": _place(link)}, f"[{name}](<{link}>)"


def _given_words(part: DocumentPart) -> str:
    summary = tr("What the model was given")
    return f"<details>\n<summary>{summary}</summary>\n\n{_fenced(part.words)}\n\n</details>"


def _passages(part: PassagesPart) -> tuple[dict[str, Any], str]:
    found = [asdict(replace(it, path="")) for it in part.passages]  # Nobody else has these folders.
    values = {"part": MarkedPart.PASSAGES, "collections": part.collections, "passages": found}
    return values, f"*{_inline(part.listed)}*"


def _place(link: str) -> str:
    """Where a file is, for its mark, which does not hold it a second time."""
    return INSIDE if link.startswith("data:") else link


def _arguments(part: ToolCallPart) -> str:
    """As JSON; empty where JSON cannot hold them, and then the reader is shown what the model wrote."""
    try:
        return json.dumps(dict(part.arguments), ensure_ascii=False, indent=2)
    except (TypeError, ValueError, RecursionError):
        return ""


def _around(part: TextPart | ReasoningPart) -> dict[str, str]:
    """What the model wrote around the words, such as thinking tags. Nothing where it is only the words."""
    before, found, after = part.raw.partition(part.text) if part.text else (part.raw, "", "")
    if part.text and not found:
        return {"raw": part.raw}
    return {name: text for name, text in (("before", before), ("after", after)) if text}


def _embedded(text: str) -> tuple[dict[str, Any], str]:
    """What tells how to have the text back, and the text as it stands in the document."""
    embedded = EmbeddedMarkdown.of(text)
    shown, headings = with_lower_headings(embedded.text)
    values: dict[str, Any] = {}
    if embedded.closing_fence:
        values["closed"] = embedded.closing_fence
    if embedded.escaped:
        values["escaped"] = embedded.escaped
    if headings:
        values["headings"] = headings
    return values, shown


def _summary(part: ReasoningPart) -> str:
    words = tr("Thought")
    if part.elapsed_ms is not None:
        time = formatting.whole_seconds(max(part.elapsed_ms / 1000, 1))
        words = tr("Thought for {time}", time=time)
    if part.token_count is not None:
        words = listed((words, formatting.tokens(part.token_count)))
    return words if part.is_closed else tr("{thought} (cut off)", thought=words)


def _fenced(text: str, language: str = "") -> str:
    """A code block, its fence longer than any in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _code(name: str) -> str:
    name = " ".join(name.replace("`", "'").split())
    return f"`{name}`" if name else tr("a tool")


def _heading(text: str) -> str:
    return re.sub(r"(#+)$", r"\\\1", _inline(text))


def _inline(text: str) -> str:
    """A text on one line, without Markdown's meaning. An underscore within a word has none."""
    line = re.sub(r"[\\`*\[\]<>]|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", " ".join(text.split()))
    return line.replace("&", "&amp;") if re.search(r"&#?\w+;", line) else line
