"""Reads the conversations of whatever was chosen; each file's format is told by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from app.core.conversation import UNTITLED, title_from
from app.core.errors import ImportFormatError, NotAnExportError
from app.core.message import Role
from app.core.translation import tr
from app.exchange import (
    chatgpt,
    claude,
    gpt4all,
    jan,
    llama_server,
    lm_studio,
    open_webui,
    tarn_files,
)
from app.exchange.context import ReadContext
from app.exchange.imported import ImportedConversation, Read, ReadOptions, Unread
from app.exchange.json_stream import JsonInput, Refused, read_objects
from app.exchange.source_files import READ_FAULTS, SourceArchive, SourceFile, open_source, unreadable

HEAD = 4096
_ReadValues = Callable[[Mapping[str, Any], ReadContext], ImportedConversation]
_FORMATS: tuple[tuple[Callable[[Mapping[str, Any]], bool], _ReadValues], ...] = (
    (chatgpt.fits, chatgpt.read),
    (claude.fits, claude.read),
    (llama_server.fits, llama_server.read),
    (open_webui.fits, open_webui.read),
    (lm_studio.fits, lm_studio.read),
)
_NO_CHATS = tr("There are no chats in this file that can be read.")


def read_all(paths: Sequence[Path], options: ReadOptions) -> Iterator[Read | Unread]:
    """All conversations in files, folders and archives, in the order of their names.

    The same choice gives the same files and numbers again, as long as nothing in it changes.
    """
    files: list[tuple[str, SourceFile]] = []
    for path in paths:
        try:
            found = list(_files_of(path))
        except ImportFormatError as error:
            yield Unread(path.name, "", str(error))
            continue
        if not found:
            yield Unread(path.name, "", tr("There are no chats in it that can be read."))
        files += found
    total = sum(file.size for _, file in files)
    done = 0
    are_many = len(files) > 1
    for name, file in files:
        progress = _ReadProgress(options, done, total)
        yield from _read_file(name, file, progress, are_many)
        done += file.size


@dataclass(frozen=True, slots=True)
class _ReadProgress:
    options: ReadOptions
    done: int
    total: int

    def look(self, count: int) -> None:
        self.options.look(min(self.total, self.done + count), self.total)


def _files_of(path: Path) -> Iterator[tuple[str, SourceFile]]:
    """The files in what was chosen, by the names that they are shown under; archives in a folder, too."""
    source = open_source(path)
    for file in source.files():
        is_archive = not isinstance(source, SourceArchive) and file.name.lower().endswith(".zip")
        if is_archive and path.is_dir():
            for inner in open_source(path / file.name).files():
                yield f"{file.name}/{inner.name}", inner
        elif isinstance(source, SourceArchive):
            yield f"{path.name}/{file.name}", file
        else:
            yield file.name, file


def _read_file(
    name: str, file: SourceFile, progress: _ReadProgress, are_many: bool
) -> Iterator[Read | Unread]:
    """The conversations of one file.

    Args:
        are_many: a file without conversations is passed over, as those beside an export are.
    """
    number = 0
    try:
        for found in _conversations(file, progress):
            if isinstance(found, ImportedConversation):
                yield Read(name, number, found)
            else:
                yield Unread(name, found.title, found.reason)
            number += 1
    except ImportFormatError as error:
        if not (are_many and number == 0 and isinstance(error, _OtherFileError)):
            yield Unread(name, "", str(error))
    except READ_FAULTS as error:
        yield Unread(name, "", str(unreadable(error)))


class _OtherFileError(ImportFormatError):
    """A file that claims to hold no conversations."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    title: str
    reason: str


def _conversations(file: SourceFile, progress: _ReadProgress) -> Iterator[ImportedConversation | _Refusal]:
    with file.open() as stream:
        head = stream.read(HEAD)
    options = progress.options
    progress.look(0)
    if PurePosixPath(file.name).name == jan.MESSAGES:
        raise _OtherFileError(
            tr("This file has a chat's words without its title. Choose Jan's whole folder.")
        )
    if head.startswith(gpt4all.MAGIC):
        yield gpt4all.read(file.read(gpt4all.MOST_BYTES))
    elif tarn_files.is_json(head):
        yield tarn_files.read_json(file, options.keep_file)
    elif tarn_files.is_markdown(head):
        yield from _markdown(file, options)
    elif head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        yield from _json(file, progress)
    else:
        raise _OtherFileError(_NO_CHATS)


def _markdown(file: SourceFile, options: ReadOptions) -> Iterator[ImportedConversation]:
    try:
        yield tarn_files.read_markdown(file, options.keep_file)
    except NotAnExportError as error:
        raise _OtherFileError(str(error)) from error


def _json(file: SourceFile, progress: _ReadProgress) -> Iterator[ImportedConversation | _Refusal]:
    context = ReadContext(file, progress.options.read_picture)
    is_known = False
    with file.open() as stream:
        for values in read_objects(JsonInput(stream, progress.look)):
            if isinstance(values, Refused):
                is_known = True
                yield _Refusal("", values.reason)
                continue
            read = _reader_of(values, file)
            if read is None:
                continue
            is_known = True
            try:
                yield _titled(read(values, context))
            except ImportFormatError as error:
                yield _Refusal(_title(values), str(error))
    if not is_known:
        raise _OtherFileError(_NO_CHATS)


def _reader_of(values: Mapping[str, Any], file: SourceFile) -> _ReadValues | None:
    for fits, read in _FORMATS:
        if fits(values):
            return read
    is_thread = PurePosixPath(file.name).name == "thread.json" and jan.fits(values)
    return jan.read if is_thread else None


def _titled(imported: ImportedConversation) -> ImportedConversation:
    """With the beginning of its first question for a title, where the other program gave it none."""
    conversation = imported.conversation
    if conversation.title != UNTITLED:
        return imported
    asked = (node.message.text for node in conversation.path() if node.role is Role.USER)
    title = title_from(next(asked, ""))
    return replace(imported, conversation=replace(conversation, title=title))


def _title(values: Mapping[str, Any]) -> str:
    titles = (values.get(name) for name in ("title", "name"))
    return next((title for title in titles if isinstance(title, str)), "")
