"""Messages are inserted, given to other roles and removed; the model is asked with what there is then."""

from __future__ import annotations

import threading

from app.core.conversation import Conversation
from app.core.export import ExportOptions, from_markdown, to_markdown
from app.core.message import Role
from app.store.conversation_json import from_json, to_json
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import ChatHarness, OpenChat


def said(conversation: Conversation) -> list[tuple[str, str]]:
    """The roles and words on screen."""
    return [(node.role.value, node.message.text.strip()) for node in conversation.path()]


def told(me: ChatHarness) -> list[tuple[str, str]]:
    """The roles and words that the model was asked with last, without the preset's own."""
    messages = me.engine.questions[-1].messages
    return [(message.role.value, message.text.strip()) for message in messages]


def asks(me: ChatHarness, *questions: str) -> None:
    for question in questions:
        me.answers.send(question)
        me.waits_for_answer()


def test_inserted_messages_are_sent_saved_and_taken_back(open_chat: OpenChat) -> None:
    me = open_chat("One.", "Two.", "Three.")
    asks(me, "First?", "Second?")
    changes, path = me.services.changes, me.chat.conversation.path()
    before = said(me.chat.conversation)
    greeting = changes.insert(None, Role.ASSISTANT, "Welcome.")
    rule = changes.insert(path[1].id, Role.SYSTEM, " Be brief. ")
    last = changes.insert(path[-1].id, Role.USER, "More?")
    assert greeting is not None
    assert rule is not None
    assert last is not None
    expected = [("assistant", "Welcome."), *before[:2], ("system", "Be brief."), *before[2:]]
    expected.append(("user", "More?"))
    assert said(me.chat.conversation) == expected
    assert me.loaded() == me.chat.conversation
    me.answers.regenerate_last()
    me.waits_for_answer()
    assert told(me) == expected
    assert said(me.chat.conversation)[-1] == ("assistant", "Three.")
    for change in (greeting, rule, last):
        assert changes.undo(change)
    assert said(me.chat.conversation) == [*before, ("assistant", "Three.")]
    assert me.loaded() == me.chat.conversation


def test_what_is_inserted_above_versions_stands_above_all_of_them(open_chat: OpenChat) -> None:
    me = open_chat("One.", "Other.")
    asks(me, "First?")
    me.answers.regenerate_last()
    me.waits_for_answer()
    question, answer = me.chat.conversation.path()
    me.services.changes.insert(question.id, Role.SYSTEM, "Be brief.")
    assert len(me.chat.conversation.siblings(answer.id)) == 2
    me.services.versions.show(answer.id, 1)
    assert said(me.loaded()) == [("user", "First?"), ("system", "Be brief."), ("assistant", "One.")]


def test_a_role_is_changed_with_words_only_and_taken_back_whole(open_chat: OpenChat) -> None:
    me = open_chat("<think>Hm.</think>\n\nOne.", "Two.")
    asks(me, "First?")
    changes, answer = me.services.changes, me.chat.conversation.path()[-1]
    changed = changes.change_role(answer.id, Role.USER)
    assert changed is not None
    message = me.loaded().path()[-1].message
    assert (message.role, message.raw, message.generation) == (Role.USER, "One.", None)
    me.answers.regenerate_last()
    me.waits_for_answer()
    assert told(me) == [("user", "First?"), ("user", "One.")]
    assert changes.undo(changed)
    assert me.loaded().path()[1] == answer
    assert changes.change_role(answer.id, Role.ASSISTANT) is None
    question = me.chat.conversation.path()[0]
    changes.change_role(question.id, Role.ASSISTANT)
    generation = me.loaded().path()[0].message.generation
    assert generation is not None
    assert generation.is_edited


def test_one_message_is_removed_and_comes_back_where_it_was(open_chat: OpenChat) -> None:
    me = open_chat("<think>Hm.</think>\n\nOne.", "Two.", "Three.")
    asks(me, "First?", "Second?")
    changes, path = me.services.changes, me.chat.conversation.path()
    before = me.chat.conversation
    removed = changes.remove(path[1].id)
    assert removed is not None
    assert said(me.loaded()) == [("user", "First?"), ("user", "Second?"), ("assistant", "Two.")]
    assert me.services.store.search.search("One") == []
    asks(me, "Third?")
    assert changes.undo(removed)
    assert me.loaded().path()[:4] == before.path()
    assert len(me.services.store.search.search("One")) == 1


