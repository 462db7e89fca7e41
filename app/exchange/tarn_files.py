"""Tarn's own exports: Markdown with its marks, and JSON with everything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from app.core.conversation import Conversation
from app.core.errors import ImportFormatError
from app.core.export import from_markdown
from app.core.markdown.importing import exported_id, linked_files
from app.core.translation import tr
from app.exchange.foreign_text import bytes_of_data_address
from app.exchange.imported import ImportedConversation, KeepFile, Origin
from app.exchange.source_files import SourceFile
from app.store.conversation_json import FORMAT, files_from_json, from_json

MOST_MARKDOWN = 256 * 1024**2
MOST_JSON = 768 * 1024**2
LARGEST_FILE = 256 * 1024**2


def is_json(head: bytes) -> bool:
    """Whether the beginning of a file is that of an exported conversation."""
    return f'"{FORMAT}"'.encode() in head and b'"format"' in head


def fits(values: Mapping[str, Any]) -> bool:
    return values.get("format") == FORMAT


def is_markdown(head: bytes) -> bool:
    """Whether the beginning of a file has a head of names and values, as exported Markdown has."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r\n"))


def read_json(file: SourceFile, keep_file: KeepFile | None) -> ImportedConversation:
    """An exported conversation; the files in it are kept.

    Raises:
        ImportFormatError: it is damaged, too large, or of a newer version.
        StoreError: a file could not be kept.
    """
    data = file.read(MOST_JSON)
    conversation = from_json(data)
    for kept in files_from_json(data) if keep_file else ():
        if keep_file:
            keep_file(kept)
    return _imported(conversation, conversation.id)


def read_markdown(file: SourceFile, keep_file: KeepFile | None) -> ImportedConversation:
    """An exported conversation; the files that it names are kept where they are what they were.

    Raises:
        ImportFormatError: it is damaged, too large, or of a newer version.
        StoreError: a file could not be kept.
    """
    try:
        text = file.read(MOST_MARKDOWN).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ImportFormatError(tr("This file is no text in UTF-8.")) from error
    conversation = from_markdown(text)
    if keep_file is not None:
        for sha256, link in linked_files(text).items():
            data = _linked(file, link)
            if data is not None and hashlib.sha256(data).hexdigest() == sha256:
                keep_file(data)
    return _imported(conversation, exported_id(text))


def _linked(file: SourceFile, link: str) -> bytes | None:
    if link.startswith("data:"):
        return bytes_of_data_address(link)
    beside = file.beside(link)
    if beside is None:
        return None
    try:
        return beside.read(LARGEST_FILE)
    except ImportFormatError:
        return None


def _imported(conversation: Conversation, foreign_id: str) -> ImportedConversation:
    if not conversation.nodes:
        raise ImportFormatError(tr("There is no message in it."))
    return ImportedConversation(conversation, Origin.TARN, foreign_id)
