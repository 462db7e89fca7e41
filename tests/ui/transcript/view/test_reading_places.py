"""Each conversation is shown where it was left."""

from __future__ import annotations

from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, question


def conversation(name: str) -> list[MessageEntry]:
    words = "\n\n".join(f"Paragraph {n}." for n in range(20))
    return [question("Why?", f"{name} first"), *(answer(words, f"{name} {n}") for n in range(20))]


def test_a_conversation_is_shown_where_it_was_left(transcript: Transcript) -> None:
    transcript.show_entries(conversation("a"))
    transcript.scroll_to("a 7")
    top = transcript.message_area("a 7").top()
    transcript.show_entries(conversation("b"))
    assert transcript.is_at_end
    transcript.show_entries([*conversation("a"), answer("New.", "a new")])
    assert transcript.message_area("a 7").top() == top
    transcript.show_entries(conversation("b"))
    assert transcript.is_at_end


def test_who_was_at_the_end_comes_back_to_the_end(transcript: Transcript) -> None:
    transcript.show_entries(conversation("a"))
    transcript.scroll_to("a 7")
    transcript.scroll_to_end()
    transcript.show_entries(conversation("b"))
    transcript.show_entries([*conversation("a"), answer("New.", "a new")])
    assert transcript.is_at_end


def test_a_place_that_is_gone_is_the_end(transcript: Transcript) -> None:
    transcript.show_entries(conversation("a"))
    transcript.scroll_to("a 7")
    transcript.show_entries([])
    transcript.show_entries(conversation("a")[:3])
    assert transcript.is_at_end
