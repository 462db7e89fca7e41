"""Reads a conversation back from the Markdown that `core/export.py` writes, changed by hand or not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from app.core.attachment import Attachment
from app.core.conversation import UNTITLED, Conversation, MessageNode, MessageState, new_id
from app.core.errors import ImportFormatError, NotAnExportError
from app.core.generation import Generation, is_amount
from app.core.markdown.embedded import EmbeddedMarkdown
from app.core.markdown.front_matter import FrontMatterError, Value, read_front_matter
from app.core.markdown.headings import with_headings_back
from app.core.markdown.marks import FORMAT_VERSION, INSIDE, Mark, MarkedPart, find_marks
from app.core.message import (
    DocumentPart,
    DocumentShare,
    Message,
    Part,
    PassagesPart,
    PicturePart,
    ReasoningPart,
    RecordingPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.passage import FoundPassage
from app.core.picture_size import PictureDetail
from app.core.sampling import Sampling
from app.core.sound_pieces import is_waveform
from app.core.tool_round import STOPPED
from app.core.translation import tr

_HEADING = re.compile(r"\n*(?:## [^\n]*(?:\n\n?|\Z))?")
_FOLDED = re.compile(r"\s*<details[^>]*>\s*<summary>.*?</summary>\n{0,2}(.*?)\n{0,2}</details>\s*", re.DOTALL)
_FENCED = re.compile(r"\n*[^\n]*\n+(?P<fence>`{3,})[^\n]*\n(?P<content>.*)\n(?P=fence)\s*", re.DOTALL)
_GIVEN = re.compile(
    r"<details>\s*<summary>[^\n]*</summary>\n+(?P<fence>`{3,})\n(?P<content>.*)\n(?P=fence)\n*</details>",
    re.DOTALL,
)
_VERSION = re.compile("[0-9]{1,9}")
_DATA_ADDRESS = re.compile(r"\]\(<(data:[^>\s]*)>\)")
_ID = re.compile("[0-9a-f]{32}")
_FAULTS = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
_HINT = tr("Choose a Markdown file that Tarn exported.")


def linked_files(text: str) -> dict[str, str]:
    """Where a Markdown file says that its attached files are: their SHA-256, and paths relative to it, or
    addresses that hold them.

    Raises:
        ImportFormatError: as `from_markdown`.
    """
    settings, body, _ = _head(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    marks = find_marks(_text(settings, "marks") or "tarn", body + "\n")
    kinds = (MarkedPart.PICTURE, MarkedPart.RECORDING, MarkedPart.DOCUMENT)
    found = (mark for mark in marks if mark.values.get("part") in kinds)
    return {
        str(mark.values["sha256"]): _link(mark) for mark in found if {"sha256", "link"} <= mark.values.keys()
    }


def _link(mark: Mark) -> str:
    link = str(mark.values["link"])
    inside = _DATA_ADDRESS.search(mark.content) if link == INSIDE else None
    return inside[1] if inside else link


def exported_id(text: str) -> str:
    """The id of the conversation that a Markdown file was made of; empty where the file does not say it.

    Raises:
        ImportFormatError: as `from_markdown`.
    """
    settings, _, _ = _head(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    return _id(settings)


def from_markdown(text: str) -> Conversation:
    """The exported conversation; its messages have new ids. The settings of the newest answer are the file's.

    Raises:
        ImportFormatError: the text is no exported conversation, comes from a newer version, or is damaged.
    """
    text = text.removeprefix("\ufeff")
    if text.startswith("---\r\n"):  # Another program has rewritten every line's end.
        text = text.replace("\r\n", "\n")
    settings, body, first_line = _head(text)
    nodes, shown_id = _nodes(body, _text(settings, "marks") or "tarn", first_line)
    if not nodes and re.search(r"^## ", body, re.MULTILINE):
        raise ImportFormatError(
            tr("The comments that tell who says what were taken out of this file, so it cannot be imported."),
            tr("Choose the file as it was exported, before another program changed it."),
        )
    title = _text(settings, "title") or UNTITLED
    return Conversation(
        id=_id(settings) or new_id(),
        title=title,
        is_titled_by_user=title != UNTITLED,
        created_at=_head_date(settings, "created"),
        updated_at=_head_date(settings, "updated"),
        nodes=tuple(_with_sampling(nodes, _sampling(settings.get("sampling")))),
        tip_id=shown_id,
        system_prompt=_text(settings, "system_prompt"),
        preset_name=_text(settings, "preset"),
    )


def _head(text: str) -> tuple[dict[str, Value], str, int]:
    """The settings, what follows them, and the number of its first line."""
    try:
        settings, body = read_front_matter(text)
    except FrontMatterError as error:
        if error.line == 1:
            raise NotAnExportError(tr("This file is not an exported chat."), _HINT) from error
        raise _damaged(error.line) from error
    version = _text(settings, "tarn")
    if not _VERSION.fullmatch(version):
        raise NotAnExportError(tr("This file is not an exported chat."), _HINT)
    if int(version) > FORMAT_VERSION:
        raise ImportFormatError(tr("This chat was exported by a newer version of Tarn."), tr("Update Tarn."))
    return settings, body, text.count("\n", 0, len(text) - len(body)) + 1


def _damaged(line: int) -> ImportFormatError:
    return ImportFormatError(
        tr("The exported chat is damaged at line {line}.", line=line),
        tr("Fix this line, or export it again."),
    )


def _text(settings: dict[str, Value], name: str) -> str:
    value = settings.get(name, "")
    return value if isinstance(value, str) else ""


def _id(settings: dict[str, Value]) -> str:
    """Files of earlier versions have none."""
    found = _text(settings, "conversation")
    return found if _ID.fullmatch(found) else ""


def _head_date(settings: dict[str, Value], name: str) -> datetime:
    try:
        return _date(_text(settings, name))
    except ValueError as error:
        raise ImportFormatError(
            tr("The date after {name!r} in the head of the file is not a date.", name=name),
            tr("Write it like 2026-01-31T18:00:00, or export the chat again."),
        ) from error


def _date(text: str) -> datetime:
    date = datetime.fromisoformat(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _sampling(values: Value | None) -> Sampling | None:
    if not isinstance(values, dict):
        return None
    read: dict[str, Any] = {}
    try:
        for field in fields(Sampling):
            if field.name in values:
                read[field.name] = _sampling_value(field.default, values[field.name])
        return Sampling(**read)
    except ValueError as error:
        sentence = tr(
            "A sampling value in the head of the file cannot be used: {reason}.",
            reason=str(error).rstrip(".\N{IDEOGRAPHIC FULL STOP}"),
        )
        raise ImportFormatError(sentence, tr("Correct it there.")) from error


def _sampling_value(default: object, value: Value) -> object:
    if isinstance(default, tuple):
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(tr("it must be a list of texts"))
        return tuple(texts)
    if not isinstance(value, str):
        raise ValueError(tr("it must be a number"))
    return int(value) if isinstance(default, int) else float(value)


def _with_sampling(nodes: list[MessageNode], sampling: Sampling | None) -> list[MessageNode]:
    """With the file's sampling values at the newest answer, whose they are."""
    for index in range(len(nodes) - 1, -1, -1):
        generation = nodes[index].message.generation
        if generation is not None and sampling is not None:
            message = replace(nodes[index].message, generation=replace(generation, sampling=sampling))
            return [*nodes[:index], replace(nodes[index], message=message), *nodes[index + 1 :]]
    return nodes


