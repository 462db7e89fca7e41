"""The rows of the map of branches."""

import random

import pytest

from app.core.branch_map import branch_rows
from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role


def grown(*said):
    """A conversation from pairs of a message and the one it follows."""
    conversation, ids = Conversation(), {None: None}
    for words, above in said:
        node = MessageNode(Message.of_text(Role.USER, words), ids[above])
        ids[words] = node.id
        conversation = conversation.with_node(node)
    return conversation, ids


def drawn(conversation):
    return [
        ("  " * row.lane + row.first.message.text, row.count, row.is_shown)
        for row in branch_rows(conversation)
    ]


def test_without_versions_there_is_one_row_or_none():
    assert branch_rows(Conversation()) == []
    conversation, _ = grown(("a", None), ("b", "a"), ("c", "b"))
    assert drawn(conversation) == [("a", 3, True)]


def test_what_is_on_screen_goes_straight_down_and_other_versions_stand_beside():
    conversation, ids = grown(
        *(("a", None), ("b", "a"), ("c", "b"), ("d", "c"), ("C", "b"), ("x", "C"), ("X", "C"), ("A", None))
    )
    assert drawn(conversation.with_tip(ids["d"])) == [
        ("A", 1, False),
        ("a", 2, True),
        ("  C", 1, False),
        ("    x", 1, False),
        ("  X", 1, False),
        ("c", 2, True),
    ]
    rows = branch_rows(conversation.with_tip(ids["X"]))
    assert [(row.first.message.text, row.lane) for row in rows] == [
        *(("A", 0), ("a", 0), ("c", 1), ("C", 0), ("x", 1), ("X", 0))
    ]
    assert [(row.version, row.version_count) for row in rows] == [
        (2, 2),
        (1, 2),
        (1, 2),
        (2, 2),
        (1, 2),
        (2, 2),
    ]
    assert [row.is_branching_off for row in rows] == [False, False, True, False, True, False]


@pytest.mark.parametrize("seed", range(30))
def test_every_message_is_in_one_row(seed):
    chance = random.Random(seed)
    conversation = Conversation()
    for number in range(60):
        parent = chance.choice([None, *(node.id for node in conversation.nodes[-8:])])
        conversation = conversation.with_node(MessageNode(Message.of_text(Role.USER, str(number)), parent))
    conversation = conversation.with_tip(chance.choice(conversation.nodes).id)
    rows = branch_rows(conversation)
    assert sum(row.count for row in rows) == 60
    assert [row.lane for row in rows if row.is_shown] == [0] * sum(row.is_shown for row in rows)
    for row in rows:
        path = [node.id for node in conversation.with_tip(row.last_id).path()]
        assert path[-row.count] == row.first.id
        assert row.goes_on == bool(conversation.children(row.last_id))


def test_a_fork_at_each_of_many_messages_needs_no_recursion():
    said = [("0", None)]
    for number in range(1, 3000):
        said += [(f"v{number}", str(number - 1)), (str(number), str(number - 1))]
    conversation, _ = grown(*said)
    rows = branch_rows(conversation)
    assert len(rows) == 2 * 2999 + 1
    assert max(row.lane for row in rows) == 1
