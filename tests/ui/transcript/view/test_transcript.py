"""What a reader sees of messages, and what clicking does."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.core.conversation import MessageState
from app.core.generation import Generation
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK, LIGHT
from tests.support.transcript_reader import (
    answer,
    click,
    hover,
    labels,
    of_parts,
    question,
)

THOUGHT = ReasoningPart("I look at **both** sides.", "", True, 6_200, 412)
CODE = "for i in range(3):\n    print(i)\n\n    # end"


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_an_answer_is_shown_without_its_markup_under_the_model_s_name(transcript: Transcript) -> None:
    transcript.show_entries(
        [question("*Why* `so`?"), answer("# Because\n\nof **memory** `bus`.", figures="41 tokens/s")]
    )
    assert transcript.to_plain_text() == "*Why* so?\n\nLFM2.5-1.2B\n\nBecause\n\nof memory bus.\n41 tokens/s"


def test_the_name_is_not_repeated_after_a_tool_s_result(transcript: Transcript) -> None:
    tool = MessageEntry("tool", Message(Role.TOOL, (ToolResultPart("clock", "12:00"),)))
    transcript.show_entries([of_parts(ToolCallPart("clock", {}, ""), entry_id="call"), tool, answer("Noon.")])
    assert transcript.to_plain_text().count("LFM2.5-1.2B") == 1


def test_copy_puts_exactly_the_code_on_the_clipboard(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer(f"Two:\n\n```sh\nls\n```\n\n```python\n{CODE}\n```\n")])
    with qtbot.waitSignal(transcript.copied) as signal:
        click(transcript, "Copy code", number=1)
    assert clipboard() == CODE
    assert signal.args == ["code"]


def test_copying_a_message_gives_what_the_model_wrote_without_its_thinking(transcript: Transcript) -> None:
    text = "**Bold** and\n\n- a list"
    transcript.show_entries([of_parts(THOUGHT, TextPart(text, text))])
    click(transcript, "Copy message")
    assert clipboard() == text


@pytest.mark.parametrize(
    ("label", "signal_name"),
    [("Regenerate", "regenerate_requested"), ("Continue", "continue_requested")],
)
def test_buttons_of_the_last_answer_ask_for_what_they_say(
    transcript: Transcript, qtbot: QtBot, label: str, signal_name: str
) -> None:
    transcript.show_entries([answer("Cut off", can_continue=True)])
    with qtbot.waitSignal(getattr(transcript, signal_name)) as signal:
        click(transcript, label)
    assert signal.args == ["answer"]


def test_a_question_can_be_edited_once_the_pointer_is_over_it(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([question("Why?"), answer("So.")])
    assert "Edit message" not in labels(transcript)
    hover(transcript, transcript.message_area("question").center())
    with qtbot.waitSignal(transcript.edit_requested) as signal:
        click(transcript, "Edit message")
    assert signal.args == ["question"]


def test_the_speed_stands_under_the_answer_in_use_or_under_all(transcript: Transcript) -> None:
    first = replace(answer("So.", entry_id="first"), figures="41 tokens/s")
    last = replace(answer("And so.", entry_id="last"), figures="42 tokens/s")
    transcript.show_entries([first, last])
    assert labels(transcript).count("Statistics") == 1
    hover(transcript, transcript.message_area("first").center())
    assert labels(transcript).count("Statistics") == 2
    transcript.set_shows_figures(True)
    hover(transcript, transcript.message_area("last").center())
    assert labels(transcript).count("Statistics") == 2
    transcript.set_shows_figures(False)
    assert labels(transcript).count("Statistics") == 1


def test_a_question_is_nearer_to_its_answer_than_to_the_one_before(transcript: Transcript) -> None:
    transcript.show_entries([answer("So.", "before"), question("Why?"), answer("So.", "after")])
    transcript.verticalScrollBar().setValue(0)
    painted = bands(transcript.viewport().grab().toImage())
    # A name, an answer, the question's bubble, a name, an answer, and the buttons of the last one.
    (_, before), (top, bottom), (name, _) = painted[1:4]
    assert name - bottom < 40
    assert top - before > 1.3 * (name - bottom)


def bands(image: QImage) -> list[tuple[int, int]]:
    """The heights between which something is painted, from the top."""
    ground = image.pixel(0, 0)
    found: list[tuple[int, int]] = []
    for y in range(image.height()):
        if any(image.pixel(x, y) != ground for x in range(0, image.width() - 20, 2)):
            top = found.pop()[0] if found and found[-1][1] >= y - 2 else y
            found.append((top, y))
    return found


def test_what_scrolls_away_under_the_pointer_is_hovered_no_more(transcript: Transcript) -> None:
    entries = [question("Why?", "asked"), answer("So.\n\n" * 80)]
    transcript.show_entries(entries)
    transcript.verticalScrollBar().setValue(0)
    hover(transcript, transcript.message_area("asked").center())
    assert "Edit message" in labels(transcript)
    transcript.verticalScrollBar().setValue(400)
    transcript.verticalScrollBar().setValue(20)
    transcript.verticalScrollBar().setValue(0)
    assert "Edit message" in labels(transcript)
    transcript.verticalScrollBar().setValue(120)
    assert "Edit message" not in labels(transcript)


def test_versions_are_told_once_the_answer_is_written(transcript: Transcript) -> None:
    def picture(entry: MessageEntry) -> QImage:
        transcript.show_entries([question("Hello"), entry])
        return transcript.viewport().grab().toImage()

    streaming = replace(answer("Hi"), state=MessageState.STREAMING)
    assert picture(replace(streaming, version=2, version_count=2)) == picture(streaming)
    second = replace(answer("Hi"), version=2, version_count=2)
    assert "Next version" not in labels(transcript)
    assert picture(second) != picture(answer("Hi"))


def test_versions_are_leafed_through(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("Second of three", version=2, version_count=3)])
    with qtbot.waitSignal(transcript.version_requested) as signal:
        click(transcript, "Previous version")
    assert signal.args == ["answer", 1]
    with qtbot.waitSignal(transcript.version_requested) as signal:
        click(transcript, "Next version")
    assert signal.args == ["answer", 3]


def test_the_first_version_has_none_before_it(transcript: Transcript) -> None:
    transcript.show_entries([answer("First of two", version=1, version_count=2)])
    assert "Previous version" not in labels(transcript)
    assert "Next version" in labels(transcript)


def test_a_link_tells_its_address_when_hovered_and_when_clicked(transcript: Transcript, qtbot: QtBot) -> None:
    address = "https://example.com/docs"
    transcript.show_entries([answer(f"See [the documentation]({address}).")])
    place = next(area for label, area in transcript.visible_targets() if label == address)
    with qtbot.waitSignal(transcript.link_hovered) as signal:
        hover(transcript, place.center())
    assert signal.args == [address]
    with qtbot.waitSignal(transcript.link_activated) as signal:
        click(transcript, address)
    assert signal.args == [address]


def test_thinking_is_folded_until_it_is_opened_and_stays_so(transcript: Transcript) -> None:
    entries = [of_parts(THOUGHT, TextPart("Both.", "Both."))]
    transcript.show_entries(entries)
    assert "Thought for 6 s" in transcript.to_plain_text()
    assert "sides" not in transcript.to_plain_text()
    click(transcript, "Open: Thought for 6 s")
    assert "I look at both sides." in transcript.to_plain_text()
    transcript.show_entries([question("Another conversation")])
    transcript.show_entries(entries)
    assert "I look at both sides." in transcript.to_plain_text()
    click(transcript, "Close: Thought for 6 s")
    assert "sides" not in transcript.to_plain_text()


def test_a_thought_cut_off_says_so(transcript: Transcript) -> None:
    transcript.show_entries([of_parts(ReasoningPart("Hm", "", False))])
    assert "Thought · cut off" in transcript.to_plain_text()


def test_a_call_shows_its_arguments_as_a_table(transcript: Transcript) -> None:
    call = ToolCallPart("search", {"query": "a lake", "limit": 5, "tags": ["x", "ü"]}, "")
    transcript.show_entries([of_parts(call)])
    assert "Search · query: a lake, limit: 5" in transcript.to_plain_text()
    click(transcript, "Open: Search")
    assert 'query\ta lake\nlimit\t5\ntags\t["x", "ü"]' in transcript.to_plain_text()


def test_a_call_that_cannot_be_read_shows_why_and_what_was_written(transcript: Transcript) -> None:
    call = ToolCallPart("weather", {}, "weather(city='Bern", "The text ends inside the value of city.")
    transcript.show_entries([of_parts(call)])
    shown = transcript.to_plain_text()
    assert "The text ends inside the value of city." in shown
    assert "weather(city='Bern" in shown


def test_a_result_that_no_call_asked_for_has_a_card_of_its_own(transcript: Transcript) -> None:
    """As in a conversation of which the call could not be read."""
    whole = MessageEntry("whole", Message(Role.TOOL, (ToolResultPart("page", "First\n" + "word " * 300),)))
    failed = MessageEntry(
        "failed", Message(Role.TOOL, (ToolResultPart("page", "No network.", is_error=True, elapsed_ms=40),))
    )
    transcript.show_entries([whole, failed])
    assert transcript.to_plain_text() == "Page · First\n\nPage failed · No network."
    click(transcript, "Open: Page")
    assert transcript.to_plain_text().count("word") == 300


def test_a_failed_answer_keeps_its_words_and_says_why(transcript: Transcript) -> None:
    entry = answer(
        "It began", state=MessageState.FAILED, error="The memory is full.", error_hint="Close something."
    )
    transcript.show_entries([entry])
    assert transcript.to_plain_text().endswith("It began\n\nThe memory is full.\nClose something.")


def test_the_stored_reason_is_shown_where_none_is_given(transcript: Transcript) -> None:
    message = Message(Role.ASSISTANT, (), Generation("m", error="The file is damaged."))
    transcript.show_entries([MessageEntry("answer", message, MessageState.FAILED)])
    assert "The file is damaged." in transcript.to_plain_text()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (MessageState.COMPLETE, "Empty answer"),
        (MessageState.STOPPED, "Stopped"),
    ],
)
def test_an_empty_answer_is_explained(transcript: Transcript, state: MessageState, words: str) -> None:
    transcript.show_entries([of_parts(state=state)])
    assert words in transcript.to_plain_text()


def test_a_long_question_is_folded_and_opened(transcript: Transcript) -> None:
    transcript.show_entries([question("\n".join(f"line {n}" for n in range(60)))])
    assert "line 50" not in transcript.to_plain_text()
    low = transcript.message_area("question").height()
    click(transcript, "Show more")
    assert "line 59" in transcript.to_plain_text()
    assert transcript.message_area("question").height() > 3 * low
    click(transcript, "Show less")
    assert transcript.message_area("question").height() == low


def test_the_beginning_of_the_model_s_memory_is_marked_and_moves(transcript: Transcript) -> None:
    transcript.show_entries([question("One", "1"), question("Two", "2"), question("Three", "3")])
    transcript.mark_memory_start("2")
    assert transcript.to_plain_text() == "One\n\nEarlier messages are not sent\n\nTwo\n\nThree"
    transcript.mark_memory_start("3")
    assert transcript.to_plain_text() == "One\n\nTwo\n\nEarlier messages are not sent\n\nThree"
    transcript.mark_memory_start(None)
    assert transcript.to_plain_text() == "One\n\nTwo\n\nThree"


def test_messages_are_added_replaced_and_removed(transcript: Transcript) -> None:
    transcript.show_entries([question("One", "1")])
    transcript.add_entry(answer("Two", "2"))
    transcript.add_entry(question("Three", "3"))
    transcript.replace_entry(answer("Two, better", "2"))
    assert transcript.to_plain_text() == "One\n\nLFM2.5-1.2B\n\nTwo, better\n\nThree"
    transcript.remove_from("2")
    assert transcript.to_plain_text() == "One"
    transcript.remove_from("unknown")
    transcript.show_entries([])
    assert transcript.to_plain_text() == ""


def test_colours_change_at_once(transcript: Transcript) -> None:
    transcript.show_entries([answer("Words")])
    corner = QPoint(2, 2)
    assert transcript.viewport().grab().toImage().pixelColor(corner) == QColor(DARK.surface)
    transcript.set_theme(LIGHT)
    assert transcript.viewport().grab().toImage().pixelColor(corner) == QColor(LIGHT.surface)


def test_the_menu_offers_what_fits_the_place(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer(f"```python\n{CODE}\n```")])
    area = next(area for label, area in transcript.visible_targets() if label == "Copy code")
    qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.RightButton, pos=area.center())
    menu = open_menu(transcript, area.center())
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == [
        "Copy selection",
        "Copy message",
        "Copy as Markdown",
        "Copy code",
        "Save code as…",
        "Regenerate",
        "Edit answer",
        "Branch into new chat",
        "Insert message",
        "Change role",
        "Delete this message",
    ]
    assert not menu.actions()[0].isEnabled()
    next(action for action in menu.actions() if action.text() == "Copy code").trigger()
    assert clipboard() == CODE
    menu.close()


def test_a_menu_closes_with_the_message_it_is_about(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?"), answer("So.")])
    menu = open_menu(transcript, transcript.message_area("answer").center())
    assert menu.isVisible()
    transcript.show_entries([answer("Another.", "other")])
    assert not menu.isVisible()


def open_menu(transcript: Transcript, point: QPoint) -> QMenu:
    from PySide6.QtGui import QContextMenuEvent
    from PySide6.QtWidgets import QApplication

    everywhere = transcript.viewport().mapToGlobal(point)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, everywhere)
    QApplication.sendEvent(transcript.viewport(), event)
    (menu,) = transcript.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert isinstance(menu, QMenu)
    return menu


def test_larger_letters_leave_room_for_themselves(transcript: Transcript) -> None:
    entry = of_parts(THOUGHT, TextPart("Both `sides`.\n\n```python\nx\n```", ""), figures="41 tokens/s")
    transcript.show_entries([entry])
    before = dict(transcript.visible_targets())
    low = transcript.message_area("answer").height()
    transcript.set_theme(DARK, 200)
    after = dict(transcript.visible_targets())
    assert transcript.message_area("answer").height() > 1.7 * low
    for label, area in after.items():
        assert area.height() >= 1.6 * before[label].height(), label


def test_answers_have_a_button_to_be_read_aloud_where_there_is_a_voice(
    transcript: Transcript, qtbot: QtBot
) -> None:
    transcript.show_entries(
        [question("Why?"), answer("So.", entry_id="first"), answer("Or so.", entry_id="last")]
    )
    assert "Read aloud" not in labels(transcript)
    transcript.set_read_aloud(True, "")
    assert labels(transcript).count("Read aloud") == 1  # Of the last answer.
    with qtbot.waitSignal(transcript.action_requested) as signal:
        click(transcript, "Read aloud")
    assert signal.args[:2] == ["last", MessageAction.READ_ALOUD]
    transcript.set_read_aloud(True, "first")
    assert labels(transcript).count("Stop reading aloud") == 1  # Also while the pointer is elsewhere.
    transcript.set_read_aloud(True, "")
    assert "Stop reading aloud" not in labels(transcript)
    transcript.set_read_aloud(False, "")
    assert "Read aloud" not in labels(transcript)


def test_an_answer_that_was_gone_on_from_offers_its_buttons_under_the_pointer_only(
    transcript: Transcript,
) -> None:
    stopped = answer("Once upon a time", "stopped", can_continue=True)
    transcript.show_entries([stopped])
    assert "Continue answer" in labels(transcript)
    transcript.show_entries([stopped, question("And then?"), answer("The end")])
    transcript.verticalScrollBar().setValue(0)
    assert "Continue answer" not in labels(transcript)
    hover(transcript, transcript.viewport().rect().topLeft() + QPoint(450, 40))
    assert "Continue answer" in labels(transcript)
