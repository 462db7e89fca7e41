"""What the window and the process that reads documents write to each other."""

from __future__ import annotations

import json
from dataclasses import asdict

from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError

_READ, _FAILED = b"+", b"-"


def request_for(name: str, data: bytes) -> bytes:
    """A file that is to be read."""
    return json.dumps(name).encode() + b"\n" + data


def name_and_data(request: bytes) -> tuple[str, bytes]:
    """The file of a request."""
    head, _, data = request.partition(b"\n")
    return str(json.loads(head)), data


def read_answer(document: Document) -> bytes:
    """A document that was read."""
    return _READ + json.dumps(asdict(document)).encode()


def failure_answer(sentence: str, hint: str) -> bytes:
    """Why a file could not be read."""
    return _FAILED + json.dumps({"sentence": sentence, "hint": hint}).encode()


def document_of(answer: bytes) -> Document:
    """The document of an answer.

    Raises:
        DocumentError: the answer says why there is none.
        ValueError, KeyError, TypeError: it is no answer.
    """
    values = json.loads(answer[1:])
    if answer[:1] != _READ:
        raise DocumentError(str(values["sentence"]), str(values["hint"]))
    pages = tuple(DocumentPage(**page) for page in values["pages"])
    return Document(values["name"], values["media_type"], pages, tuple(values["remarks"]))
