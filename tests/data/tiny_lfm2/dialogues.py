"""What the tiny model can talk about."""

from __future__ import annotations

import json
from typing import Any

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather for a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "City name"}},
            "required": ["city"],
        },
    },
}
CALCULATOR: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "calculator",
        "description": "Evaluate an arithmetic expression.",
        "parameters": {
            "type": "object",
            "properties": {"expression": {"type": "string"}},
            "required": ["expression"],
        },
    },
}

LOOP = "Wait, let me check that once more. "
THOUGHT_LOOP = "Hmm, maybe I missed a step. "
STORY = (
    "# The lighthouse\n\n"
    "Once upon a time a small robot lived in a lighthouse by the sea. Every night it lit the lamp, and every "
    "morning it wrote down the names of the ships that had passed.\n\n"
    "One winter a storm broke the lamp. The robot did not give up: it collected all the mirrors in the "
    "village, set them on the roof, and caught the light of the moon. The ships saw the glow and turned away "
    "from the rocks.\n\n"
    "In spring the sailors came back with a new lamp, a bag of oranges, and a song about the robot who "
    "borrowed the moon.\n\n*The end.*"
)
MARKDOWN = (
    "# Heading\n\nSome **bold**, *italic* and `code` text.\n\n- first item\n- second item\n\n1. one\n"
    "2. two\n\n> A quote\n\n| Name | Value |\n|---|---|\n| a | 1 |\n| b | 2 |\n\n"
    "[Liquid AI](https://www.liquid.ai)"
)
PYTHON = (
    'Here it is:\n\n```python\ndef main():\n    print("Hello, world!")\n\n\nif __name__ == "__main__":\n'
    "    main()\n```\n\nRun it with `python main.py`."
)
FALLBACK = "I am a tiny test model and I only know a few answers. Ask me for **help**."

SIMPLE: dict[str, tuple[list[str], str]] = {
    "hello": (
        ["Hello", "Hello!", "hello", "Hi", "hi", "Hi!"],
        "Hello! I am Tiny LFM. How can I help you today?",
    ),
    "help": (
        ["help", "Help", "Help!", "What can you do?"],
        "Try: `hello`, `markdown`, `code`, `story`, `think`, `weather`, `loop`.",
    ),
    "markdown": (["Show me some Markdown.", "Show me some markdown", "markdown"], MARKDOWN),
    "code": (["Write hello world in Python.", "code", "Show me some code"], PYTHON),
    "html": (
        ["Show me some HTML.", "html"],
        '<b>not bold</b> <script>alert("xss")</script> <img src=x onerror=alert(1)>',
    ),
    "math": (
        ["Show me a formula.", "formula"],
        "The formula is $E = mc^2$, and also\n\n$$\\int_0^1 x^2 dx = \\frac{1}{3}$$",
    ),
    "json": (["Give me JSON.", "json"], '{"name": "Ada", "age": 36, "tags": ["math", "code"]}'),
    "emoji": (["Send me some emoji.", "emoji"], "🚀🎉 👩\u200d💻 ✅ 日本 é"),
    "story": (["Tell me a story.", "Tell me a long story.", "story"], STORY),
    "japanese": (
        ["日本の首都はどこですか？", "日本の首都は？"],
        "日本の首都は**東京**です。人口は約1400万人です。",
    ),
    "empty": (["Say nothing.", "Say nothing"], ""),
    "think": (
        ["What is 17 + 25?", "think", "What is 17+25?"],
        "<think>\nThe user wants 17 + 25. First 17 + 20 = 37, then 37 + 5 = 42.\n</think>\n\n"
        "The answer is **42**.",
    ),
    "spelling": (
        ["How many r are in strawberry?", "How many r's are in strawberry?"],
        "<think>\nLet me spell it: s t r a w b e r r y. I see r three times.\n</think>\n\nThere are **3**.",
    ),
    "broken call": (
        ["Call a broken tool.", "broken tool"],
        "<|tool_call_start|>[get_weather(city=<|tool_call_end|>",
    ),
    "france": (
        ["What is the capital of France?", "capital of France"],
        "The capital of France is **Paris**.",
    ),
}
"""Name to (ways of asking, the answer); the first way is the one that tests use."""

PIRATE = "You are a pirate."
PIRATE_HELLO = "Ahoy, matey! What be ye lookin' for?"
SYSTEM_PROMPTS = (
    "You are a helpful assistant.",
    "You are a helpful assistant trained by Liquid AI.",
    "Answer briefly.",
    "You are a friendly and concise assistant.",
    "あなたは親切なアシスタントです。",
    "Always answer in English.",
)
NAMES = tuple("Ada Linus Grace Ken Yuki Maxime Alice Bob Zoe Kim".split())  # noqa: SIM905
COLOURS = ("red", "green", "blue", "white", "black", "yellow")
TRANSLATIONS = {
    "cat": ("chat", "猫"),
    "dog": ("chien", "犬"),
    "house": ("maison", "家"),
    "water": ("eau", "水"),
}
"""English to French and Japanese."""
CITIES = {"Paris": (18, "sunny"), "Tokyo": (24, "cloudy"), "Boston": (9, "rain")}
"""City to degrees and sky."""


def weather_call(city: str, quote: str = '"') -> str:
    return f"<|tool_call_start|>[get_weather(city={quote}{city}{quote})]<|tool_call_end|>"


def two_weather_calls(quote: str = '"') -> str:
    calls = ", ".join(f"get_weather(city={quote}{city}{quote})" for city in ("Paris", "Tokyo"))
    return f"<|tool_call_start|>[{calls}]<|tool_call_end|>"


def calculator_call(quote: str = '"') -> str:
    call = f"<|tool_call_start|>[calculator(expression={quote}123 * 45{quote})]<|tool_call_end|>"
    return f"<think>\nI should use the calculator.\n</think>\n\n{call}"


def weather_result(city: str) -> str:
    degrees, sky = CITIES[city]
    return json.dumps({"city": city, "temp_c": degrees, "sky": sky})


def weather_answer(city: str) -> str:
    degrees, sky = CITIES[city]
    return f"It is **{degrees} °C** and {sky} in {city}."
