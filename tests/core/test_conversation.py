"""A conversation as a tree: branches, versions, the path on screen, and titles."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.conversation import (
    UNTITLED,
    Conversation,
    MessageNode,
    MessageState,
    messages_of,
    title_from,
)
from app.core.message import Message, Role

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work on the same machine must not fail a test."""


def said(text, parent=None, role=Role.USER):
    return MessageNode(Message.of_text(role, text), parent.id if parent else None)


def branched():
    """A question with two answers; the first of them was asked about further.

    question ── first ── more
             └─ second
    """
    question = said("question")
    first = said("first", question, Role.ASSISTANT)
    more = said("more", first)
    second = said("second", question, Role.ASSISTANT)
    conversation = Conversation()
    for node in (question, first, more, second):
        conversation = conversation.with_node(node)
    return conversation, question, first, more, second


def test_a_new_conversation_is_empty_and_like_no_other():
    first, second = Conversation(), Conversation()
    assert first.path() == []
    assert first.tip_id is None
    assert first.id != second.id
    assert first.created_at.tzinfo is not None


def test_a_message_that_is_added_is_the_end_of_what_is_on_screen():
    empty = Conversation()
    question = said("Hi")
    answer = MessageNode(Message(Role.ASSISTANT), question.id, state=MessageState.STREAMING)
    conversation = empty.with_node(question).with_node(answer)
    assert conversation.path() == [question, answer]
    assert conversation.tip_id == answer.id
    assert conversation.updated_at >= empty.updated_at
    assert empty.nodes == ()


def test_only_the_branch_that_leads_to_the_tip_is_on_screen():
    conversation, question, first, more, second = branched()
    assert conversation.path() == [question, second]
    assert conversation.with_tip(more.id).path() == [question, first, more]
    assert conversation.with_tip(None).path() == []


def test_the_newest_message_of_a_role_is_the_last_one_on_screen():
    conversation, question, first, more, second = branched()
    assert conversation.newest(Role.ASSISTANT) == second
    assert conversation.newest(Role.USER) == question
    assert conversation.with_tip(more.id).newest(Role.ASSISTANT) == first
    assert conversation.with_tip(more.id).newest(Role.USER) == more
    assert conversation.newest(Role.TOOL) is None


def test_the_versions_of_a_message_are_the_children_of_its_parent():
    conversation, question, first, more, second = branched()
    assert conversation.siblings(first.id) == conversation.siblings(second.id) == [first, second]
    assert conversation.siblings(question.id) == [question]
    assert conversation.children(None) == [question]
    assert conversation.children(first.id) == [more]
    assert conversation.children(more.id) == []


def test_going_to_a_version_leads_to_the_end_of_its_newest_branch():
    conversation, question, first, more, second = branched()
    assert conversation.newest_tip_below(first.id) == more.id
    assert conversation.newest_tip_below(question.id) == second.id
    assert conversation.newest_tip_below(more.id) == more.id


def test_a_growing_answer_keeps_its_place():
    conversation, _, first, more, second = branched()
    grown = MessageNode(Message.of_text(Role.ASSISTANT, "first and more"), first.parent_id, first.id)
    changed = conversation.with_replaced(grown)
    assert changed.node(first.id).message.text == "first and more"
    assert changed.with_tip(more.id).path()[1] == grown
    assert changed.node(second.id) == second
    assert conversation.node(first.id) == first


def test_an_unknown_message_is_said_to_be_unknown():
    conversation, *_ = branched()
    with pytest.raises(KeyError):
        conversation.node("nobody")
    with pytest.raises(KeyError):
        conversation.siblings("nobody")


def test_a_tip_that_is_not_there_shows_nothing():
    assert Conversation(tip_id="gone").path() == []


@patiently
@given(st.lists(st.integers(0, 30), max_size=30), st.integers(0, 40))
def test_every_path_goes_from_a_first_message_to_the_tip(parents, tip):
    nodes = []
    for parent in parents:
        nodes.append(said(str(len(nodes)), nodes[parent - 1] if 0 < parent <= len(nodes) else None))
    tip_id = nodes[tip % len(nodes)].id if nodes else None
    path = Conversation(nodes=tuple(nodes), tip_id=tip_id).path()
    assert [node.id for node in path[-1:]] == ([tip_id] if tip_id else [])
    assert [node.parent_id for node in path] == [None, *(node.id for node in path[:-1])][: len(path)]


def test_the_messages_of_a_path_are_its_nodes_without_their_places():
    conversation, question, _, _, second = branched()
    assert messages_of(conversation.path()) == [question.message, second.message]
    assert second.role is Role.ASSISTANT


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Why are lakes blue?", "Why are lakes blue?"),
        ("\n\n  # A *heading*  with   spaces\nand more", "A *heading* with spaces"),
        ("> - quoted item", "quoted item"),
        ("```python\ncode first", "code first"),
        ("--help does what?", "--help does what?"),
        ("-5 °C outside", "-5 °C outside"),
        ("", UNTITLED),
        (" \n###\n\t", UNTITLED),
        ("x" * 48, "x" * 48),
        ("x" * 60, "x" * 48 + "…"),
        (
            "Please explain to me, at some length, how a transformer works",
            "Please explain to me, at some length, how a…",
        ),
        ("one " * 11 + "two, three four", "one " * 10 + "one two…"),
        ("日本語の質問です", "日本語の質問です"),
    ],
)
def test_a_title_is_the_first_line_with_words_cut_at_a_word(text, title):
    assert title_from(text) == title


@patiently
@given(st.text())
def test_a_title_is_one_short_line_that_is_never_empty(text):
    title = title_from(text)
    assert title
    assert len(title) <= 49
    assert title.splitlines() == [title]
    assert title == title.strip()
