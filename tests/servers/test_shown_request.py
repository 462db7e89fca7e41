"""What a server is sent, for somebody to read."""

from app.core.attachment import Attachment
from app.core.message import Message, PicturePart, Role, ToolCallPart, ToolResultPart
from app.servers.server_engine import ServerEngine
from app.servers.shown_request import shown_request

TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}


def test_messages_are_shown_by_role_without_the_bytes_of_pictures() -> None:
    picture = PicturePart(Attachment("a" * 64, "image/png", "cat.png", 3), 10, 10)
    messages = [
        Message.of_text(Role.SYSTEM, "Be kind."),
        Message.of_text(Role.USER, "What is this?", (picture,)),
        Message(Role.ASSISTANT, (ToolCallPart("f", {"a": 1}, "f(a=1)"),)),
        Message(Role.TOOL, (ToolResultPart("f", "a cat"),)),
    ]
    shown = shown_request(messages, [TOOL], True, len, 99)
    roles = [section.role for section in shown.sections]
    assert roles == [None, Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL]
    assert '"image_url": "[picture]"' in shown.sections[2].text
    assert "base64" not in "".join(section.text for section in shown.sections)
    assert shown.token_count == 99
    assert shown.is_request


def test_an_engine_on_a_server_shows_what_it_sends(engine: ServerEngine) -> None:
    messages = [Message.of_text(Role.USER, "Hello there")]
    shown = engine.prompt_text(messages, [])
    assert '"content": "Hello there"' in shown.sections[0].text
    assert shown.token_count == engine.count_prompt_tokens(messages, [])
