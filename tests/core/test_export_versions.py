"""An export says what it leaves out, can hold all versions, and keeps the outline of the document."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.conversation import Conversation, MessageNode
from app.core.errors import ImportFormatError
from app.core.export import ExportOptions, from_markdown, to_markdown
from app.core.markdown.headings import with_headings_back, with_lower_headings
from app.core.message import Message, Role
from app.core.stop_texts import EDITED_NOTE


def said(role: Role, text: str, parent: MessageNode | None = None) -> MessageNode:
    return MessageNode(Message.of_text(role, text), parent.id if parent else None)


def branched() -> Conversation:
    question = said(Role.USER, "Question")
    first, second = said(Role.ASSISTANT, "First", question), said(Role.ASSISTANT, "Second", question)
    more = said(Role.USER, "More", first)
    other = said(Role.USER, "Another question")
    nodes = (question, first, more, second, other)
    return Conversation(title="T", is_titled_by_user=True, nodes=nodes, tip_id=second.id)


def shape(conversation: Conversation) -> set[tuple[str, str]]:
    by_id = {node.id: node.message.text for node in conversation.nodes}
    return {(node.message.text, by_id.get(node.parent_id or "", "")) for node in conversation.nodes}


def test_an_export_of_one_branch_says_that_there_are_others() -> None:
    text = to_markdown(branched())
    assert "*Other versions of this chat, with 3 messages, are not in this file.*" in text
    assert [node.message.text for node in from_markdown(text).path()] == ["Question", "Second"]
    alone = replace(branched(), nodes=branched().nodes[:1])
    assert "Other versions" not in to_markdown(replace(alone, tip_id=alone.nodes[0].id))


def test_an_export_of_all_branches_holds_every_version_and_the_one_on_screen() -> None:
    conversation = branched()
    restored = from_markdown(to_markdown(conversation, ExportOptions(include_all_branches=True)))
    assert shape(restored) == shape(conversation)
    assert [node.message.text for node in restored.path()] == ["Question", "Second"]


def test_a_file_without_its_comments_is_refused_in_words() -> None:
    text = to_markdown(branched())
    stripped = "\n".join(line for line in text.split("\n") if not line.startswith("<!--"))
    with pytest.raises(ImportFormatError, match="comments that tell who says what"):
        from_markdown(stripped)
    assert from_markdown(to_markdown(Conversation())).nodes == ()


@pytest.mark.parametrize(
    "answer",
    [
        "# Big\n\nwords\n\n## Smaller #\n\n###### Deepest\n\n#\n",
        "Title\n=====\n\nwords\n\nSub\n---\nmore",
        "> # quoted\n\n- # in a list\n\n```\n# no heading\n```\n\n    # code",
        "#no heading\n\n\\# none\n\n# one\r\n\r\nTitle \r\n=== \r\nrest",
        "two\nlines\n===\n\n# one",
    ],
)
def test_an_answers_headings_stand_below_the_speakers_and_come_back(answer: str) -> None:
    conversation = Conversation().with_node(said(Role.ASSISTANT, answer))
    text = to_markdown(conversation)
    assert from_markdown(text).nodes[0].message.text == answer
    lower, headings = with_lower_headings(answer)
    assert headings
    assert all(heading != 1 for heading in _levels(lower))


def _levels(text: str) -> list[int]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    return [int(it.tag[1:]) for it in tokens if it.type == "heading_open" and it.markup.startswith("#")]


def test_a_heading_that_was_added_by_hand_comes_up_as_well() -> None:
    lower, headings = with_lower_headings("# One\n\nwords")
    assert with_headings_back(lower + "\n\n#### New", headings) == "# One\n\nwords\n\n## New"


@given(
    st.lists(
        st.sampled_from(["# ", "## a", "a", "===", "---", "", "> ", "- ", "    ", "```", "\r", "#", "1. "])
    )
)
def test_headings_come_back_whatever_stands_around_them(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    lower, headings = with_lower_headings(text)
    assert with_headings_back(lower, headings) == text


def test_edited_words_are_marked_for_readers_and_for_the_import() -> None:
    edited = Message.of_text(Role.USER, "It is deep.").in_role(Role.ASSISTANT)
    conversation = Conversation().with_node(MessageNode(edited))
    bare = to_markdown(conversation, ExportOptions(has_marks=False))
    assert bare.endswith(f"It is deep.\n\n*{EDITED_NOTE}*\n")
    assert from_markdown(to_markdown(conversation)).nodes[0].message == edited
