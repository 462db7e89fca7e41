"""Temporary conversations: nothing of them is on the disk, and they are gone when they are left."""

from __future__ import annotations

import threading
from pathlib import Path

from app.core.permission import Decision, Permissions
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import ChatHarness, OpenChat
from tests.support.pictures import put_picture

WORDS = ("Xylophones", "Zeppelins", "Quagmire")


def on_disk(me: ChatHarness) -> bytes:
    me.waits_until_saved()
    files = [file for file in me.folder.rglob("*") if file.is_file() and file.suffix != ".gguf"]
    return b"".join(file.read_bytes() for file in files)


def test_nothing_of_it_is_written_whatever_is_done_with_it(open_chat: OpenChat) -> None:
    me = open_chat("Zeppelins fly.", "They do.")
    me.chat.start_new(is_temporary=True)
    me.chat.change_draft("Quagmire")
    me.chat.save_draft()
    assert me.answers.send("Xylophones")
    me.waits_for_answer()
    me.answers.regenerate_last()
    me.waits_for_answer()
    conversation = me.chat.conversation
    me.conversation_settings.change_overrides((("system_prompt", "Quagmire"),))
    me.conversation_settings.change_tools(("add",))
    me.conversation_settings.change_permissions(Permissions().with_decision("add", Decision.ALWAYS))
    me.conversation_settings.change_title(conversation.id, "Quagmire")
    answer = conversation.path()[-1].id
    me.services.versions.delete(answer)
    assert not any(word.encode() in on_disk(me) for word in WORDS)
    assert me.services.conversations.summaries == []
    assert me.chat.conversation.path()[0].message.text == "Xylophones"


def test_it_is_gone_when_it_is_left_and_its_answer_ends(open_chat: OpenChat) -> None:
    go_on = threading.Event()
    me = open_chat(ScriptedReply(["One ", go_on, "two."]), "Here.")
    me.chat.start_new(is_temporary=True)
    left = me.chat.conversation.id
    me.answers.send("Count")
    me.waits(lambda: me.answers.current and me.answers.current.events)
    me.chat.start_new()
    assert not me.chat.conversation.is_temporary
    go_on.set()
    me.waits(lambda: not me.answers.is_any_running)
    me.waits(lambda: me.chat.find(left) is None)
    me.answers.send("Hello")
    me.waits_for_answer()
    me.waits_until_saved()
    assert [it.title for it in me.services.conversations.summaries] == ["Hello"]


def test_one_that_is_kept_is_saved_with_all_that_was_said(open_chat: OpenChat) -> None:
    me = open_chat("Zeppelins fly.", "They do.")
    me.chat.start_new(is_temporary=True)
    me.answers.send("Xylophones")
    me.waits_for_answer()
    me.chat.keep()
    me.answers.send("Really?")
    me.waits_for_answer()
    loaded = me.loaded()
    assert [node.message.text for node in loaded.path()] == [
        *("Xylophones", "Zeppelins fly.", "Really?", "They do."),
    ]
    assert not loaded.is_temporary
    assert [it.id for it in me.services.conversations.summaries] == [loaded.id]


def test_one_that_is_kept_before_a_word_is_like_any_new_one(open_chat: OpenChat) -> None:
    me = open_chat("Yes.")
    me.chat.start_new(is_temporary=True)
    me.chat.keep()
    me.waits_until_saved()
    assert me.services.conversations.summaries == []
    me.answers.send("Hello")
    me.waits_for_answer()
    assert me.loaded().title == "Hello"


def test_files_that_were_attached_go_with_it_unless_others_have_them(
    open_chat: OpenChat, tmp_path: Path
) -> None:
    me = open_chat()
    shared, own = put_picture(tmp_path, "red"), put_picture(tmp_path, "blue")
    attachments = me.services.attachments

    def attach(*paths: Path) -> list[str]:
        attachments.add_files(paths)
        me.waits(lambda: len(attachments.current) == len(paths))
        return [part.file.sha256 for part in attachments.current]

    (kept,) = attach(shared)
    me.waits_until_saved()
    me.chat.start_new(is_temporary=True)
    same, gone = attach(shared, own)
    assert same == kept
    me.chat.start_new()
    store = me.services.store.attachments
    assert store.read(kept) is not None
    assert store.read(gone) is None
