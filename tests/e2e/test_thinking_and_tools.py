"""Thoughts, tool calls and loops, as a person meets them: the tiny model writes them all for real."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from app.core.conversation import MessageState
from app.core.generation import StopReason
from app.core.message import Role, ToolResultPart
from app.tools.tool import Tool
from app.ui.chat.call_editor import CallEditor
from tests.support.person import ANSWER_MS, TINY_MODEL, Person, StartProgram
from tests.support.ticking import tick
from tests.support.waiting import PATIENCE_S

# The offscreen platform warns that it cannot raise menus; nothing here needs it to.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

ASKING = "What is the weather in Paris?"
ANSWER = "It is **18 °C** and sunny in Paris."
APOLOGY = "Sorry, the weather tool failed."


def get_weather(city: str) -> dict[str, object]:
    """Get the current weather for a city.

    Args:
        city: City name
    """
    return {"city": city, "temp_c": 18, "sky": "sunny"}


class SlowWeather:
    """A weather tool that takes as long as the test wants."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()

    @property
    def tool(self) -> Tool:
        def get_weather(city: str, stop: threading.Event) -> str:
            """Get the current weather for a city.

            Args:
                city: City name
            """
            self.is_asked.set()
            while not stop.is_set() and not self.may_answer.wait(0.01):
                pass
            return '{"city": "Paris", "temp_c": 18, "sky": "sunny"}'

        return Tool.of(get_weather)


WEATHER = Tool.of(get_weather)


class Asker:
    """A person who uses tools."""

    def __init__(self, qtbot: QtBot, person: Person) -> None:
        self._qtbot = qtbot
        self.person = person
        self.chat = person.application.services.chat
        self.answers = person.application.services.answers
        self.button = person.composer.tools_button

    def waits_for(self, words: str) -> None:
        self._qtbot.waitUntil(lambda: words in self.person.reads, timeout=ANSWER_MS)

    def waits_until(self, is_so: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_so, timeout=ANSWER_MS)

    def labels(self) -> list[str]:
        return [label for label, _ in self.person.transcript.visible_targets()]

    def clicks(self, label: str) -> None:
        self.person.clicks(label)

    def ticks(self, title: str) -> None:
        """Switches a tool in the menu of the tools button."""
        menu = self.button.menu()
        menu.popup(self.button.mapToGlobal(QPoint(0, 0)))
        action = next(action for action in menu.actions() if action.text() == title)
        self._qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        assert menu.isVisible(), "the menu stays for the next tool"
        menu.close()

    def path(self) -> list[Role]:
        return [node.role for node in self.chat.conversation.path()]


StartAsking = Callable[..., Asker]


@pytest.fixture
def start_asking(start_program: StartProgram, qtbot: QtBot) -> StartAsking:
    """Starts the program with a weather tool, which is switched on."""

    def start(tool: Tool = WEATHER) -> Asker:
        person = start_program(tools=(tool,))
        asker = Asker(qtbot, person)
        person.waits_for_model()
        asker.ticks("Get weather")
        return asker

    return start


# Thoughts


def test_a_thought_folds_while_it_streams_and_can_be_opened(start_asking: StartAsking, qtbot: QtBot) -> None:
    asker = start_asking()
    may_go_on = asker.person.holds_the_model()
    asker.person.sends("Think in a loop.")
    asker.waits_for("Thinking for")
    asker.waits_for("Hmm, maybe I missed a step.")
    assert asker.person.reads.count("Hmm, maybe") == 1
    asker.clicks("Open: Thinking for")
    may_go_on.set()
    qtbot.waitUntil(lambda: asker.person.reads.count("Hmm, maybe") > 3, timeout=ANSWER_MS)
    asker.clicks("Close: Th")
    assert asker.person.reads.count("Hmm, maybe") <= 1
    asker.person.waits_for_answer()


