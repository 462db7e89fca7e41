"""What was found for a question leaves with the conversation and comes back; the folders stay here."""

from __future__ import annotations

from dataclasses import replace

from app.core.conversation import Conversation, MessageNode
from app.core.export import from_markdown, to_markdown
from app.core.message import Message, PassagesPart, Role
from app.core.passage import FoundPassage
from app.exchange.plain_text import to_plain_text
from app.store.conversation_json import from_json, to_json

FOUND = PassagesPart(
    ("Manuals", "My notes"),
    (
        FoundPassage(
            "# Care\n\n<!-- x -->\n> Wipe *it* --> now.",
            "a [b].pdf",
            "/home/ana/a.pdf",
            7,
            heading="Care",
            collection="Manuals",
        ),
        FoundPassage("漢字", "b.md", "/home/ana/b.md", is_left_out=True, label="Sheet 1"),
    ),
)


def conversation_with(found: PassagesPart) -> Conversation:
    question = Message.of_text(Role.USER, "How?").with_passages(found)
    return Conversation().with_node(MessageNode(question))


def test_markdown_brings_passages_back_without_their_folders() -> None:
    written = to_markdown(conversation_with(FOUND))
    assert "Manuals, My notes: " in written
    assert "page 7" in written
    assert "/home/ana" not in written
    (node,) = from_markdown(written).path()
    expected = replace(FOUND, passages=tuple(replace(it, path="") for it in FOUND.passages))
    assert node.message.passages == expected
    assert node.message.text == "How?"


def test_every_form_says_where_it_was_found() -> None:
    conversation = conversation_with(FOUND)
    listed = "Manuals, My notes: [1] a [b].pdf, page 7; [2] b.md, Sheet 1"
    assert FOUND.listed == listed
    assert listed in to_plain_text(conversation)


def test_json_brings_all_of_it_back() -> None:
    conversation = conversation_with(FOUND)
    assert from_json(to_json(conversation)).path() == conversation.path()


def test_nothing_found_comes_back_as_that() -> None:
    written = to_markdown(conversation_with(PassagesPart(("Manuals",))))
    assert "nothing found" in written
    (node,) = from_markdown(written).path()
    assert node.message.passages == PassagesPart(("Manuals",))
