"""What was found for a question, folded under it, and the links by which answers cite it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.core.message import PassagesPart
from app.core.passage import FoundPassage
from app.core.translation import listed, tr, tr_count
from app.ui.transcript.content.blocks import (
    Block,
    Button,
    ButtonRow,
    CardHeader,
    PlacedBlock,
    Span,
    Spans,
    TableBlock,
    TextBlock,
)
from app.ui.transcript.content.cards import inside_card
from app.ui.transcript.content.expansion import ExpansionState
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import CitedQuestion, MessageEntry
from app.ui.transcript.content.plain_text import displayable

PASSAGES_KEY = "passages"
SHOWN_CHARACTERS = 400
"""Of each passage; all of it is in a window of its own."""
_SCHEME = "passage:"
_CITATION = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_NUMBER = re.compile(r"\d{1,3}")
_HEADINGS = re.compile(r"^#{1,6} .*$", re.MULTILINE)
"""They stand in the line above."""
_BLANKS = re.compile(r"\s+")


def passage_blocks(entry: MessageEntry, expansion: ExpansionState) -> list[Block]:
    """The card of what was found for a question; nothing where it was not looked up."""
    found = entry.message.passages
    if found is None:
        return []
    where = displayable(listed(found.collections))
    if not found.passages:
        return [TextBlock((Span(tr("Nothing in {where} fits this question.", where=where), is_muted=True),))]
    is_open = expansion.is_open(entry.id, PASSAGES_KEY, False)
    title = tr_count(
        "{count:,} passage from {where}", "{count:,} passages from {where}", len(found.passages), where=where
    )
    detail = "" if is_open else _places(found)
    header = CardHeader(PASSAGES_KEY, "books", title, detail, is_open)
    return [header, *inside_card(_in_the_card(found))] if is_open else [header]


def _places(found: PassagesPart) -> str:
    return displayable(
        " · ".join(dict.fromkeys(it.shown_place for it in found.passages if not it.is_left_out))
    )


def _in_the_card(found: PassagesPart) -> Iterator[PlacedBlock]:
    for number, passage in enumerate(found.passages, 1):
        yield TextBlock(_head(number, passage))
        words = _BLANKS.sub(" ", _HEADINGS.sub("", passage.text)).strip() or passage.text
        shown = words if len(words) <= SHOWN_CHARACTERS else words[:SHOWN_CHARACTERS].rstrip() + "…"
        yield TextBlock((Span(displayable(shown), is_muted=True, is_struck=passage.is_left_out),))
        place = str(number - 1)
        change = (
            Button(MessageAction.PUT_BACK_PASSAGE, tr("Put back and ask again"), place)
            if passage.is_left_out
            else Button(MessageAction.LEAVE_OUT_PASSAGE, tr("Leave out and ask again"), place)
        )
        yield ButtonRow((Button(MessageAction.OPEN_PASSAGE, tr("Open"), place), change))


def _head(number: int, passage: FoundPassage) -> Spans:
    name = Span(f"[{number}] {displayable(passage.shown_place)}", is_bold=True)
    return (name, Span(f"  {displayable(passage.heading)}", is_muted=True)) if passage.heading else (name,)


def passage_link(question_id: str, place: int) -> str:
    """The address of a passage within the program; `place` is counted from 0."""
    return f"{_SCHEME}{question_id}/{place}"


def passage_of(link: str) -> tuple[str, int] | None:
    """The question and the place that an address names; None for any other address."""
    question_id, slash, place = link.removeprefix(_SCHEME).rpartition("/")
    is_one = link.startswith(_SCHEME) and slash and place.isdecimal()
    return (question_id, int(place)) if is_one else None


def link_hint(link: str) -> str:
    """What the reader is told of where a link leads."""
    named = passage_of(link)
    return tr("Passage {named}", named=named[1] + 1) if named else link


def with_citations(blocks: Iterable[Block], cited: CitedQuestion) -> list[Block]:
    """Blocks in which `[1]` leads to the first passage that was found for the question."""
    return [_cited_block(block, cited) for block in blocks]


def _cited_block(block: Block, cited: CitedQuestion) -> Block:
    if isinstance(block, TextBlock):
        return replace(block, spans=_cited_spans(block.spans, cited))
    if isinstance(block, TableBlock):
        rows = tuple(tuple(_cited_spans(cell, cited) for cell in row) for row in block.rows)
        return replace(block, rows=rows)
    return block


def _cited_spans(spans: Spans, cited: CitedQuestion) -> Spans:
    if not any("[" in span.text for span in spans):
        return spans
    found: list[Span] = []
    for span in spans:
        found += [span] if span.is_code or span.is_formula or span.link else _parted(span, cited)
    return tuple(found)


def _parted(span: Span, cited: CitedQuestion) -> Iterator[Span]:
    at = 0
    for citation in _CITATION.finditer(span.text):
        numbers = list(_NUMBER.finditer(span.text, citation.start(1), citation.end(1)))
        if not all(1 <= int(number[0]) <= cited.passage_count for number in numbers):
            continue
        for number in numbers:
            is_alone = len(numbers) == 1
            start, end = citation.span() if is_alone else number.span()
            if start > at:
                yield replace(span, text=span.text[at:start])
            link = passage_link(cited.node_id, int(number[0]) - 1)
            yield replace(span, text=span.text[start:end], link=link)
            at = end
    if at < len(span.text):
        yield replace(span, text=span.text[at:])
