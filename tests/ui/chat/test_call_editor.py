"""A call that the model got wrong is put right by hand."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.core.reply_parser.raw_spans import call_text
from app.ui.chat.call_editor import CallEditor, calls_in, fault_of

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


@pytest.mark.parametrize(
    "text",
    [
        '[get_weather(city="Paris")]',
        'get_weather(city="Paris")',
        "  [get_weather(city='Paris')]\n",
        '<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>',
        '{"name": "get_weather", "arguments": {"city": "Paris"}}',
    ],
)
def test_a_call_is_read_in_any_form(text: str) -> None:
    message = calls_in(text, [WEATHER])
    assert fault_of(message) == ""
    assert message.tool_calls[0].arguments == {"city": "Paris"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[get_weather(city=", "is not closed"),
        ("[get_weather()]", "The argument “city” is missing."),
        ('[weather(city="Paris")]', "There is no tool named “weather”"),
        ("", "This is not a tool call."),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    assert words in fault_of(calls_in(text, [WEATHER]))


def test_it_runs_only_what_can_be_read(qtbot: QtBot) -> None:
    editor = CallEditor("<|tool_call_start|>[get_weather(city=<|tool_call_end|>", [WEATHER])
    qtbot.addWidget(editor)
    assert editor.edit.toPlainText() == "[get_weather(city="
    assert "is not closed" in editor.fault.text()
    assert not editor.run_button.isEnabled()
    editor.edit.setPlainText('[get_weather(city="Paris")]')
    assert editor.run_button.isEnabled()
    with qtbot.waitSignal(editor.accepted_calls) as signal:
        editor.run_button.click()
    assert signal.args[0].tool_calls[0].arguments == {"city": "Paris"}


def test_markers_are_not_for_editing() -> None:
    assert call_text(" <|tool_call_start|>[f()]<|tool_call_end|>\n") == "[f()]"
    assert call_text("<tool_call>{}</tool_call>") == "{}"
    assert call_text("f(") == "f("
