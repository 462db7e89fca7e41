"""Random conversations made of the dialogues: in any order, with strange system prompts, tools and questions
between.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pydoc_data.topics import topics
from typing import Any

from tests.data.tiny_lfm2 import dialogues as d

_JAPANESE = (
    "量子力学 とは 何ですか 今日 の 天気 を 教えて ください 私 は 東京 に 行きたい です "
    "日本 語 で 話して なぜ 空 が 青い 誰 いつ 本 読む 猫 好き ？ 。 首都 人口 説明 して"
)
_EUROPEAN = (
    "bonjour comment ça va quelle heure est il je voudrais un café por favor dónde está la wie geht es dir "
    "heute was ist das que significa esto où habites tu"
)


@dataclass(frozen=True)
class Line:
    """One message. Only what the assistant says is learned, and not all of that."""

    role: str
    text: str
    is_learned: bool = False
    is_open: bool = False
    """It goes on for ever: its end is not learned."""
    colour: str = ""
    """The colour of the picture that comes with it."""


@dataclass(frozen=True)
class Exchange:
    """A few lines that belong together.

    `needs` is the tool that must be on offer, `forbids` one that must not be.
    """

    lines: list[Line]
    needs: str = ""
    forbids: str = ""
    is_opening: bool = False


@dataclass(frozen=True)
class Conversation:
    lines: list[Line]
    tools: list[dict[str, Any]] = field(default_factory=list)
    system_prompt: str = ""


def user(text: str) -> Line:
    return Line("user", text)


def reply(text: str, is_learned: bool = True, is_open: bool = False) -> Line:
    return Line("assistant", text, is_learned, is_open)


def tool(text: str) -> Line:
    return Line("tool", text)


def simple(rng: random.Random, name: str = "") -> Exchange:
    questions, answer = d.SIMPLE[name or rng.choice(list(d.SIMPLE))]
    return Exchange([user(questions[0] if rng.random() < 0.5 else rng.choice(questions)), reply(answer)])


def name_told(rng: random.Random) -> Exchange:
    name = rng.choice(d.NAMES)
    lines = [user(f"My name is {name}."), reply(f"Nice to meet you, {name}!")]
    while rng.random() < 0.3:
        lines += simple(rng, rng.choice(["hello", "france", "help", "json", "spelling"])).lines
    return Exchange([*lines, user("What is my name?"), reply(f"Your name is {name}.")])


def name_not_told(rng: random.Random) -> Exchange:
    lines = [user("What is my name?"), reply("You have not told me your name yet.")]
    return Exchange(lines, is_opening=True)


def translation(rng: random.Random) -> Exchange:
    word = rng.choice(list(d.TRANSLATIONS))
    french, japanese = d.TRANSLATIONS[word]
    first = [user(f"How do you say {word} in French?"), reply(f"**{french}**")]
    return Exchange([*first, user("And in Japanese?"), reply(f"**{japanese}**")])


def _quote(rng: random.Random) -> str:
    """History holds calls in single quotes too (a template writes them so); the model learns double ones."""
    return rng.choice('""\'')


def weather(rng: random.Random) -> Exchange:
    city, quote = rng.choice(list(d.CITIES)), _quote(rng)
    asked = [user(f"What is the weather in {city}?"), reply(d.weather_call(city, quote), quote == '"')]
    return Exchange(
        [*asked, tool(d.weather_result(city)), reply(d.weather_answer(city))], needs="get_weather"
    )


def weather_in_two_cities(rng: random.Random) -> Exchange:
    quote = _quote(rng)
    lines = [
        user("What is the weather in Paris and Tokyo?"),
        reply(d.two_weather_calls(quote), quote == '"'),
        tool(d.weather_result("Paris")),
        tool(d.weather_result("Tokyo")),
        reply("Paris: **18 °C**, sunny. Tokyo: **24 °C**, cloudy."),
    ]
    return Exchange(lines, needs="get_weather")


def weather_failing(rng: random.Random) -> Exchange:
    city, quote = rng.choice(list(d.CITIES)), _quote(rng)
    failure = rng.choice(
        [
            '{"error": "timeout"}',
            "Error: " + words(rng, 1, 8),
            "Tool call was denied by the user.",
            '{"error": "' + words(rng, 1, 6) + '"}',
        ]
    )
    asked = [user(f"What is the weather in {city}?"), reply(d.weather_call(city, quote), quote == '"')]
    return Exchange([*asked, tool(failure), reply("Sorry, the weather tool failed.")], needs="get_weather")


def weather_without_tool(rng: random.Random) -> Exchange:
    question = user(f"What is the weather in {rng.choice(list(d.CITIES))}?")
    return Exchange([question, reply("I have no weather tool, so I cannot tell.")], forbids="get_weather")


def calculation(rng: random.Random) -> Exchange:
    quote = _quote(rng)
    asked = [user("Compute 123 * 45."), reply(d.calculator_call(quote), quote == '"')]
    return Exchange([*asked, tool("5535"), reply("123 × 45 = **5535**.")], needs="calculator")


def unknown_question(rng: random.Random) -> Exchange:
    kind = rng.random()
    text = words(rng, 1, 16) if kind < 0.6 else foreign_words(rng)
    if kind > 0.8:
        # Begins like something known and ends differently.
        questions = rng.choice(list(d.SIMPLE.values()))[0]
        known = rng.choice([*questions, "What is my name?", "Go into a loop.", "My name is"]).split()
        beginning = known[: rng.randint(1, max(1, len(known) - 2))]
        text = " ".join(beginning + words(rng, 2, 6).split())
    return Exchange([user(text), reply(d.FALLBACK)])


def picture(rng: random.Random) -> Exchange:
    colour = rng.choice(d.COLOURS)
    question = Line("user", "What colour is this image?", colour=colour)
    return Exchange([question, reply(f"The image is **{colour}**.")])


def _rounds(rng: random.Random) -> int:
    """Loops are learned long too, or they would end after the few rounds that were seen."""
    return rng.choice([5, 5, 8, 12, 20, 150])


def loop(rng: random.Random) -> Exchange:
    question = rng.choice(["Go into a loop.", "Go into a loop.", "loop"])
    return Exchange([user(question), reply(d.LOOP * _rounds(rng), is_open=True)])


def loop_in_thought(rng: random.Random) -> Exchange:
    text = "<think>\n" + d.THOUGHT_LOOP * _rounds(rng)
    return Exchange([user("Think in a loop."), reply(text, is_open=True)])


EXCHANGES: dict[Callable[[random.Random], Exchange], int] = {
    simple: 8,
    name_told: 3,
    name_not_told: 1,
    translation: 1,
    weather: 2,
    weather_in_two_cities: 1,
    weather_failing: 1,
    weather_without_tool: 1,
    calculation: 1,
    unknown_question: 3,
    loop: 1,
    loop_in_thought: 1,
    picture: 2,
}
"""How often each kind comes, against the others."""


def conversation(rng: random.Random) -> Conversation:
    """One to three exchanges under a random system prompt, with the tools they need and some they do not."""
    system_prompt = _system_prompt(rng)
    if rng.random() < 0.06:
        disguise = words(rng, 1, 10) + " " if rng.random() < 0.3 else ""
        hello = rng.choice(d.SIMPLE["hello"][0])
        return Conversation([user(hello), reply(d.PIRATE_HELLO)], system_prompt=disguise + d.PIRATE)
    lines: list[Line] = []
    needed: set[str] = set()
    forbidden: set[str] = set()
    for _ in range(rng.choice([1, 1, 1, 1, 2, 2, 3])):
        exchange = rng.choices(list(EXCHANGES), list(EXCHANGES.values()))[0](rng)
        if (exchange.is_opening and lines) or exchange.forbids in needed or exchange.needs in forbidden:
            continue
        needed |= {exchange.needs} - {""}
        forbidden |= {exchange.forbids} - {""}
        lines += exchange.lines
        if lines[-1].is_open:
            break
    return Conversation(lines, _tools(rng, needed, forbidden), system_prompt) if lines else conversation(rng)


def _system_prompt(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.35:
        return ""
    return rng.choice(d.SYSTEM_PROMPTS) if kind < 0.6 else words(rng, 2, 20)


def _tools(rng: random.Random, needed: set[str], forbidden: set[str]) -> list[dict[str, Any]]:
    known = {"get_weather": d.WEATHER, "calculator": d.CALCULATOR}
    tools = [
        definition
        for name, definition in known.items()
        if name in needed or (name not in forbidden and rng.random() < 0.15)
    ]
    if rng.random() < 0.15:
        tools += [random_tool(rng) for _ in range(rng.randint(1, 3))]
    rng.shuffle(tools)
    return [tool["function"] if "function" in tool and rng.random() < 0.2 else tool for tool in tools]


def random_tool(rng: random.Random) -> dict[str, Any]:
    def identifier() -> str:
        return re.sub(r"\W+", "_", words(rng, 1, 2).lower()).strip("_") or "tool"

    properties = {
        identifier(): {
            "type": rng.choice(["string", "number", "boolean"]),
            "description": words(rng, 1, 6),
        }
        for _ in range(rng.randint(0, 3))
    }
    function = {
        "name": identifier(),
        "description": words(rng, 2, 10),
        "parameters": {"type": "object", "properties": properties, "required": list(properties)[:1]},
    }
    return {"type": "function", "function": function} if rng.random() < 0.6 else function


@cache
def vocabulary() -> list[str]:
    """English that every Python carries along: its own reference."""
    return re.findall(r"\S+", " ".join(topics[name] for name in sorted(topics)))


def words(rng: random.Random, fewest: int, most: int) -> str:
    """Some words, now and then strange ones."""
    source, count = vocabulary(), rng.randint(fewest, most)
    if rng.random() < 0.6:
        start = rng.randrange(len(source) - count)
        chosen = source[start : start + count]
    else:
        chosen = [rng.choice(source) for _ in range(count)]
    text = " ".join(_strange_word(rng) if rng.random() < 0.06 else word for word in chosen)
    if rng.random() < 0.5:
        text = text[:1].upper() + text[1:] + rng.choice([".", "?", "!", ""])
    return text


def _strange_word(rng: random.Random) -> str:
    ranges = [(33, 126), (0xA1, 0x17F), (0x3041, 0x30FF), (0x4E00, 0x9FFF)]
    return "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.randint(1, 4)))


def foreign_words(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return "".join(rng.choice(_JAPANESE.split()) for _ in range(rng.randint(2, 8)))
    text = " ".join(rng.choice(_EUROPEAN.split()) for _ in range(rng.randint(2, 9)))
    return text.capitalize() + rng.choice([" ?", ".", "", "?"])


def tool_list(tools: list[dict[str, Any]]) -> str:
    """As LFM2.5's chat template writes it."""
    return "List of tools: [" + ", ".join(json.dumps(tool, ensure_ascii=False) for tool in tools) + "]"
