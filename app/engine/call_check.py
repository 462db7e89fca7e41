"""Find out whether a model's tool calls can be read, from how its template writes those of past answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.errors import TemplateError
from app.core.message import Message, Role, ToolCallPart, ToolResultPart
from app.core.reply_parser.markers import CALL_STARTS
from app.core.stream import parse_reply

if TYPE_CHECKING:
    from app.engine.chat_template import ChatTemplate

_QUESTION = "What is the weather there"
_CITY = "Ouagadougou"
_NAME = "look_at_weather"
_TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": _NAME,
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city's name"}},
            "required": ["city"],
        },
    },
}


def understands_calls(template: ChatTemplate, architecture: str) -> bool:
    """Whether the calls that a model is taught to write are read as calls.

    The template is given a conversation with a call, and what it makes of it is read like a reply. A template
    that knows no calls of past answers may still name the markers of its model's calls.
    """
    written = _call_as_written(template) if template.reads_tool_calls else ""
    if written:
        calls = parse_reply(written, tools=[{"name": _NAME}]).tool_calls
        return any(not call.error and call.arguments == {"city": _CITY} for call in calls)
    return architecture.startswith("lfm2") or any(marker in template.source for marker in CALL_STARTS)


def _call_as_written(template: ChatTemplate) -> str:
    """What the template writes for an answer that calls a tool; empty where that shows no call."""
    question = Message.of_text(Role.USER, _QUESTION)
    call = Message(Role.ASSISTANT, (ToolCallPart(_NAME, {"city": _CITY}, ""),))
    result = Message(Role.TOOL, (ToolResultPart(_NAME, "Sunny"),))
    try:
        prompt = template.render([question], [_TOOL]).text.rpartition(_QUESTION)[2]
        whole = template.render([question, call, result], [_TOOL], for_reply=False).text
    except TemplateError:
        return ""
    answer = whole.rpartition(_QUESTION)[2]
    return answer.removeprefix(prompt) if _CITY in answer else ""
