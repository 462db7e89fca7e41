"""Strangers' files: no crash, no hang, nothing fetched, and nothing read that was not given."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.document import Document
from app.core.errors import DocumentError
from app.documents.document_reader import DocumentReader
from tests.support.effort import EFFORT
from tests.support.hostile_documents import FOLDER, OUTSIDE, hostile_documents, members_of, packed
from tests.support.pdf_files import pdf_of

FAILURES = ("does not come to an end", "its process ended", "it takes too much memory")
"""What is said where the process, and not its reader, has met the file."""
MUTATIONS = 500 * EFFORT


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    found = DocumentReader()
    yield found
    found.end()


def outcome(reader: DocumentReader, data: bytes, name: str) -> str:
    """The words, or the sentence that the user reads."""
    found = read(reader, data, name)
    if isinstance(found, DocumentError):
        assert not any(words in str(found) for words in FAILURES), name
        assert found.hint, name
        return str(found)
    assert len(found.text) <= 4_200_000
    return found.text


def read(reader: DocumentReader, data: bytes, name: str) -> Document | DocumentError:
    try:
        return reader.read_data(data, name)
    except DocumentError as error:
        return error


def test_hostile_documents_are_read_or_told_about(reader: DocumentReader, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(OUTSIDE, encoding="utf-8")
    found = {name: outcome(reader, data, name) for name, data in hostile_documents(outside)}
    assert len(found) >= 60
    assert [name for name, words in found.items() if OUTSIDE in words or "root:" in words] == []
    assert sum(words.endswith(" is damaged.") for words in found.values()) >= 20
    assert reader.read_data(b"words", "a.txt").text == "words"


KINDS = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "zip", "eml", "html", "txt")
_SAMPLES = {
    "docx": "pandoc.docx",
    "xlsx": "openpyxl.xlsx",
    "pptx": "pandoc.pptx",
    "odt": "pandoc.odt",
    "ods": "calc.ods",
    "odp": "impress.odp",
    "epub": "ebooklib.epub",
    "zip": "survey.zip",
    "eml": "mixed.eml",
    "html": "writer.html",
    "txt": "cp1252.txt",
}


def mutated(kind: str, count: int) -> Iterator[bytes]:
    """A document of a kind with bytes changed, cut out, doubled or put elsewhere.

    In archives the files within are changed, as their checksums would give anything else away.
    """
    chance = random.Random(kind)
    if kind == "pdf":
        data = pdf_of("One (1)", "Two", "Three\nlines\nof words")
        yield from (_changed(data, chance) for _ in range(count))
        return
    data = (FOLDER / _SAMPLES[kind]).read_bytes()
    if not zipfile.is_zipfile(FOLDER / _SAMPLES[kind]):
        yield from (_changed(data, chance) for _ in range(count))
        return
    members = {
        name: it for name, it in members_of(data).items() if not name.endswith((".png", ".jpeg", ".pdf"))
    }
    names = [name for name in members if name.endswith((".xml", ".rels", ".opf", ".xhtml", ".docx", ".py"))]
    for _ in range(count):
        name = chance.choice(names)
        changed = packed(members | {name: _changed(members[name], chance)}, zipfile.ZIP_STORED)
        yield _changed(changed, chance) if chance.random() < 0.1 else changed


def _changed(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if not changed:
            break
        at = chance.randrange(len(changed))
        length = min(chance.choice((1, 2, 4, 30, 300)), len(changed) - at)
        match chance.randrange(6):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length]
            case 3:
                other = chance.randrange(len(changed))
                changed[at : at + length] = changed[other : other + length]
            case 4:
                changed[at:at] = chance.choice(
                    (b"<", b">", b"&", b'"', b"0", b"99999999999", b"-1", b"\xff", b"/")
                )
            case _:
                changed[at] ^= 1 << chance.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize("kind", KINDS)
def test_changed_documents_are_read_or_told_about(reader: DocumentReader, kind: str) -> None:
    outcomes = [outcome(reader, data, f"a.{kind}") for data in mutated(kind, MUTATIONS)]
    assert len(outcomes) == MUTATIONS
    assert reader.read_data(b"words", "a.txt").text == "words"
