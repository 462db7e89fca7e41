"""Whether a file that somebody drops holds exported chats, or is any other text or archive."""

from __future__ import annotations

import re
from pathlib import Path

from app.core.errors import ImportFormatError
from app.exchange import gpt4all, tarn_files
from app.exchange.source_files import ENDINGS, READ_FAULTS, SourceArchive, SourceFolder, open_source

_HEAD = 64 * 1024
_MOST_MEMBERS = 50
"""Of an archive that are looked into."""
_NAMES = ("thread.json", "conversations.json")
_TARN_HEAD = re.compile(rb"^tarn: *\d", re.MULTILINE)
_KEYS = (
    (b'"mapping"',),
    (b'"chat_messages"',),
    (b'"conv"', b'"messages"'),
    (b'"chat"', b'"history"'),
    (b'"chat"', b'"messages"'),
    (b'"usePerChatPredictionConfig"',),
    (b'"versions"', b'"messages"'),
)
"""Names in the chats of ChatGPT, Claude, llama.cpp's server, Open WebUI and LM Studio."""


def holds_chats(path: Path) -> bool:
    """Whether a file looks as exported chats do; only its beginning is looked at."""
    if path.suffix.lower() not in (*ENDINGS, ".zip"):
        return False
    try:
        source = open_source(path)
        if isinstance(source, SourceArchive):
            members = list(source.files())[:_MOST_MEMBERS]
        else:
            members = list(source.files())
        return any(_is_chat(member.name, _head_of(source, member.name)) for member in members)
    except (ImportFormatError, *READ_FAULTS):
        return False


def _head_of(source: SourceFolder, name: str) -> bytes:
    with source.open(name) as file:
        return bytes(file.read(_HEAD))


def _is_chat(name: str, head: bytes) -> bool:
    if head.startswith(gpt4all.MAGIC) or tarn_files.is_json(head):
        return True
    if tarn_files.is_markdown(head):
        return _TARN_HEAD.search(head) is not None
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"[", b"{"):
        return False
    return name.rpartition("/")[2] in _NAMES or any(all(key in head for key in keys) for keys in _KEYS)
