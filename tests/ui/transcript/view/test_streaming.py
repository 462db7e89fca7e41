"""An answer on screen while it is written."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from pytestqt.qtbot import QtBot
from typing_extensions import override

from app.core.conversation import MessageState
from app.core.message import ReasoningPart, TextPart, ToolCallPart
from app.core.stream import PartFinished, PartGrew, PartKind, PartStarted
from app.ui.transcript.view.redraw import SHORTEST_PAUSE_MS, RedrawThrottle
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import (
    answer,
    click,
    labels,
    of_parts,
    question,
    unfinished,
    written,
)

ANSWER = """Some **bold** words and `code`.

## Heading

1. one
2. two
   - nested

```python
def f(x):
    return "text"  # why

print(f(1))
```

| a | b |
|--:|:--|
| 1 | `2` |

> quoted
> text

日本語の文章。 مرحبا 👩‍👩‍👧‍👦
"""


def test_only_the_sign_of_work_is_drawn_again_while_the_first_word_is_awaited(
    transcript: Transcript, qtbot: QtBot
) -> None:
    transcript.show_entries([question(f"Question {n}", str(n)) for n in range(12)])
    transcript.begin_reply(unfinished())
    qtbot.waitUntil(lambda: transcript.is_at_end)
    watch = PaintedAreas()
    transcript.viewport().installEventFilter(watch)
    qtbot.waitUntil(lambda: len(watch.heights) > 5)
    assert max(watch.heights[2:]) < transcript.viewport().height() / 4


class PaintedAreas(QObject):
    """Takes down how high the areas are that are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.heights: list[int] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.heights.append(event.rect().height())
        return False


def test_what_was_written_is_seen_before_the_answer_is_finished(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([question("Why?")])
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["Because of ", "**memory**"]))

    def is_shown() -> None:
        assert "Because of memory" in transcript.to_plain_text()

    qtbot.waitUntil(is_shown)


def test_until_the_first_word_the_status_is_shown(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.set_reply_status("Reading the prompt, 43 %")
    transcript.redraw_reply()
    assert "Reading the prompt, 43 %" in transcript.to_plain_text()
    transcript.feed_reply(written(["Word"]))
    transcript.redraw_reply()
    assert "Reading" not in transcript.to_plain_text()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(ANSWER)), max_size=30))
def test_any_split_looks_like_the_finished_answer(transcript: Transcript, cuts: list[int]) -> None:
    transcript.show_entries([answer(ANSWER, "whole")])
    text, height = transcript.to_plain_text(), transcript.message_area("whole").height()
    edges = [0, *sorted(cuts), len(ANSWER)]
    transcript.show_entries([])
    transcript.begin_reply(unfinished("live"))
    for event in written(ANSWER[a:b] for a, b in pairwise(edges)):
        transcript.feed_reply([event])
        transcript.redraw_reply()
    assert transcript.to_plain_text() == text
    assert transcript.message_area("live").height() == height
    transcript.finish_reply(answer(ANSWER, "live"))
    assert transcript.to_plain_text() == text
    assert transcript.message_area("live").height() == height


def test_finishing_shows_figures_and_buttons(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["Done"]))
    transcript.redraw_reply()
    assert "Regenerate answer" not in labels(transcript)
    transcript.finish_reply(answer("Done", figures="41 tokens/s"))
    assert transcript.to_plain_text() == "LFM2.5-1.2B\n\nDone\n41 tokens/s"
    assert "Regenerate answer" in labels(transcript)


def test_words_not_yet_drawn_are_there_when_it_is_finished(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["Never drawn"]))
    transcript.finish_reply(answer("Never drawn", state=MessageState.STOPPED))
    assert "Never drawn" in transcript.to_plain_text()


def test_a_thought_shows_its_last_sentence_and_folds_when_it_ends(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(
        written(["First I read the question. ", "Then I look at both of its sides"], PartKind.REASONING)
    )
    transcript.redraw_reply()
    assert "Thinking for 0 s · Then I look at both of its sides" in transcript.to_plain_text()
    assert "First I read" not in transcript.to_plain_text()
    thought = ReasoningPart(
        "First I read the question. Then I look at both of its sides", "", True, 2_000, 12
    )
    transcript.feed_reply([PartFinished(0, thought), *written(["Both."], index=1)])
    transcript.redraw_reply()
    assert transcript.to_plain_text() == "LFM2.5-1.2B\n\nThought for 2 s\n\nBoth."
    transcript.finish_reply(of_parts(thought, TextPart("Both.", "Both.")))
    assert transcript.to_plain_text() == "LFM2.5-1.2B\n\nThought for 2 s\n\nBoth."


def test_a_thought_opened_while_it_is_written_stays_open(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["- one **point**\n"], PartKind.REASONING))
    transcript.redraw_reply()
    click(transcript, "Open: Thinking")
    transcript.feed_reply([PartGrew(0, "- another")])
    transcript.redraw_reply()
    assert "• one point\n• another" in transcript.to_plain_text()
    thought = ReasoningPart("- one **point**\n- another", "", True, 1_000)
    transcript.finish_reply(of_parts(thought, TextPart("Yes.", "Yes.")))
    assert "• one point\n• another" in transcript.to_plain_text()


def test_what_began_as_an_answer_can_turn_out_a_thought(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(
        [*written(["Hm, let me see"]), PartFinished(0, ReasoningPart("Hm, let me see", "", True))]
    )
    transcript.redraw_reply()
    assert "let me see" not in transcript.to_plain_text()
    assert "Thought" in transcript.to_plain_text()


def test_a_call_is_announced_while_it_is_written(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["[clock("], PartKind.TOOL_CALL))
    transcript.redraw_reply()
    assert "Writing a tool call · [clock(" in transcript.to_plain_text()
    transcript.feed_reply([PartFinished(0, ToolCallPart("clock", {}, "[clock()]"))])
    transcript.redraw_reply()
    assert "Clock" in transcript.to_plain_text()


def test_windows_line_ends_split_over_two_pieces_are_one(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["one\r", "\n\r\ntwo"]))
    transcript.redraw_reply()
    assert transcript.to_plain_text().endswith("one\n\ntwo")


def test_events_without_an_answer_under_way_are_dropped(transcript: Transcript) -> None:
    transcript.feed_reply(written(["late"]))
    transcript.redraw_reply()
    transcript.begin_reply(unfinished())
    transcript.remove_from("answer")
    transcript.feed_reply([PartStarted(0, PartKind.TEXT), PartGrew(0, "late")])
    transcript.redraw_reply()
    assert transcript.to_plain_text() == ""


def test_a_long_answer_that_was_streamed_stays_whole(transcript: Transcript) -> None:
    text = "".join(f"Paragraph {n} with some words in it.\n\n" for n in range(2_000))
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written([text]))
    transcript.redraw_reply()
    transcript.finish_reply(answer(text))
    assert "Paragraph 0 " in transcript.to_plain_text()
    assert "Paragraph 1999 " in transcript.to_plain_text()


@pytest.mark.parametrize(("cost", "pause"), [(1.0, SHORTEST_PAUSE_MS), (40.0, 120.0)])
def test_a_dear_redraw_makes_the_next_one_wait_longer(qtbot: QtBot, cost: float, pause: float) -> None:
    flush = RedrawThrottle()
    flush.note_cost(cost)
    assert flush.pause_ms == pause


def test_many_requests_are_one_redraw(qtbot: QtBot) -> None:
    flush = RedrawThrottle()
    seen: list[int] = []
    flush.due.connect(lambda: seen.append(1))
    for _ in range(100):
        flush.ask()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [1]
