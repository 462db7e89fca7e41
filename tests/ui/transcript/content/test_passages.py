"""What was found stands folded under the question, and answers cite it by links."""

from __future__ import annotations

import pytest

from app.core.message import Message, PassagesPart, Role
from app.core.passage import FoundPassage
from app.ui.transcript.content.blocks import ButtonRow, CardHeader, TableBlock, TextBlock, joined
from app.ui.transcript.content.expansion import ExpansionState
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import CitedQuestion, MessageEntry
from app.ui.transcript.content.passages import (
    PASSAGES_KEY,
    link_hint,
    passage_blocks,
    passage_link,
    passage_of,
    with_citations,
)

CITED = CitedQuestion("q", 3)
FOUND = PassagesPart(
    ("Manuals",),
    (
        FoundPassage("# Care\n\nWipe it.", "manual.pdf", "/manual.pdf", 7, heading="Care"),
        FoundPassage("It blinks.", "faults.md", "/faults.md", is_left_out=True),
    ),
)


def asked(found: PassagesPart | None) -> MessageEntry:
    message = Message.of_text(Role.USER, "How?")
    return MessageEntry("q", message.with_passages(found) if found else message)


def links(markdown: str) -> list[tuple[str, str]]:
    blocks = with_citations(parse(markdown), CITED)
    spans = [span for block in blocks if isinstance(block, TextBlock) for span in block.spans]
    for block in blocks:
        if isinstance(block, TableBlock):
            spans += [span for row in block.rows for cell in row for span in cell]
    return [(span.text, span.link) for span in spans if span.link]


def test_nothing_is_shown_where_nothing_was_looked_up() -> None:
    assert passage_blocks(asked(None), ExpansionState()) == []


def test_the_reader_is_told_where_nothing_fits() -> None:
    (block,) = passage_blocks(asked(PassagesPart(("Manuals", "Notes"))), ExpansionState())
    assert isinstance(block, TextBlock)
    assert joined(block.spans) == "Nothing in Manuals, Notes fits this question."


def test_passages_are_folded_and_say_where_they_stand() -> None:
    (header,) = passage_blocks(asked(FOUND), ExpansionState())
    assert isinstance(header, CardHeader)
    assert header.title == "2 passages from Manuals"
    assert header.detail == "manual.pdf, page 7"


def test_an_open_card_offers_what_can_be_done() -> None:
    expansion = ExpansionState({("q", PASSAGES_KEY): True})
    blocks = passage_blocks(asked(FOUND), expansion)
    texts = [joined(block.spans) for block in blocks if isinstance(block, TextBlock)]
    assert texts == ["[1] manual.pdf, page 7  Care", "Wipe it.", "[2] faults.md", "It blinks."]
    rows = [block.buttons for block in blocks if isinstance(block, ButtonRow)]
    assert [[button.action for button in row] for row in rows] == [
        [MessageAction.OPEN_PASSAGE, MessageAction.LEAVE_OUT_PASSAGE],
        [MessageAction.OPEN_PASSAGE, MessageAction.PUT_BACK_PASSAGE],
    ]
    assert [row[0].payload for row in rows] == ["0", "1"]


@pytest.mark.parametrize(
    ("markdown", "cited"),
    [
        ("It is so [1].", [("[1]", 0)]),
        ("**Bold [2]** and [1][3].", [("[2]", 1), ("[1]", 0), ("[3]", 2)]),
        ("Both [1, 3] say so.", [("1", 0), ("3", 2)]),
        ("| a | b |\n|---|---|\n| x [1] | y |", [("[1]", 0)]),
        ("There is no [4], no [0] and no [1, 9].", []),
        ("`code [1]` and $x[1]$", []),
        ("[1](https://example.org)", []),
        ("- an item [2]", [("[2]", 1)]),
    ],
)
def test_numbers_lead_to_the_passages_that_were_found(markdown: str, cited: list[tuple[str, int]]) -> None:
    expected = [(text, passage_link("q", place)) for text, place in cited]
    found = [link for link in links(markdown) if link[1] != "https://example.org"]
    assert found == expected


def test_no_letter_of_an_answer_is_lost() -> None:
    text = "A [1], b [2, 3]; c [9] [x] [1"
    (block,) = with_citations(parse(text), CITED)
    assert isinstance(block, TextBlock)
    assert joined(block.spans) == text


@pytest.mark.parametrize("link", ["https://a/1", "passage:q/x", "passage:", "passage:q", "passage:/-1"])
def test_other_addresses_lead_elsewhere(link: str) -> None:
    assert passage_of(link) is None
    assert link_hint(link) == link


def test_an_address_names_its_passage() -> None:
    assert passage_of(passage_link("q", 4)) == ("q", 4)
    assert link_hint(passage_link("q", 4)) == "Passage 5"
