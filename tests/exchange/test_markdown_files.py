"""Pictures go along with a Markdown file, beside it or inside, and come back with it."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.attachment import Attachment
from app.core.conversation import Conversation, MessageNode
from app.core.export import ExportOptions
from app.core.message import AttachmentPart, Message, PicturePart, RecordingPart, Role
from app.exchange.imported import Read, ReadOptions
from app.exchange.markdown_files import markdown_files
from app.exchange.reading import read_all
from app.store.attachments import AttachmentStore
from tests.support.picture_files import an_image, written

DATA = written(an_image(), "png")
SOUND = b"RIFF and so on"


@pytest.fixture
def attachments(tmp_path: Path) -> AttachmentStore:
    store = AttachmentStore(tmp_path / "attachments")
    store.add(DATA)
    return store


def a_picture(data: bytes = DATA, name: str = "Lake.png") -> PicturePart:
    file = Attachment(hashlib.sha256(data).hexdigest(), "image/png", name, len(data))
    return PicturePart(file, 33, 20)


def a_recording(data: bytes = SOUND) -> RecordingPart:
    file = Attachment(hashlib.sha256(data).hexdigest(), "audio/wav", "Talk.wav", len(data))
    return RecordingPart(file, 65000, "0f3")


def a_conversation(*attached: AttachmentPart) -> Conversation:
    message = Message.of_text(Role.USER, "Which lake is this?", attached)
    return Conversation(title="Lake").with_node(MessageNode(message))


def exported(conversation: Conversation, store: AttachmentStore, folder: Path, are_inside: bool) -> Path:
    folder.mkdir()
    files = markdown_files(conversation, store.read, "Lake", ExportOptions(), are_inside)
    path = folder / "Lake.md"
    path.write_text(files.text, encoding="utf-8")
    for name, data in files.beside.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return path


def read_back(path: Path, store: AttachmentStore) -> Conversation:
    (found,) = read_all([path], ReadOptions(keep_file=store.add))
    assert isinstance(found, Read)
    return found.imported.conversation


@pytest.mark.parametrize("are_inside", [False, True])
def test_pictures_come_back_with_the_file(
    attachments: AttachmentStore, tmp_path: Path, are_inside: bool
) -> None:
    conversation = a_conversation(a_picture(name="../La<ke>.png"), a_picture(b"missing"))
    path = exported(conversation, attachments, tmp_path / "out", are_inside)
    assert (tmp_path / "out" / "Lake files").exists() != are_inside
    elsewhere = AttachmentStore(tmp_path / "elsewhere")
    read = read_back(path, elsewhere)
    assert [node.message for node in read.path()] == [node.message for node in conversation.path()]
    assert elsewhere.read(a_picture().file.sha256) == DATA


@pytest.mark.parametrize("are_inside", [False, True])
def test_recordings_come_back_with_the_file(
    attachments: AttachmentStore, tmp_path: Path, are_inside: bool
) -> None:
    attachments.add(SOUND)
    conversation = a_conversation(a_recording(), a_recording(b"missing"))
    path = exported(conversation, attachments, tmp_path / "out", are_inside)
    text = path.read_text(encoding="utf-8")
    assert "[Talk.wav, 1:05](<" in text
    assert "(this recording is missing)" in text
    elsewhere = AttachmentStore(tmp_path / "elsewhere")
    read = read_back(path, elsewhere)
    assert [node.message for node in read.path()] == [node.message for node in conversation.path()]
    assert elsewhere.read(a_recording().file.sha256) == SOUND


def test_a_picture_file_that_is_another_one_by_now_is_not_taken(
    attachments: AttachmentStore, tmp_path: Path
) -> None:
    path = exported(a_conversation(a_picture()), attachments, tmp_path / "out", are_inside=False)
    (file,) = (tmp_path / "out" / "Lake files").iterdir()
    assert f"](<Lake files/{file.name}>)" in path.read_text("utf-8")
    file.write_bytes(b"edited")
    elsewhere = AttachmentStore(tmp_path / "elsewhere")
    assert read_back(path, elsewhere).path()[0].message.attachments == (a_picture(),)
    assert elsewhere.read(a_picture().file.sha256) is None


@pytest.mark.parametrize("link", ["../secret", "/etc/hostname", "Lake files/../../secret"])
def test_a_link_out_of_the_folder_is_not_followed(
    attachments: AttachmentStore, tmp_path: Path, link: str
) -> None:
    (tmp_path / "secret").write_bytes(DATA)
    path = exported(a_conversation(a_picture()), attachments, tmp_path / "out", are_inside=False)
    (file,) = (tmp_path / "out" / "Lake files").iterdir()
    text = path.read_text("utf-8").replace(f"Lake files/{file.name}", link)
    path.write_text(text, "utf-8")
    elsewhere = AttachmentStore(tmp_path / "elsewhere")
    read_back(path, elsewhere)
    assert elsewhere.read(a_picture().file.sha256) is None


def test_for_reading_only_there_are_no_marks(attachments: AttachmentStore) -> None:
    options = ExportOptions(has_marks=False)
    conversation = replace(a_conversation(), title="Lake")
    text = markdown_files(conversation, attachments.read, "Lake", options).text
    assert text == "# Lake\n\n## You\n\nWhich lake is this?\n"
