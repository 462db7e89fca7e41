"""Messages that nobody should write: none may crash the window, none may be laid out without bound."""

import pytest

from app.ui.transcript.content.expansion import ExpansionState
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.message_blocks import blocks_of
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import (
    GENERATION,
    answer,
    click,
    question,
    unfinished,
    written,
)

EXTREMES = {
    "two megabytes": "word and more words to read here.\n\n" * 60_000,
    "one endless line": "x" * 200_000,
    "50,000 lines of code": "```python\n" + "x = 1  # a\n" * 50_000 + "```",
    "one endless line of code": "```json\n" + "[1, 2, " * 30_000 + "\n```",
    "a thousand quotes in each other": "\n".join("> " * n + "x" for n in range(1000)),
    "a thousand lists in each other": "\n".join("  " * n + "- x" for n in range(1000)),
    "a hundred thousand brackets": "[" * 100_000,
    "three thousand columns": "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n",
    "twenty thousand rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 20_000,
    "right to left": "هذا نص عربي " * 5_000,
    "joined emoji": "👩‍👩‍👧‍👦" * 5_000,
    "half pairs": "a\ud800b `\ud83d` \udfff\n```\n\ud800\n```\n|\udfff|\n|-|",
    "control characters": "a\x00b\r\nc\rd\u2028e\u2029f\ufdd0\ufdd1\ufffc\x1b[0m",
    "accents without end": "e" + "\u0301" * 20_000,
    "sixteen thousand items": "- a\n" * 16_000,
    "direction marks": "\u202e" * 20_000 + "abc",
    "nothing": "",
    "only blanks": " \n\t\n ",
}


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES)
def test_it_is_shown_scrolled_selected_and_copied(transcript: Transcript, text: str) -> None:
    entries: list[MessageEntry] = [question(text), answer(text)]
    transcript.show_entries(entries)
    transcript.grab()
    transcript.verticalScrollBar().setValue(0)
    transcript.grab()
    for entry in entries:
        transcript.select_message(entry.id)
        transcript.copy_selection()
        assert len(transcript.selected_text()) < 60_000
    transcript.resize(420, 300)
    transcript.grab()


@pytest.mark.parametrize(
    "name", ["half pairs", "control characters", "right to left", "three thousand columns"]
)
def test_it_streams(transcript: Transcript, name: str) -> None:
    text = EXTREMES[name][:20_000]
    transcript.begin_reply(unfinished())
    for event in written(text[start : start + 997] for start in range(0, len(text), 997)):
        transcript.feed_reply([event])
        transcript.redraw_reply()
    shown = transcript.to_plain_text()
    transcript.finish_reply(answer(text))
    assert transcript.to_plain_text() == shown


def test_the_rest_of_a_very_long_answer_comes_when_asked_for(transcript: Transcript) -> None:
    transcript.show_entries([answer("".join(f"Paragraph {n} here.\n\n" for n in range(5_000)))])
    assert "Paragraph 4999" not in transcript.to_plain_text()
    assert "characters not shown" in transcript.to_plain_text()
    click(transcript, "Show more")
    click_until_all(transcript)
    assert "Paragraph 4999" in transcript.to_plain_text()


def click_until_all(transcript: Transcript) -> None:
    while "characters not shown" in transcript.to_plain_text():
        transcript.scroll_to_end()
        click(transcript, "Show more")


LONG = {
    "paragraphs": "".join(f"Paragraph {n} with `code` here.\n\n" for n in range(4_000)),
    "a list": "".join(f"- item {n}\n" for n in range(4_000)),
    "code": "```python\n" + "".join(f"x = {n}\n" for n in range(4_000)) + "```\n\nThe end",
    "a link defined at the end": "[here]\n\n"
    + "Some words to read.\n\n" * 4_000
    + "[here]: https://a.example",
    "a table after words": "Some words to read.\n\n" * 4_000 + "|a|b|\n|-|-|\n|1|2|",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_answer_that_is_all_shown_looks_as_if_it_had_been_read_at_once(
    transcript: Transcript, text: str
) -> None:
    transcript.show_entries([answer(text)])
    click_until_all(transcript)
    assert transcript.to_plain_text().removeprefix(f"{GENERATION.model_name}\n\n") == plain_text(parse(text))


def test_what_is_shown_of_a_long_answer_is_kept_when_more_is_shown() -> None:
    expansion, entry = ExpansionState(), answer(LONG["paragraphs"])
    before = blocks_of(entry, expansion)
    expansion.show_more(entry.id)
    after = blocks_of(entry, expansion)
    kept = sum(a is b for a, b in zip(before, after, strict=False))
    assert kept > len(before) - 10  # Not the name, and what was read anew at the end.


def test_the_rest_of_a_very_long_question_comes_when_asked_for(transcript: Transcript) -> None:
    text = "".join(f"Line {n} as it was typed\n" for n in range(4_000)) + "the end"
    transcript.show_entries([question(text)])
    transcript.scroll_to_end()
    click(transcript, "Show more")
    assert "characters not shown" in transcript.to_plain_text()
    click_until_all(transcript)
    assert transcript.to_plain_text() == f"{text}\nShow less"
    click(transcript, "Show less")
    assert "characters not shown" in transcript.to_plain_text()


def test_lone_halves_and_nulls_are_shown_as_the_replacement_character(transcript: Transcript) -> None:
    transcript.show_entries([question("a\ud800b\x00c\r\nd")])
    assert transcript.to_plain_text() == "a\ufffdb\ufffdc\nd"