def test_of_several_versions_none_is_removed_alone(open_chat: OpenChat) -> None:
    me = open_chat("One.", "Other.")
    asks(me, "First?")
    me.answers.regenerate_last()
    me.waits_for_answer()
    assert me.services.changes.remove(me.chat.conversation.path()[-1].id) is None


def test_the_change_of_a_message_that_is_being_edited_ends_that(open_chat: OpenChat) -> None:
    me = open_chat("One.")
    asks(me, "First?")
    question, answer = me.chat.conversation.path()
    me.services.versions.begin_edit(answer.id)
    me.services.changes.remove(answer.id)
    assert me.services.versions.edited_id is None
    me.services.versions.begin_edit(question.id)
    me.services.changes.change_role(question.id, Role.SYSTEM)
    assert me.chat.edited_id is None


def test_a_branch_is_a_chat_of_its_own_in_the_same_folder(open_chat: OpenChat) -> None:
    me = open_chat("One.", "Two.", "Elsewhere.")
    asks(me, "First?", "Second?")
    me.waits_until_saved()
    first = me.chat.conversation
    folder = me.services.folders.create("Work")
    me.services.conversations.move([first.id], folder.id)
    branch = me.services.changes.branch(first.path()[1].id)
    assert branch is not None
    assert said(me.chat.conversation) == said(first)[:2]
    me.waits(lambda: me.services.conversations.folder_of(branch.id) == folder.id)
    assert me.services.conversations.title_of(branch.id) == f"{first.title} (branch)"
    asks(me, "And here?")
    assert told(me) == [*said(first)[:2], ("user", "And here?")]
    assert me.loaded().nodes == me.chat.conversation.nodes
    me.chat.show(first.id)
    assert me.loaded().nodes == first.nodes
    assert not {node.id for node in first.nodes} & {node.id for node in branch.nodes}


def test_nothing_changes_while_an_answer_is_written(open_chat: OpenChat) -> None:
    may_end = threading.Event()
    me = open_chat("One.", ScriptedReply(["Two", may_end, "."]))
    asks(me, "First?")
    removed = me.services.changes.remove(me.chat.conversation.path()[-1].id)
    me.answers.send("Second?")
    me.waits(lambda: me.answers.is_answering)
    first, tip = me.chat.conversation.path()[0].id, me.chat.conversation.tip_id or ""
    changes = me.services.changes
    assert removed is not None
    assert changes.insert(first, Role.USER, "Now") is None
    assert changes.remove(first) is None
    assert changes.change_role(first, Role.SYSTEM) is None
    assert not changes.undo(removed)
    assert changes.branch(tip) is None
    may_end.set()
    me.waits_for_answer()


def test_a_temporary_chat_is_changed_and_never_written(open_chat: OpenChat) -> None:
    me = open_chat("One.", "Two.")
    me.chat.start_new(is_temporary=True)
    asks(me, "First?")
    question, answer = me.chat.conversation.path()
    me.services.changes.insert(question.id, Role.SYSTEM, "Be brief.")
    assert me.services.changes.branch(answer.id) is None
    me.waits_until_saved()
    assert me.services.store.conversations.list_summaries() == []
    me.chat.keep()
    assert said(me.loaded()) == [("user", "First?"), ("system", "Be brief."), ("assistant", "One.")]


def test_a_changed_chat_is_the_same_after_export_and_import(open_chat: OpenChat) -> None:
    me = open_chat("One.", "Other.", "Two.")
    asks(me, "First?")
    me.answers.regenerate_last()
    me.waits_for_answer()
    asks(me, "Second?")
    changes, path = me.services.changes, me.chat.conversation.path()
    changes.insert(None, Role.ASSISTANT, "Welcome.")
    changes.insert(path[0].id, Role.SYSTEM, "Be brief.")
    changes.change_role(path[2].id, Role.ASSISTANT)
    conversation = me.loaded()
    read = from_markdown(to_markdown(conversation, ExportOptions(include_all_branches=True)))
    assert said(read) == said(conversation)
    assert len(read.nodes) == len(conversation.nodes)
    marks = [node.message.generation and node.message.generation.is_edited for node in read.path()]
    assert marks == [
        node.message.generation and node.message.generation.is_edited for node in conversation.path()
    ]
    assert from_json(to_json(conversation)) == conversation