def test_a_thought_is_closed_behind_its_time(start_asking: StartAsking) -> None:
    asker = start_asking()
    assert asker.person.asks("What is 17 + 25?") == "The answer is **42**."
    assert "Thought for 1 s" in asker.person.reads
    assert "First 17 + 20 = 37" not in asker.person.reads
    asker.clicks("Open: Thought for 1 s")
    assert "First 17 + 20 = 37" in asker.person.reads


def test_answer_now_ends_the_thought_in_the_same_answer(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.ticks("Get weather")  # Off: cut short, the tiny model may write anything, a call as well.
    may_go_on = asker.person.holds_the_model()
    asker.person.sends("Think in a loop.")
    asker.waits_for("[Answer now]")
    asker.clicks("Answer now")
    may_go_on.set()
    asker.waits_until(
        lambda: "</think>" in asker.chat.conversation.path()[-1].message.raw or not asker.answers.is_answering
    )
    asker.person.presses(Qt.Key.Key_Escape)
    asker.person.waits_for_answer()
    message = asker.chat.conversation.path()[-1].message
    assert "</think>" in message.raw
    assert len(asker.chat.conversation.path()) == 2


# Calls


def test_a_call_that_is_allowed_runs_and_is_answered(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    assert "city\tParis" in asker.person.reads
    assert asker.answers.is_answering
    asker.clicks("Allow once")
    asker.person.waits_for_answer()
    assert asker.chat.last_answer() == ANSWER
    reads = asker.person.reads
    assert 'Get weather · Paris → {"city": "Paris", "temp_c": 18, "sky": "sunny"}' in reads
    assert "get_weather" not in reads
    assert "It is 18 °C and sunny in Paris." in reads
    assert asker.path() == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT]


def test_a_call_that_is_refused_is_apologised_for(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    asker.clicks("Deny")
    asker.person.waits_for_answer()
    assert asker.chat.last_answer() == APOLOGY
    assert "Denied: Get weather · Paris" in asker.person.reads
    asker.clicks("Open: Denied")
    assert "Tool call was denied by the user." in asker.person.reads


def test_always_asks_no_more_in_this_conversation_and_again_in_another(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    asker.clicks("Always allow in this chat")
    asker.person.waits_for_answer()
    assert asker.person.asks(ASKING) == ANSWER
    asker.person.window.menus.new_chat_action.trigger()
    asker.ticks("Get weather")
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    asker.clicks("Never in this chat")
    asker.person.waits_for_answer()
    assert asker.person.asks(ASKING) == APOLOGY


def test_stop_ends_the_waiting_for_permission(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    asker.person.presses(Qt.Key.Key_Escape)
    asker.person.waits_for_answer()
    assert "Allow once" not in asker.labels()
    assert "Get weather · stopped" in asker.person.reads
    assert asker.person.asks("Hello")


def test_stop_ends_a_running_tool(start_asking: StartAsking) -> None:
    slow = SlowWeather()
    asker = start_asking(slow.tool)
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    asker.clicks("Allow once")
    asker.waits_for("Get weather · 1 s")
    assert slow.is_asked.wait(PATIENCE_S)
    asker.person.presses(Qt.Key.Key_Escape)
    asker.person.waits_for_answer()
    assert "Get weather · stopped" in asker.person.reads


def test_another_conversation_is_answered_while_one_waits_for_permission(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    first = asker.chat.conversation.id
    asker.person.window.menus.new_chat_action.trigger()
    assert asker.person.asks("What is the capital of France?") == "The capital of France is **Paris**."
    asker.chat.show(first)
    assert "Allow Get weather?" in asker.person.reads
    asker.clicks("Allow once")
    asker.person.waits_for_answer()
    assert asker.chat.last_answer() == ANSWER


def test_calls_results_and_decisions_are_there_after_a_restart(
    start_asking: StartAsking, start_program: StartProgram, qtbot: QtBot
) -> None:
    asker = start_asking()
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    asker.clicks("Always allow in this chat")
    asker.person.waits_for_answer()
    before = asker.person.reads
    again = Asker(qtbot, start_program(tools=(WEATHER,)))
    assert again.person.reads == before
    again.person.waits_for_model()
    assert again.person.asks(ASKING) == ANSWER


def test_a_call_that_waits_when_the_program_ends_was_stopped(
    start_asking: StartAsking, start_program: StartProgram, qtbot: QtBot
) -> None:
    asker = start_asking()
    asker.person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    again = Asker(qtbot, start_program(tools=(WEATHER,)))
    assert "Get weather · stopped" in again.person.reads
    assert again.path() == [Role.USER, Role.ASSISTANT, Role.TOOL]
    again.person.waits_for_model()
    again.person.window.menus.regenerate_action.trigger()
    again.person.waits_for_answer()
    assert again.chat.last_answer() == APOLOGY


def test_without_the_tool_the_model_says_so(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.ticks("Get weather")
    assert asker.button.text() == ""
    assert asker.person.asks(ASKING) == "I have no weather tool, so I cannot tell."


def test_a_tool_that_the_preset_switches_on_is_on_in_the_conversation(
    start_program: StartProgram, qtbot: QtBot
) -> None:
    person = start_program(tools=(WEATHER,))
    asker = Asker(qtbot, person)
    person.waits_for_model()
    assert asker.button.text() == ""
    presets = person.application.screens.presets
    presets.open_dialog()
    dialog = presets.dialog.dialog
    assert dialog is not None
    editor = dialog.editor
    section = editor.form.sections["Thinking and tools"]
    qtbot.mouseClick(section.fold_button, Qt.MouseButton.LeftButton)
    box = editor.form.findChild(QCheckBox, "tool_get_weather_box")
    assert box is not None
    tick(qtbot, box)
    qtbot.mouseClick(editor.save_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(editor.close_button, Qt.MouseButton.LeftButton)
    assert asker.button.text() == "1"
    person.sends(ASKING)
    asker.waits_for("Allow Get weather?")
    asker.clicks("Allow once")
    person.waits_for_answer()
    assert asker.chat.last_answer() == ANSWER


# Malformed calls


def test_a_malformed_call_is_shown_as_it_is(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.application.services.settings.change(keeps_calls_well_formed=False)
    asker.person.asks("Call a broken tool.")
    reads = asker.person.reads
    assert "<|tool_call_start|>[get_weather(city=<|tool_call_end|>" in reads
    assert "Invalid call to Get weather" in reads
    assert "is not closed" in reads
    asker.waits_until(lambda: "Try again" in asker.labels())


def test_a_malformed_call_is_put_right_by_hand_and_run(start_asking: StartAsking, qtbot: QtBot) -> None:
    asker = start_asking()
    asker.person.application.services.settings.change(keeps_calls_well_formed=False)
    asker.person.asks("Call a broken tool.")
    asker.clicks("Fix and run")
    editor = asker.person.window.findChild(CallEditor, "call_editor")
    assert editor is not None
    assert editor.edit.toPlainText() == "[get_weather(city="
    assert not editor.run_button.isEnabled()
    editor.edit.selectAll()
    qtbot.keyClicks(editor.edit, '[get_weather(city="Paris")]')
    qtbot.mouseClick(editor.run_button, Qt.MouseButton.LeftButton)
    asker.waits_for("Allow Get weather?")
    asker.clicks("Allow once")
    asker.person.waits_for_answer()
    conversation = asker.chat.conversation
    results = [
        part
        for node in conversation.path()
        for part in node.message.parts
        if isinstance(part, ToolResultPart)
    ]
    assert [result.is_error for result in results] == [False]
    assert len(conversation.siblings(conversation.path()[1].id)) == 2


def test_the_model_is_asked_again_with_the_fault(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.application.services.settings.change(keeps_calls_well_formed=False)
    asker.person.asks("Call a broken tool.")
    asker.clicks("Try again")
    asker.person.waits_for_answer()
    assert asker.path() == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT]
    told = asker.chat.conversation.path()[2].message.text
    assert told.startswith("Error: The call breaks off")


# Loops


def test_an_endless_answer_is_stopped_and_marked(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.sends("Go into a loop.")
    asker.person.waits_for_answer()
    last = asker.chat.conversation.path()[-1]
    assert last.message.generation is not None
    assert last.message.generation.statistics is not None
    assert last.message.generation.statistics.stop_reason is StopReason.LOOP
    before, after = asker.person.reads.split("Repetition starts here")
    assert before.count("Wait, let me check that once more.") == 1
    assert after.count("Wait, let me check that once more.") >= 5
    assert "Stopped: the answer kept repeating itself." in after
    asker.clicks("Try again with less repetition")
    asker.person.waits_for_answer()
    second = asker.chat.conversation.path()[-1]
    assert second.message.generation is not None
    assert second.message.generation.sampling is not None
    assert second.message.generation.sampling.dry_multiplier > 0
    assert len(asker.chat.conversation.siblings(second.id)) == 2


def test_what_can_be_done_about_a_loop_is_offered_under_the_last_answer_only(
    start_asking: StartAsking,
) -> None:
    def offers() -> list[str]:
        return [label for label in asker.labels() if label.startswith(("Try again", "Keep and"))]

    asker = start_asking()
    asker.person.sends("Go into a loop.")
    asker.person.waits_for_answer()
    asker.waits_until(lambda: len(offers()) == 2)
    asker.person.asks("Hello")
    asker.person.transcript.scroll_to(asker.chat.conversation.path()[1].id)
    assert offers() == []


def test_an_endless_thought_is_stopped_and_can_be_answered_from(start_asking: StartAsking) -> None:
    asker = start_asking()
    asker.person.sends("Think in a loop.")
    asker.person.waits_for_answer()
    assert "Stopped: the thought kept repeating itself." in asker.person.reads
    looped = asker.chat.conversation.path()[-1]
    asker.clicks("Answer now")
    asker.waits_until(
        lambda: asker.answers.is_answering or asker.chat.conversation.path()[-1].id != looped.id
    )
    asker.person.presses(Qt.Key.Key_Escape)
    asker.person.waits_for_answer()
    now = asker.chat.conversation.path()[-1]
    assert now.id != looped.id
    assert now.parent_id == looped.parent_id


# Siblings


def test_the_moe_sibling_loads_and_answers(start_program: StartProgram) -> None:
    person = start_program(TINY_MODEL.with_name("tiny-lfm2moe-q8.gguf"))
    assert person.asks("What is the capital of France?") == "The capital of France is **Paris**."
    last = person.application.services.chat.conversation.path()[-1]
    assert last.state is MessageState.COMPLETE


def test_a_model_that_always_thinks_hands_over_to_its_sibling(
    start_program: StartProgram, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("LFM2.5-1.2B-Thinking-Q8_0.gguf", "LFM2.5-1.2B-Instruct-Q8_0.gguf"):
        shutil.copy(TINY_MODEL, folder / name)
    person = start_program(folder / "LFM2.5-1.2B-Thinking-Q8_0.gguf", (folder,))
    asker = Asker(qtbot, person)
    person.waits_for_model()
    qtbot.waitUntil(lambda: len(person.application.services.models.models) >= 2, timeout=ANSWER_MS)
    may_go_on = person.holds_the_model()
    person.sends("Think in a loop.")
    asker.waits_for("Answer with LFM2.5 1.2B Instruct")
    asker.clicks("Answer with LFM2.5 1.2B Instruct")
    may_go_on.set()

    def answered_with() -> str:
        generation = asker.chat.conversation.path()[-1].message.generation
        return generation.model_path if generation else ""

    asker.waits_until(lambda: "Instruct" in answered_with() and not asker.answers.is_answering)
    conversation = asker.chat.conversation
    assert len(conversation.siblings(conversation.path()[-1].id)) == 2