def _nodes(body: str, word: str, first_line: int) -> tuple[list[MessageNode], str | None]:
    """The messages, and the last one of those that were on screen."""
    nodes: list[MessageNode] = []
    shown: int | None = None
    for mark in find_marks(word, body + "\n"):
        try:
            if "role" in mark.values:
                nodes.append(_node(mark, _parent_id(mark, nodes)))
                shown = len(nodes) - 1 if mark.values.get("shown") is True else shown
            elif mark.values["part"] != MarkedPart.NOTE:
                nodes[-1] = _with_part(nodes[-1], _part(mark))
        except (*_FAULTS, IndexError) as error:
            raise _damaged(first_line + mark.line) from error
    return nodes, nodes[-1 if shown is None else shown].id if nodes else None


def _parent_id(mark: Mark, nodes: list[MessageNode]) -> str | None:
    """The message before it, unless it is another version of one that stands further up."""
    if "below" in mark.values:
        place = mark.values["below"]
        return None if place is None else nodes[place].id
    return nodes[-1].id if nodes else None


def _node(mark: Mark, parent_id: str | None) -> MessageNode:
    values = mark.values
    heading = _HEADING.match(mark.content)
    text = _unframed(mark.content[heading.end() if heading else 0 :])
    generation = None
    if "model" in values:
        generation = Generation(
            str(values["model"]),
            preset_name=_words(values, "preset", ""),
            error=_words(values, "error", ""),
            is_edited=values.get("edited") is True,
            server=str(values.get("server", "")),
        )
    return MessageNode(
        Message(Role(values["role"]), (TextPart(text, text),) if text.strip() else (), generation),
        parent_id,
        created_at=_date(values["at"]),
        state=MessageState(values.get("state", MessageState.COMPLETE)),
    )


def _with_part(node: MessageNode, part: Part) -> MessageNode:
    return replace(node, message=replace(node.message, parts=(*node.message.parts, part)))


