"""An exported conversation on the disk: a Markdown file, and a folder beside it with what is attached."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import replace
from pathlib import Path, PurePosixPath

from app.core.attachment import Attachment
from app.core.conversation import Conversation
from app.core.errors import ImportFormatError
from app.core.export import ExportOptions, from_markdown, to_markdown
from app.core.markdown.importing import linked_files
from app.files.atomic_write import replace_file
from app.files.file_names import safe_name
from app.store.attachments import AttachmentStore

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes of an attached file that is read back; more is no picture and no recording."""


def write_markdown(
    path: Path,
    conversation: Conversation,
    attachments: AttachmentStore,
    options: ExportOptions,
) -> None:
    """Writes a conversation, and the files attached to it into a folder `NAME files` beside it.

    Raises:
        OSError: it could not be written.
    """
    nodes = conversation.nodes if options.include_all_branches else conversation.path()
    files = {part.file.sha256: part.file for node in nodes for part in node.message.attachments}
    links: dict[str, str] = {}
    folder = path.with_name(f"{path.stem} files")
    for file in files.values():
        data = attachments.read(file.sha256)
        if data is not None:
            name = _file_name(file)
            folder.mkdir(exist_ok=True)
            replace_file(folder / name, data)
            links[file.sha256] = f"{folder.name}/{name}"
    text = to_markdown(conversation, replace(options, links=links))
    replace_file(path, text.encode("utf-8", "replace"))


def read_markdown(path: Path, attachments: AttachmentStore) -> Conversation:
    """Reads a conversation back, and keeps the files that are attached to it.

    A file that is missing, or is another one by now, is passed over: the message says so where it is shown.

    Raises:
        ImportFormatError: it is no exported conversation, or cannot be read.
        StoreError: an attached file could not be kept.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFormatError(
            f"{path.name} cannot be read.", "Choose a Markdown file that Tarn exported."
        ) from error
    conversation = from_markdown(text)
    for sha256, link in linked_files(text).items():
        data = _linked(path.parent, link)
        if data is not None and hashlib.sha256(data).hexdigest() == sha256:
            attachments.add(data)
    return conversation


def _file_name(file: Attachment) -> str:
    """The file's own name with the beginning of its hash, so that two of one name stay apart."""
    stem = safe_name(Path(file.name).stem, "Recording" if file.media_type.startswith("audio/") else "Picture")
    ending = mimetypes.guess_extension(file.media_type) or ""
    return f"{stem} {file.sha256[:8]}{ending}"


def _linked(folder: Path, link: str) -> bytes | None:
    """A file below the folder; a link that leads out of it is not followed."""
    parts = PurePosixPath(link).parts
    if not parts or PurePosixPath(link).is_absolute() or ".." in parts:
        return None
    path = folder.joinpath(*parts)
    try:
        is_inside = path.resolve().is_relative_to(folder.resolve())
        if not is_inside or not path.is_file() or path.stat().st_size > LARGEST_FILE:
            return None
        return path.read_bytes()
    except (OSError, ValueError):
        return None
