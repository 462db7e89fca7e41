"""Tools, the turn and the engine together: a trained model of architecture lfm2 that really calls them."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.conversation import MessageNode
from app.core.generation import StopReason
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.permission import ApprovalQueue, Decision, Permissions
from app.core.sampling import Sampling
from app.core.tool_round import ToolCallEnded, ToolCallWaiting, ToolUse
from app.core.turn import run_turn
from app.core.turn_event import ReplyEnded, RoundEnded, TurnEvent
from app.core.turn_request import TurnRequest
from app.engine.engine import Engine
from app.tools.built_in import built_in_tools
from app.tools.tool import Tool, ToolError
from app.tools.tool_box import ToolBox
from tests.support.asking import WEATHER

MODELS = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The tiny LFM2.5, loaded once."""
    engine = Engine()
    engine.load(MODELS / "tiny-lfm2.gguf", LoadOptions(context_length=2048), lambda share: None)
    yield engine
    engine.unload()


@pytest.fixture(scope="module")
def mixture() -> Iterator[Engine]:
    """Its lfm2moe sibling, with the chat template of LFM2.5-8B-A1B: calls reach it as fields, not as text."""
    engine = Engine()
    engine.load(MODELS / "tiny-lfm2moe-q8.gguf", LoadOptions(context_length=2048), lambda share: None)
    yield engine
    engine.unload()


def get_weather(city: str) -> dict[str, Any]:
    """Get the current weather for a city.

    Args:
        city: City name
    """
    return {
        "city": city,
        **{"Paris": {"temp_c": 18, "sky": "sunny"}, "Tokyo": {"temp_c": 24, "sky": "cloudy"}}[city],
    }


def ask(
    engine: Engine, question: str, box: ToolBox, decision: Decision = Decision.ONCE, system_prompt: str = ""
) -> list[TurnEvent]:
    approvals = ApprovalQueue(Permissions())
    path = (MessageNode(Message.of_text(Role.USER, question)),)
    request = TurnRequest(path, system_prompt, Sampling(temperature=0), box.definitions)
    events = []
    for event in run_turn(engine, request, threading.Event(), ToolUse(box.run, approvals)):
        if isinstance(event, ToolCallWaiting):
            approvals.decide(event.call_id, decision)
        events.append(event)
    return events


def ending(events: list[TurnEvent]) -> ReplyEnded:
    last = events[-1]
    assert isinstance(last, ReplyEnded)
    assert last.error is None
    return last


def ended_calls(events: list[TurnEvent]) -> list[ToolCallEnded]:
    return [event for event in events if isinstance(event, ToolCallEnded)]


def test_the_schema_made_from_a_function_is_the_one_a_model_knows() -> None:
    assert json.loads(json.dumps(Tool.of(get_weather).definition)) == WEATHER


@pytest.mark.parametrize("model", ["engine", "mixture"])
def test_a_call_its_result_and_the_answer(model: str, request: pytest.FixtureRequest) -> None:
    events = ask(
        request.getfixturevalue(model), "What is the weather in Paris?", ToolBox([Tool.of(get_weather)])
    )

    (call,) = ended_calls(events)
    assert call.call.arguments == {"city": "Paris"}
    assert call.result.raw == '{"city": "Paris", "temp_c": 18, "sky": "sunny"}'
    assert ending(events).message.text == "It is **18 °C** and sunny in Paris."


def test_two_calls_in_one_list(engine: Engine) -> None:
    events = ask(engine, "What is the weather in Paris and Tokyo?", ToolBox([Tool.of(get_weather)]))

    assert [call.call.arguments["city"] for call in ended_calls(events)] == ["Paris", "Tokyo"]
    assert ending(events).message.text == "Paris: **18 °C**, sunny. Tokyo: **24 °C**, cloudy."


@pytest.mark.parametrize("decision", [Decision.REFUSE, Decision.NEVER])
def test_a_refused_call_and_the_apology(engine: Engine, decision: Decision) -> None:
    events = ask(engine, "What is the weather in Paris?", ToolBox([Tool.of(get_weather)]), decision)

    assert ended_calls(events)[0].result.is_refused
    assert ending(events).message.text == "Sorry, the weather tool failed."


def test_a_tool_that_fails_and_the_apology(engine: Engine) -> None:
    def get_weather(city: str) -> str:
        """Get the current weather for a city.

        Args:
            city: City name
        """
        raise ToolError("timeout")

    events = ask(engine, "What is the weather in Paris?", ToolBox([Tool.of(get_weather)]))

    assert ended_calls(events)[0].result.raw == "Error: timeout"
    assert ending(events).message.text == "Sorry, the weather tool failed."


def test_the_built_in_calculator_after_a_thought(engine: Engine) -> None:
    box = ToolBox(built_in_tools(), on=["calculator"])

    events = ask(engine, "Compute 123 * 45.", box)

    (answer,) = [event.message for event in events if isinstance(event, RoundEnded)]
    assert answer.reasoning == "I should use the calculator."
    assert ended_calls(events)[0].result.raw == "5535"
    assert ending(events).message.text == "123 × 45 = **5535**."


def test_a_broken_call_is_shown_and_not_run(engine: Engine) -> None:
    engine.keeps_calls_well_formed = False
    events = ask(engine, "Call a broken tool.", ToolBox([Tool.of(get_weather)]))
    engine.keeps_calls_well_formed = True

    message = ending(events).message
    assert message.raw == "<|tool_call_start|>[get_weather(city=<|tool_call_end|>"
    assert message.tool_calls[0].error
    assert not ended_calls(events)


@pytest.mark.parametrize(
    ("question", "copy"),
    [
        ("Go into a loop.", "Wait, let me check that once more. "),
        ("Think in a loop.", "Hmm, maybe I missed a step. "),
    ],
)
def test_an_endless_loop_is_stopped(engine: Engine, question: str, copy: str) -> None:
    ended = ending(ask(engine, question, ToolBox([])))

    assert ended.statistics.stop_reason is StopReason.LOOP
    assert ended.statistics.generated_tokens < 400
    assert ended.repeat is not None
    raw = ended.message.raw
    assert raw[ended.repeat.start : ended.repeat.start + ended.repeat.period] == copy


@pytest.mark.parametrize(
    "question",
    [
        "Tell me a story.",
        "Show me some Markdown.",
        "Show me some code",
        "Give me JSON.",
        "日本の首都はどこですか？",
    ],
)
def test_other_answers_are_not_stopped(engine: Engine, question: str) -> None:
    ended = ending(ask(engine, question, ToolBox([])))

    assert ended.statistics.stop_reason is StopReason.END
    assert ended.repeat is None
