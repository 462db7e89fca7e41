"""What the window and the process that reads documents write to each other."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError
from app.core.media import Pixels
from app.documents.archive import ArchiveEntry

_DONE, _FAILED = b"+", b"-"


class ReadingTask(StrEnum):
    """What is wanted of a file."""

    READ = "read"
    LIST = "list"  # The files of an archive.
    UNPACK = "unpack"  # One of them.
    DRAW = "draw"  # A page, as a picture.


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """A file, and what is wanted of it."""

    task: ReadingTask
    name: str
    data: bytes
    member: str = ""
    """Which file of an archive, or which page is drawn."""


def written_request(request: ReadingRequest) -> bytes:
    """A request as it goes to the process."""
    head = {"task": request.task, "name": request.name, "member": request.member}
    return json.dumps(head).encode() + b"\n" + request.data


def read_request(request: bytes) -> ReadingRequest:
    """The request that was written."""
    head, _, data = request.partition(b"\n")
    values = json.loads(head)
    return ReadingRequest(ReadingTask(values["task"]), values["name"], data, values["member"])


def document_answer(document: Document) -> bytes:
    """A document that was read."""
    return _DONE + json.dumps(asdict(document)).encode()


def entries_answer(entries: list[ArchiveEntry]) -> bytes:
    """What is in an archive."""
    return _DONE + json.dumps([asdict(entry) for entry in entries]).encode()


def data_answer(data: bytes) -> bytes:
    """A file of an archive."""
    return _DONE + data


def pixels_answer(pixels: Pixels) -> bytes:
    """A page that was drawn."""
    return _DONE + pixels.width.to_bytes(4, "big") + pixels.height.to_bytes(4, "big") + pixels.rgb


def failure_answer(sentence: str, hint: str) -> bytes:
    """Why a file could not be read."""
    return _FAILED + json.dumps({"sentence": sentence, "hint": hint}).encode()


def data_of(answer: bytes) -> bytes:
    """What an answer holds.

    Raises:
        DocumentError: it says why it holds nothing.
        ValueError, KeyError, TypeError: it is no answer.
    """
    if answer[:1] == _DONE:
        return answer[1:]
    values = json.loads(answer[1:])
    raise DocumentError(str(values["sentence"]), str(values["hint"]))


def pixels_of(answer: bytes) -> Pixels:
    """The page of an answer; raises as `data_of`."""
    data = data_of(answer)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (0, 4))
    if len(data) != 8 + 3 * width * height:
        raise ValueError("a page is cut off")
    return Pixels(width, height, data[8:])


def document_of(answer: bytes) -> Document:
    """The document of an answer; raises as `data_of`."""
    values = json.loads(data_of(answer))
    pages = tuple(DocumentPage(**page) for page in values["pages"])
    return Document(values["name"], values["media_type"], pages, tuple(values["remarks"]))


def entries_of(answer: bytes) -> list[ArchiveEntry]:
    """What is in an archive, by an answer; raises as `data_of`."""
    return [ArchiveEntry(**entry) for entry in json.loads(data_of(answer))]
