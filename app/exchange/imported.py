"""A conversation that another program, or this one, has written into a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.conversation import Conversation, MessageNode, new_id
from app.core.message import PicturePart


class Origin(StrEnum):
    """Which program a conversation comes from; the values are kept in the store."""

    TARN = "tarn"
    CHATGPT = "chatgpt"
    CLAUDE = "claude"
    OPEN_WEBUI = "open-webui"
    LM_STUDIO = "lm-studio"
    JAN = "jan"
    LLAMA_SERVER = "llama-server"
    GPT4ALL = "gpt4all"

    @property
    def label(self) -> str:
        """Its name, as its makers write it."""
        return _LABELS[self]


_LABELS = {
    Origin.TARN: "Tarn",
    Origin.CHATGPT: "ChatGPT",
    Origin.CLAUDE: "Claude",
    Origin.OPEN_WEBUI: "Open WebUI",
    Origin.LM_STUDIO: "LM Studio",
    Origin.JAN: "Jan",
    Origin.LLAMA_SERVER: "llama.cpp",
    Origin.GPT4ALL: "GPT4All",
}

ReadPicture = Callable[[bytes, str], PicturePart | None]
"""Keeps a picture's file and gives the part for it, of the file's bytes and its name; None for what is no
picture."""
KeepFile = Callable[[bytes], object]
"""Keeps a file that is attached to a message."""


@dataclass(frozen=True, slots=True)
class ImportedConversation:
    """A conversation as it was read, and how it is recognised when it is read again."""

    conversation: Conversation
    origin: Origin
    foreign_id: str = ""
    """What the other program calls it; empty where it gives it no name of its own."""

    @property
    def key(self) -> str:
        """Tells it from all others, whichever program they come from; empty where nothing does."""
        return f"{self.origin}:{self.foreign_id}" if self.foreign_id else ""

    @property
    def fingerprint(self) -> str:
        """The same for conversations in which the same was said by the same sides in the same order."""
        return fingerprint_of(self.conversation)


@dataclass(frozen=True, slots=True)
class Read:
    """A conversation, and its place among those that were chosen."""

    file: str
    number: int
    """Counted within the file, from 0."""
    imported: ImportedConversation


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read, and why."""

    file: str
    title: str
    """Empty where it is the whole file."""
    reason: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is done beside the reading.

    `look` hears how many bytes of how many were read, and may raise to end it. Without `keep_file` and
    `read_picture`, files and pictures are left where they are.
    """

    look: Callable[[int, int], object] = lambda _done, _total: None
    keep_file: KeepFile | None = None
    read_picture: ReadPicture | None = None


def fingerprint_of(conversation: Conversation) -> str:
    """A SHA-256 of who said what below what, without pictures, thoughts, dates and the order of versions."""
    hashes: dict[str | None, bytes] = {None: b""}
    for node in conversation.nodes:  # Parents come before their children.
        words = node.message.text.encode("utf-8", "surrogatepass")
        above = hashes.get(node.parent_id, b"")
        hashes[node.id] = hashlib.sha256(above + node.role.encode() + b"\0" + words).digest()
    return hashlib.sha256(b"".join(sorted(hashes.values()))).hexdigest()


def with_new_ids(conversation: Conversation) -> Conversation:
    """The same conversation as another one, so that it can stand beside the one that it was made of."""
    ids = {node.id: new_id() for node in conversation.nodes}

    def renamed(node: MessageNode) -> MessageNode:
        return replace(node, id=ids[node.id], parent_id=ids[node.parent_id] if node.parent_id else None)

    return replace(
        conversation,
        id=new_id(),
        nodes=tuple(renamed(node) for node in conversation.nodes),
        tip_id=ids[conversation.tip_id] if conversation.tip_id else None,
    )
