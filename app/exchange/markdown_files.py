"""A conversation as a Markdown file, with what is attached beside it in a folder, or inside."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.attachment import Attachment
from app.core.conversation import Conversation
from app.core.export import ExportOptions, to_markdown
from app.core.translation import tr
from app.files.file_names import safe_name

if TYPE_CHECKING:
    from app.core.message import AttachmentPart

ReadFile = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class MarkdownFiles:
    """What is to be written."""

    text: str
    beside: Mapping[str, bytes]
    """The attached files, by their paths relative to the Markdown file; with slashes."""


def markdown_files(
    conversation: Conversation,
    read_file: ReadFile,
    stem: str,
    options: ExportOptions,
    are_files_inside: bool = False,
) -> MarkdownFiles:
    """The Markdown of a conversation and the files that it links to.

    Args:
        read_file: gives the bytes of an attached file by its SHA-256; None for one that is missing.
        stem: what the Markdown file is called, without its ending.
        are_files_inside: the files stand in the Markdown itself.
    """
    nodes = conversation.nodes if options.include_all_branches else conversation.path()
    attached = {part.file.sha256: part for node in nodes for part in node.message.attachments}
    links: dict[str, str] = {}
    beside: dict[str, bytes] = {}
    for sha256, part in attached.items():
        data = read_file(sha256)
        if data is None:
            continue
        if are_files_inside:
            links[sha256] = data_address(part, data)
        else:
            links[sha256] = f"{stem} files/{_file_name(part.file)}"
            beside[links[sha256]] = data
    text = to_markdown(conversation, replace(options, links=links))
    return MarkdownFiles(text, beside)


def data_address(part: AttachmentPart, data: bytes) -> str:
    """An attached file as an address that holds all of it."""
    return f"data:{part.file.media_type};base64,{base64.b64encode(data).decode()}"


def _file_name(file: Attachment) -> str:
    """The file's own name with the beginning of its hash, so that two of one name stay apart."""
    stem = safe_name(
        Path(file.name).stem, tr("Recording") if file.media_type.startswith("audio/") else tr("Picture")
    )
    ending = mimetypes.guess_extension(file.media_type) or ""
    return f"{stem} {file.sha256[:8]}{ending}"
