"""The figures under an answer, and the dialog that tells the rest of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.generation import Generation, Instructions, PromptOrigin, Statistics, StopReason
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.core.sampling import LIMITS, Sampling
from app.core.server_model import path_of_server_model
from app.core.stop_texts import STOP_TEXTS
from app.ui.chat.answer_details import AnswerDetails, as_text, sections_of
from app.ui.chat.message_entries import can_continue, entries_of, figures, note
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK

STATISTICS = Statistics(
    prompt_tokens=1292,
    cached_tokens=980,
    prompt_ms=400.0,
    ttft_ms=431.2,
    generated_tokens=313,
    decode_ms=7800.0,
    stop_reason=StopReason.END,
    seed=3735928559,
)
GENERATION = Generation(
    "LFM2.5-1.2B",
    "/home/ada/models/LFM2.5-1.2B-Q4_K_M.gguf",
    "Instruct",
    Sampling(temperature=0.3, stop=("###",)),
    STATISTICS,
)


def answered(**changes: object) -> MessageNode:
    """An answer that ended in some way."""
    statistics = Statistics(
        **{name: changes.get(name, getattr(STATISTICS, name)) for name in STATISTICS.__slots__}
    )  # type: ignore[arg-type]
    sampling = Sampling(max_tokens=int(str(changes.get("max_tokens", 0))))
    generation = Generation("LFM2.5-1.2B", "model.gguf", "Instruct", sampling, statistics)
    return MessageNode(Message(Role.ASSISTANT, (TextPart("Because", "Because"),), generation))


def test_the_line_under_an_answer_tells_its_speed() -> None:
    assert figures(GENERATION) == "40.0 tokens/s"
    assert figures(replace(GENERATION, is_edited=True)) == "Edited · 40.0 tokens/s"


def test_the_details_tell_what_the_model_was_really_told() -> None:
    prompt = "You are brief.\nYou never apologise."
    instructions = Instructions(prompt, ({"type": "function", "function": {"name": "add"}},))
    node = MessageNode(Message(Role.ASSISTANT, (), replace(GENERATION, instructions=instructions)))
    text = as_text(sections_of(node))
    assert f"System prompt: {prompt}" in text
    assert "Tools: add" in text
    assert "Instructions" not in as_text(sections_of(answered()))
    without = MessageNode(Message(Role.ASSISTANT, (), replace(GENERATION, instructions=Instructions())))
    assert "System prompt: none" in as_text(sections_of(without))


def test_nothing_is_said_of_what_was_never_measured() -> None:
    assert figures(Generation("Imported")) == ""
    assert sections_of(MessageNode(Message(Role.ASSISTANT))) == []
    text = as_text(sections_of(MessageNode(Message(Role.ASSISTANT, (), Generation("Imported")))))
    assert "Model: Imported" in text
    assert "Tokens" not in text


@pytest.mark.parametrize("reason", list(StopReason))
def test_every_reason_to_stop_has_words(reason: StopReason) -> None:
    node = answered(stop_reason=reason)
    assert STOP_TEXTS[reason].sentence in as_text(sections_of(node))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stop_reason": StopReason.TOKEN_LIMIT, "max_tokens": 1500}, "1,500 tokens"),
        ({"stop_reason": StopReason.CONTEXT_FULL}, "context is full"),
    ],
)
def test_an_answer_cut_off_at_a_limit_says_so_and_can_go_on(changes: dict[str, object], words: str) -> None:
    node = answered(**changes)
    assert words in note(node)
    assert can_continue(node)
    entry = entries_of(Conversation(nodes=(node,), tip_id=node.id))[0]
    assert entry.note == note(node)


def test_an_answer_that_the_model_ended_needs_no_remark() -> None:
    node = answered()
    assert note(node) == ""
    assert not can_continue(node)


def test_all_there_is_to_know_is_listed_and_copied(qtbot: QtBot) -> None:
    node = MessageNode(Message(Role.ASSISTANT, (), GENERATION))
    dialog = AnswerDetails(node)
    qtbot.addWidget(dialog)
    dialog.open()
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Instruct", "3735928559", "1,292", "312", "980", "313", "LFM2.5-1.2B-Q4_K_M.gguf"} <= shown
    assert {limit.label for limit in LIMITS.values()} <= shown
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "Model file: /home/ada/models/LFM2.5-1.2B-Q4_K_M.gguf" in copied
    assert "Seed: 3735928559" in copied
    assert "Temperature: 0.3" in copied
    assert "Stop strings: '###'" in copied
    assert "Prompt processing: 0.4 s (780 tokens/s)" in copied
    assert "Time to first token: 0.4 s" in copied


def test_the_dialog_stays_within_a_small_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(720, 480)
    window.show()
    dialog = AnswerDetails(MessageNode(Message(Role.ASSISTANT, (), GENERATION)), window)
    dialog.open()
    assert dialog.height() <= 480
    assert dialog.width() <= 720


@pytest.fixture
def transcript(qtbot: QtBot) -> Transcript:
    transcript = Transcript(DARK)
    qtbot.addWidget(transcript)
    transcript.resize(800, 600)
    with qtbot.waitActive(transcript):
        transcript.show()
    question = MessageNode(Message.of_text(Role.USER, "Why?"))
    node = MessageNode(
        Message(Role.ASSISTANT, (TextPart("Because", "Because"),), GENERATION), question.id, "answer"
    )
    transcript.show_entries(entries_of(Conversation(nodes=(question, node), tip_id=node.id)))
    return transcript


def test_a_click_on_the_figures_asks_for_the_details(transcript: Transcript, qtbot: QtBot) -> None:
    area = next(area for label, area in transcript.visible_targets() if label == "Statistics")
    with qtbot.waitSignal(transcript.figures_requested) as asked:
        QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert asked.args == ["answer"]


def test_the_keyboard_reaches_the_figures(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.setFocus()
    QTest.keyClick(transcript, Qt.Key.Key_Up)
    QTest.keyClick(transcript, Qt.Key.Key_Right)
    with qtbot.waitSignal(transcript.figures_requested) as asked:
        QTest.keyClick(transcript, Qt.Key.Key_Return)
    assert asked.args == ["answer"]


def test_figures_that_are_too_long_leave_room_for_the_buttons(transcript: Transcript) -> None:
    transcript.resize(420, 600)
    for _label, area in transcript.visible_targets():
        assert area.right() <= transcript.viewport().width()


def test_a_stopped_answer_is_not_called_cut_off() -> None:
    node = answered(stop_reason=StopReason.CANCELLED)
    stopped = MessageNode(node.message, id=node.id, state=MessageState.STOPPED)
    assert note(stopped) == ""
    assert can_continue(stopped)


def test_the_tokens_of_thoughts_are_told() -> None:
    thought = ReasoningPart("Hm.", "", True, 900, 412)
    node = MessageNode(Message(Role.ASSISTANT, (thought, TextPart("So", "So")), GENERATION))
    assert "Of these in thoughts: 412" in as_text(sections_of(node))
    assert "thoughts" not in as_text(sections_of(answered()))


def test_an_answer_from_a_server_tells_which_one_who_made_the_prompt_and_what_was_not_used() -> None:
    statistics = replace(
        STATISTICS,
        is_estimated=True,
        prompt_origin=PromptOrigin.SERVER,
        ignored_values=("Min-p", "DRY multiplier"),
    )
    path = str(path_of_server_model("s1", "LiquidAI/LFM2.5-1.2B"))
    made = replace(GENERATION, model_path=path, server="studio", statistics=statistics)
    text = as_text(sections_of(MessageNode(Message(Role.ASSISTANT, (), made))))
    assert "Server: studio" in text
    assert "Name there: LiquidAI/LFM2.5-1.2B" in text
    assert "Prompt: Made by the server, with its own template." in text
    assert "Not used there: Min-p, DRY multiplier" in text
    assert "Prompt: about 1,292" in text
    assert "Model file" not in text
