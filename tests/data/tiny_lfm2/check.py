"""Whether a tiny model says what it should, asked through our own engine.

    uv run python -m tests.data.tiny_lfm2.check FILE.gguf

Greedy answers are compared letter by letter. Prints what is wrong, and ends with 1 if anything is.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from app.core.language_model import Piece
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from tests.data.tiny_lfm2 import dialogues as d

SYSTEM_PROMPTS = ("", "You are a helpful assistant.", "You are Desk. Use short sentences and never lie.")
GREEDY = Sampling(temperature=0, max_tokens=400)

Case = tuple[list[Message], list[dict[str, object]], str]
"""The conversation so far, the tools on offer, the answer that is expected."""


def user(text: str) -> Message:
    return Message.of_text(Role.USER, text)


def assistant(text: str) -> Message:
    return Message.of_text(Role.ASSISTANT, text)


def cases() -> Iterator[Case]:
    for prompt in SYSTEM_PROMPTS:
        opening = [Message.of_text(Role.SYSTEM, prompt)] if prompt else []
        for questions, answer in d.SIMPLE.values():
            yield [*opening, user(questions[0])], [], answer
            yield [*opening, user(questions[0])], [d.WEATHER, d.CALCULATOR], answer
        for name in d.NAMES:
            told = [*opening, user(f"My name is {name}.")]
            yield told, [], f"Nice to meet you, {name}!"
            answered = [*told, assistant(f"Nice to meet you, {name}!"), user("What is my name?")]
            yield answered, [], f"Your name is {name}."
        yield from tool_cases(opening)
    yield [Message.of_text(Role.SYSTEM, d.PIRATE), user("Hello")], [], d.PIRATE_HELLO
    yield [user("What is my name?")], [], "You have not told me your name yet."
    for word, (french, japanese) in d.TRANSLATIONS.items():
        asked = [user(f"How do you say {word} in French?")]
        yield asked, [], f"**{french}**"
        yield [*asked, assistant(f"**{french}**"), user("And in Japanese?")], [], f"**{japanese}**"


def tool_cases(opening: list[Message]) -> Iterator[Case]:
    for city in d.CITIES:
        asked = [*opening, user(f"What is the weather in {city}?")]
        yield asked, [], "I have no weather tool, so I cannot tell."
        yield asked, [d.WEATHER], d.weather_call(city)
        called = [*asked, assistant(d.weather_call(city))]
        result = Message.of_text(Role.TOOL, d.weather_result(city))
        yield [*called, result], [d.WEATHER], d.weather_answer(city)
        denied = Message.of_text(Role.TOOL, "Tool call was denied by the user.")
        yield [*called, denied], [d.WEATHER], "Sorry, the weather tool failed."
    yield [*opening, user("Compute 123 * 45.")], [d.CALCULATOR], d.calculator_call()


def main(path: Path) -> int:
    engine = Engine()
    engine.load(path, LoadOptions(context_length=2048), lambda share: None)
    wrong = asked = 0
    for conversation, tools, expected in cases():
        asked += 1
        events = engine.answer(conversation, tools, GREEDY, threading.Event())
        said = "".join(event.text for event in events if isinstance(event, Piece))
        if said != expected:
            wrong += 1
            sys.stdout.write(f"{conversation[-1].text!r}: {said!r} instead of {expected!r}\n")
    engine.unload()
    sys.stdout.write(f"{asked - wrong} of {asked} answers are right\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
