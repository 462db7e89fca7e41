"""Files that belong to messages: kept once, found by what they hold, and cleared away with their messages."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from app.core.attachment import Attachment
from app.core.conversation import Conversation, MessageNode, now
from app.core.errors import StoreError
from app.core.message import AttachmentPart, Message, PicturePart, RecordingPart, Role, TextPart
from app.core.picture_size import PictureDetail
from app.store.attachments import UNUSED_ARE_KEPT_SECONDS, AttachmentStore
from app.store.conversation_json import files_from_json, from_json, to_json
from app.store.message_json import parts_from_json, parts_to_json
from app.store.store import Store, open_store

DATA = b"\x89PNG and so on"
SOUND = b"RIFF and so on"


def a_picture(data: bytes = DATA, name: str = "Lake.png") -> PicturePart:
    file = Attachment(sha256(data).hexdigest(), "image/png", name, len(data))
    return PicturePart(file, 640, 480, PictureDetail.CLOSE)


def a_recording(data: bytes = SOUND) -> RecordingPart:
    return RecordingPart(
        Attachment(sha256(data).hexdigest(), "audio/wav", "Talk.wav", len(data)), 65000, "0f3"
    )


def a_conversation_with(*attached: AttachmentPart) -> Conversation:
    message = Message.of_text(Role.USER, "What is this?", attached)
    return Conversation(title="Lake").with_node(MessageNode(message))


def age(folder: Path, seconds: float = 3 * 3600) -> None:
    """Makes every file in a folder that much older."""
    at = time.time() - seconds
    for path in folder.rglob("*"):
        os.utime(path, (at, at))


@pytest.fixture
def attachments(tmp_path: Path) -> AttachmentStore:
    return AttachmentStore(tmp_path / "attachments")


def test_a_file_is_kept_once_and_found_by_what_it_holds(attachments: AttachmentStore, tmp_path: Path) -> None:
    name = attachments.add(DATA)
    assert name == sha256(DATA).hexdigest() == attachments.add(DATA)
    assert [path.name for path in (tmp_path / "attachments").iterdir()] == [name]
    assert attachments.read(name) == DATA
    assert attachments.size() == len(DATA)


@pytest.mark.parametrize("name", ["", "../conversations.db", "/etc/passwd", "A" * 64, "0" * 63, "0" * 64])
def test_a_name_that_is_no_file_of_ours_finds_nothing(attachments: AttachmentStore, name: str) -> None:
    attachments.add(DATA)
    assert attachments.read(name) is None


def test_a_file_that_was_changed_is_not_given_out(attachments: AttachmentStore) -> None:
    path = attachments.path_of(attachments.add(DATA))
    assert path is not None
    path.write_bytes(b"something else")
    assert attachments.read(path.name) is None


def test_a_full_or_forbidden_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "attachments").write_text("a file is in the way")
    with pytest.raises(StoreError, match="could not be kept"):
        AttachmentStore(tmp_path / "attachments").add(DATA)


def test_a_message_with_a_picture_comes_back_as_it_was(store: Store) -> None:
    conversation = a_conversation_with(a_picture(), a_picture(b"other", "b.png"))
    conversation = replace(conversation, draft_attachments=(a_picture(b"third"),))
    store.conversations.create(conversation)
    assert store.conversations.load(conversation.id) == conversation
    used = {sha256(data).hexdigest() for data in (DATA, b"other", b"third")}
    assert store.conversations.attachments_in_use() == used


def test_a_message_with_a_recording_comes_back_as_it_was(store: Store) -> None:
    conversation = a_conversation_with(a_recording(), a_picture())
    conversation = replace(conversation, draft_attachments=(a_recording(b"draft"),))
    store.conversations.create(conversation)
    assert store.conversations.load(conversation.id) == conversation
    assert sha256(SOUND).hexdigest() in store.conversations.attachments_in_use()
    assert store.conversations.is_attached(sha256(SOUND).hexdigest(), "")
    draft = sha256(b"draft").hexdigest()
    assert not store.conversations.is_attached(draft, conversation.id)  # Its own draft does not count.
    assert store.conversations.is_attached(draft, "another")
    for data in (SOUND, DATA):
        store.attachments.add(data)
    exported = to_json(conversation, store.attachments.read)
    assert from_json(exported).path()[0].message == conversation.path()[0].message
    assert set(files_from_json(exported)) == {SOUND, DATA}


@pytest.mark.parametrize(
    "damage", [("65000", "-1"), ('"0f3"', '"0g3"'), ('"waveform":"0f3"', '"waveform":3')]
)
def test_a_damaged_recording_is_left_out_and_the_words_stay(damage: tuple[str, str]) -> None:
    text = str(parts_to_json((a_recording(), TextPart("Listen.", "Listen."))))
    assert damage[0] in text
    parts, is_whole = parts_from_json(text.replace(*damage), "Listen.")
    assert not is_whole
    assert TextPart("Listen.", "Listen.") in parts


def test_a_discarded_file_is_gone_at_once(attachments: AttachmentStore) -> None:
    name = attachments.add(SOUND)
    attachments.discard(name)
    assert attachments.path_of(name) is None
    attachments.discard(name)
    attachments.discard("../conversations.db")
    assert attachments.size() == 0


def test_what_is_attached_to_a_draft_is_kept(store: Store) -> None:
    conversation = a_conversation_with()
    store.conversations.create(conversation)
    store.conversations.save_draft(conversation.id, "And", (a_picture(),))
    loaded = store.conversations.load(conversation.id)
    assert (loaded.draft, loaded.draft_attachments) == ("And", (a_picture(),))
    store.conversations.save_draft(conversation.id, "And")
    assert store.conversations.load(conversation.id).draft_attachments == ()


def test_files_go_with_the_last_conversation_that_has_them(store: Store, path: Path) -> None:
    folder = path.with_name("attachments")
    shared, own = a_picture(b"shared"), a_picture(b"own")
    first, second = a_conversation_with(shared, own), a_conversation_with(shared)
    for conversation in (first, second):
        store.conversations.create(conversation)
    for data in (b"shared", b"own"):
        store.attachments.add(data)
    age(folder)
    store.conversations.delete(first.id)
    store.clear_unused_attachments()
    assert (folder / own.file.sha256).exists()  # It can still be brought back.
    store.upkeep.purge_deleted(now() + timedelta(seconds=1))
    store.clear_unused_attachments()
    assert [path.name for path in folder.iterdir() if path.is_file()] == [shared.file.sha256]
    assert store.attachments.read(own.file.sha256) == b"own"  # A daily copy may still name it.
    age(folder / "unused", UNUSED_ARE_KEPT_SECONDS + 60)
    store.clear_unused_attachments()
    assert store.attachments.read(own.file.sha256) is None
    assert store.attachments.read(shared.file.sha256) == b"shared"


def test_a_file_that_is_needed_again_comes_back(store: Store, path: Path) -> None:
    folder = path.with_name("attachments")
    name = store.attachments.add(DATA)
    age(folder)
    store.clear_unused_attachments()
    assert (folder / "unused" / name).exists()
    store.conversations.create(a_conversation_with(a_picture()))
    store.clear_unused_attachments()
    assert (folder / name).exists()


def test_what_was_just_attached_and_what_is_not_ours_stays(store: Store, path: Path) -> None:
    name = store.attachments.add(DATA)
    note = path.with_name("attachments") / "note.txt"
    note.write_text("mine")
    age(path.parent, 1)
    os.utime(note, (0, 0))
    store.clear_unused_attachments()
    assert (note.with_name(name)).exists()
    assert note.exists()


def test_a_recovered_file_still_knows_which_files_are_in_use(path: Path) -> None:
    store = open_store(path)
    conversation = a_conversation_with(a_picture())
    store.conversations.create(conversation)
    store.conversations.repair()
    assert store.conversations.attachments_in_use() == {a_picture().file.sha256}
    assert store.conversations.load(conversation.id).path()[0].message == conversation.path()[0].message
    store.conversations.close()


def test_the_json_file_carries_the_pictures(attachments: AttachmentStore) -> None:
    attachments.add(DATA)
    conversation = a_conversation_with(a_picture(), a_picture(b"missing"))
    text = to_json(conversation, attachments.read)
    assert from_json(text) == conversation
    assert files_from_json(text) == [DATA]
    assert files_from_json(text.replace("iVBO", "AAAA")) == []  # Damaged: left out, not kept under its name.