def _part(mark: Mark) -> Part:
    values = mark.values
    match values["part"]:
        case MarkedPart.TEXT:
            text = _restored(mark, _unframed(mark.content.removeprefix("\n\n")))
            return TextPart(text, _raw(mark, text))
        case MarkedPart.THOUGHT:
            folded = _FOLDED.fullmatch(mark.content)
            text = _restored(mark, folded[1] if folded else "")
            is_closed = not values.get("open", False)
            return ReasoningPart(
                text, _raw(mark, text), is_closed, _amount(values, "ms"), _amount(values, "tokens")
            )
        case MarkedPart.CALL:
            return _call(mark)
        case MarkedPart.RESULT:
            raw, is_error = _fenced(mark), bool(values.get("failed"))
            # Older exports tell of a stopped call only by its sentence.
            is_stopped = bool(values.get("stopped", is_error and raw == STOPPED))
            is_refused = bool(values.get("refused"))
            return ToolResultPart(
                _words(values, "name"), raw, is_error, is_refused, _amount(values, "ms"), is_stopped
            )
        case MarkedPart.PICTURE:
            return _picture(values)
        case MarkedPart.RECORDING:
            return _recording(values)
        case MarkedPart.DOCUMENT:
            return _document(mark)
        case MarkedPart.PASSAGES:
            return _passages(values)
        case kind:
            raise ValueError(f"no part is called {kind!r}")


def _words(values: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    """Raises KeyError, TypeError: there is none, or it is no text."""
    words = values[name] if otherwise is None else values.get(name, otherwise)
    if not isinstance(words, str):
        raise TypeError(f"{name} is no text")
    return words


def _amount(values: Mapping[str, Any], name: str) -> int | None:
    value: Any = values.get(name)
    return int(value) if is_amount(value) else None


def _picture(values: Mapping[str, Any]) -> PicturePart:
    width, height = int(values["width"]), int(values["height"])
    if min(width, height) < 1:
        raise ValueError("a picture is damaged")
    return PicturePart(_file(values), width, height, PictureDetail(values["detail"]))


def _recording(values: Mapping[str, Any]) -> RecordingPart:
    milliseconds, waveform = int(values["ms"]), str(values["waveform"])
    if milliseconds < 1 or not is_waveform(waveform):
        raise ValueError("a recording is damaged")
    return RecordingPart(_file(values), milliseconds, waveform)


def _document(mark: Mark) -> DocumentPart:
    values = mark.values
    given = _GIVEN.search(mark.content)
    if given is None:
        raise ValueError("the words of a file are missing")
    pages = tuple(int(page) for page in values["pages"])
    count, share = int(values["page_count"]), DocumentShare(values["share"])
    return DocumentPart(_file(values), given["content"], str(values["mark"]), count, share, pages)


def _passages(values: Mapping[str, Any]) -> PassagesPart:
    passages = tuple(FoundPassage(**found) for found in values["passages"])
    for found in passages:
        words = (found.text, found.name, found.path, found.label, found.heading, found.collection)
        if not all(isinstance(word, str) for word in words) or not isinstance(found.page, int | None):
            raise ValueError("a passage is damaged")
    return PassagesPart(tuple(map(str, values["collections"])), passages)


def _file(values: Mapping[str, Any]) -> Attachment:
    file = Attachment(
        str(values["sha256"]), str(values["media_type"]), str(values["name"]), int(values["size"])
    )
    if not file.is_usable:
        raise ValueError("an attached file has no name")
    return file


def _call(mark: Mark) -> ToolCallPart:
    values = mark.values
    name = _words(values, "name")
    if "raw" not in values:
        error = None if values["error"] is None else _words(values, "error")
        return ToolCallPart(name, dict(values["arguments"]), _fenced(mark), error)
    return ToolCallPart(name, dict(json.loads(_fenced(mark))), _words(values, "raw"))


def _fenced(mark: Mark) -> str:
    """Raises ValueError: the code block is not there."""
    block = _FENCED.fullmatch(mark.content)
    if block is None:
        raise ValueError("a code block is missing")
    return block["content"]


def _unframed(content: str) -> str:
    """Without the empty line before the next mark."""
    return content.removesuffix("\n\n") if content.endswith("\n\n") else content.removesuffix("\n")


def _restored(mark: Mark, content: str) -> str:
    values = mark.values
    if "text" in values:
        return str(values["text"])
    headings = tuple(
        heading if isinstance(heading, int) else (str(heading[0]), str(heading[1]))
        for heading in values.get("headings", ())
    )
    content = with_headings_back(content, headings)
    return EmbeddedMarkdown(content, values.get("closed", ""), tuple(values.get("escaped", ()))).restored()


def _raw(mark: Mark, text: str) -> str:
    values = mark.values
    return str(values.get("raw", f"{values.get('before', '')}{text}{values.get('after', '')}"))
