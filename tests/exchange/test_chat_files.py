"""Which dropped files are exported chats, and which are for the model to read."""

import json
import zipfile
from pathlib import Path

import pytest

from app.core.export import to_markdown
from app.exchange.chat_files import holds_chats
from app.store.conversation_json import to_json
from tests.support.sample_messages import a_conversation


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", to_markdown(a_conversation("Hello", "Hi"))),
        ("a.json", to_json(a_conversation("Hello", "Hi"))),
        ("conversations.json", json.dumps([{"title": "A", "mapping": {}}])),
        ("b.json", json.dumps([{"uuid": "1", "chat_messages": []}])),
    ],
)
def test_exported_chats_are_known_by_their_beginning(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert holds_chats(tmp_path / name)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(tmp_path / name, name)
    assert holds_chats(tmp_path / "all.zip")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "# A project\n\nWords."),
        ("front.md", "---\ntitle: A page\n---\n\nWords."),
        ("data.json", '{"lakes": [1, 2]}'),
        ("a.txt", '"mapping"'),
        ("empty.json", ""),
    ],
)
def test_other_texts_are_no_chats(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert not holds_chats(tmp_path / name)


def test_an_archive_of_texts_and_a_damaged_one_are_no_chats(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("README.md", "# Words")
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04 and nothing more")
    assert not holds_chats(tmp_path / "texts.zip")
    assert not holds_chats(tmp_path / "damaged.zip")
    assert not holds_chats(tmp_path / "gone.zip")
