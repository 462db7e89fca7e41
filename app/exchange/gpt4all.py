"""GPT4All's conversations: files `gpt4all-ID.chat` in its folder of models, in the form of Qt's QDataStream.

Everything is big-endian; a text is its length in bytes and UTF-16. Versions 1 to 12 of the format are read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core.conversation import MessageState
from app.core.errors import ImportFormatError
from app.core.message import Part, ReasoningPart, Role
from app.core.translation import tr
from app.exchange.foreign_text import answer_parts, attached_text, call_part, result_part, text_parts
from app.exchange.imported import ImportedConversation, Origin
from app.exchange.message_tree import Entry, chain_of, conversation_of

MAGIC = b"\xf5\xd5\x53\xcc"
NEWEST = 12
MOST_BYTES = 256 * 1024**2
MOST_ITEMS = 1_000_000
DEEPEST = 16
_NULL = 0xFFFFFFFF
_TAGS = ("<think>", "</think>")


def read(data: bytes) -> ImportedConversation:
    """The conversation of a file.

    Raises:
        ImportFormatError: it is cut off, damaged, or of a newer version.
    """
    stream = _Stream(data)
    try:
        return _conversation(stream)
    except (struct.error, UnicodeDecodeError, OverflowError, ValueError) as error:
        raise ImportFormatError(
            tr("This GPT4All chat is damaged."), tr("Open it in GPT4All to check.")
        ) from error


def _conversation(stream: _Stream) -> ImportedConversation:
    stream.skip(len(MAGIC))
    version = stream.int32()
    if version > NEWEST:
        raise ImportFormatError(tr("This chat was written by a newer version of GPT4All than is known."))
    created = stream.int64()
    foreign_id, title = stream.text(), stream.text()
    stream.text()  # The user's name.
    model = stream.text()
    if version >= 3:
        for _ in range(stream.count32()):
            stream.text()
    if version < 11:
        _skip_state(stream, version)
    items = [_Item.read(stream, version) for _ in range(stream.count32())]
    created_at = datetime.fromtimestamp(created, UTC) if 0 < created < 1 << 33 else None
    tree = chain_of((_entry(item, model) for item in items), created_at)
    conversation = conversation_of(tree, title, created_at)
    return ImportedConversation(conversation, Origin.GPT4ALL, foreign_id)


def _entry(item: _Item, model: str) -> Entry:
    if item.name == "Prompt: ":
        return Entry("", None, Role.USER, (*item.attached, *text_parts(item.value)))
    if item.name != "Response: ":
        return Entry("", None)
    parts = [part for below in item.items for part in _parts_below(below)]
    state = MessageState.STOPPED if item.is_stopped else MessageState.COMPLETE
    return Entry("", None, Role.ASSISTANT, (*parts, *answer_parts(item.value)), model_name=model, state=state)


def _parts_below(item: _Item) -> list[Part]:
    match item.name:
        case "Text: ":
            return list(text_parts(item.value))
        case "Think: ":
            words = item.value.strip().removeprefix(_TAGS[0]).removesuffix(_TAGS[1]).strip()
            return [ReasoningPart(words, item.value)] if words else []
        case "ToolCall: ":
            return [call_part(item.tool or "tool", {"code": item.value}, item.value)]
        case "ToolResponse: ":
            return [result_part(item.tool or "tool", item.value)]
    return [part for below in item.items for part in _parts_below(below)]


def _skip_state(stream: _Stream, version: int) -> None:
    """What older versions kept of the model's memory."""
    has_state = stream.flag() if version >= 6 else True
    if version >= 2:
        stream.skip(8)  # The kind of model, and the version of its state.
    stream.text()
    stream.text()
    stream.skip(4)
    if not has_state:
        return
    stream.skip((4 if version < 4 else 0) + 4 + (4 if version >= 7 else 0))
    if version < 9:
        stream.skip(stream.int64() * 4)
    stream.skip(stream.int64() * 4)
    stream.data()


@dataclass(frozen=True, slots=True)
class _Item:
    """A question, an answer, or a part of one."""

    name: str
    value: str
    is_stopped: bool = False
    attached: tuple[Part, ...] = ()
    tool: str = ""
    items: tuple[_Item, ...] = ()

    @classmethod
    def read(cls, stream: _Stream, version: int) -> _Item:
        if version < 12:
            stream.skip(4)
        name, value = stream.text(), stream.text()
        if version < 10:
            stream.text()
        stream.text()
        _is_current, is_stopped, _up, _down = (stream.flag() for _ in range(4))
        if version >= 11 and name == "Response: ":
            stream.flag()
        if version >= 8:
            for _ in range(stream.count64()):
                for _ in range(7):
                    stream.text()
                stream.skip(12)
        elif version >= 3:
            stream.text()
            for _ in range(stream.count32()):
                stream.text()
        attached: list[Part] = []
        if version >= 10:
            for _ in range(stream.count64()):
                file_name = stream.data().decode("utf-8", "replace").rpartition("/")[2]
                content = stream.data()
                is_text = b"\0" not in content
                attached += attached_text(file_name, content.decode("utf-8", "replace") if is_text else "")
        items: tuple[_Item, ...] = ()
        if version >= 12:
            items = tuple(cls.read_below(stream, 0) for _ in range(stream.count64()))
        return cls(name, value, is_stopped, tuple(attached), "", items)

    @classmethod
    def read_below(cls, stream: _Stream, depth: int) -> _Item:
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        name, value, tool = stream.text(), stream.text(), ""
        if name == "ToolCall: ":
            tool = stream.text()
            for _ in range(stream.count64()):
                stream.text()
                stream.skip(4)
                stream.variant()
            stream.text()
            stream.skip(4)
            stream.text()
        items = tuple(cls.read_below(stream, depth + 1) for _ in range(stream.count64()))
        return cls(name, value, tool=tool, items=items)


class _Stream:
    """Reads values as QDataStream writes them.

    Its methods raise struct.error or ValueError at the end of the data.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def skip(self, count: int) -> None:
        self._take(count)

    def int32(self) -> int:
        return int(struct.unpack(">i", self._take(4))[0])

    def int64(self) -> int:
        return int(struct.unpack(">q", self._take(8))[0])

    def flag(self) -> bool:
        return self._take(1) != b"\0"

    def count32(self) -> int:
        return _checked(self.int32())

    def count64(self) -> int:
        return _checked(self.int64())

    def data(self) -> bytes:
        (length,) = struct.unpack(">I", self._take(4))
        return b"" if length == _NULL else self._take(length)

    def text(self) -> str:
        return self.data().decode("utf-16-be", "replace")

    def variant(self) -> None:
        """Passes over a value of a kind that it says itself."""
        (kind,) = struct.unpack(">I", self._take(4))
        self.skip(1)
        sizes = {1: 1, 2: 4, 3: 4, 4: 8, 5: 8, 6: 8}
        if kind in (10, 12):
            self.data()
        elif kind in sizes:
            self.skip(sizes[kind])
        elif kind:
            raise ValueError("a value of an unknown kind")

    def _take(self, count: int) -> bytes:
        if count < 0 or count > len(self._data) - self._at:
            raise ValueError("the data ends too early")
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken


def _checked(count: int) -> int:
    if not 0 <= count <= MOST_ITEMS:
        raise ValueError("a count that cannot be")
    return count
