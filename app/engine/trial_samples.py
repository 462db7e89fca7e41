"""Texts, conversations and a picture that a model is tried with."""

from __future__ import annotations

from typing import Any

from app.core.attachment import Attachment
from app.core.media import SOUND_RATE, Pixels, SoundSamples
from app.core.message import (
    Message,
    PicturePart,
    ReasoningPart,
    RecordingPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.sound_pieces import LONGEST_PIECE
from app.core.tool_grammar import TRIGGER

TEXTS = (
    "Hello",
    "naïve café, Ω ≈ ½ ﬁ ß İstanbul",
    "日本語のテキストです。한국어 العَرَبِيَّة हिन्दी ไทย",
    "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 \u200b\u200d\ufeff\u202e",
    "\x00\x01\x7f\x80\uffff\U0010ffff\ud800",
    " \t\n\r\n   \u00a0\u3000\n\n\n",
    "a" * 500,
    "1234567890 3.14e-10 0xFF",
    "def f(x):\n    return x  # 'quoted' \"words\" {}[]\\n",
    "<|im_start|>user\n<s>[INST] <think></think> <0x0A> ▁",
    f"{TRIGGER}[f(a='b')]<|tool_call_end|>",
    "".join(map(chr, range(32, 1500))),
)
"""What people, web pages and files may hold."""

TOOLS: tuple[dict[str, Any], ...] = (
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string"},
                    "days": {"type": "integer"},
                    "unit": {"enum": ["°C", "°F"]},
                },
                "required": ["city"],
            },
        },
    },
)
_CALL = ToolCallPart("get_weather", {"city": "Oslo"}, f'{TRIGGER}[get_weather(city="Oslo")]<|tool_call_end|>')
_RESULT = ToolResultPart("get_weather", '{"degrees": -3}')
_THOUGHT = ReasoningPart("Let me think.", "<think>Let me think.</think>")


PICTURE = PicturePart(Attachment("0" * 64, "image/png", "trial.png", 0), 64, 64)
PIXELS = Pixels(64, 64, bytes(range(256)) * 48)
RECORDING = RecordingPart(
    Attachment("1" * 64, "audio/wav", "trial.wav", 0), 1000 * LONGEST_PIECE // SOUND_RATE
)
SOUND = SoundSamples(bytes(range(256)) * (2 * LONGEST_PIECE // 256))
"""As long as a piece ever is: a projector that cannot take that much ends its process."""


def _text(text: str) -> TextPart:
    return TextPart(text, text)


def _user(text: str) -> Message:
    return Message.of_text(Role.USER, text)


def _assistant(*parts: TextPart | ReasoningPart | ToolCallPart) -> Message:
    return Message(Role.ASSISTANT, parts)


_ANSWER = _assistant(_text("A small mountain lake."))
_SYSTEM = Message.of_text(Role.SYSTEM, "You are helpful.")
_QUESTION = _user("Hello")
CONVERSATIONS: tuple[tuple[Message, ...], ...] = (
    (_QUESTION,),
    (_SYSTEM, _QUESTION),
    (_QUESTION, _ANSWER, _user("And how deep is one?")),
    (_SYSTEM, _QUESTION, _ANSWER, _user("And how deep?"), _ANSWER, _user("Thanks.")),
    (_QUESTION, _assistant(_THOUGHT, _text("Yes.")), _user("Are you sure?")),
    (_QUESTION, _user("Two questions in a row?")),
    (_QUESTION, _assistant(_CALL), Message(Role.TOOL, (_RESULT,))),
    (
        _QUESTION,
        _assistant(_text("I look."), _CALL, _CALL),
        Message(Role.TOOL, (_RESULT, _RESULT)),
        _ANSWER,
    ),
    (_QUESTION, _assistant(_THOUGHT, _CALL), Message(Role.TOOL, (_RESULT,)), _ANSWER, _QUESTION),
    (_SYSTEM, *(message for text in TEXTS for message in (_user(text), _ANSWER)), _user("")),
)
"""Shapes of conversations, the simplest first; each is rendered with tools and without."""
