"""A turn in which the model calls tools."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.generation import Generation, Statistics, StopReason
from app.core.message import Message, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.permission import ApprovalQueue, Decision, Permissions
from app.core.sampling import Sampling
from app.core.tool_round import (
    MOST_CALLS,
    REFUSED,
    STOPPED,
    ToolCallEnded,
    ToolCallStarted,
    ToolCallWaiting,
    ToolUse,
)
from app.core.turn import run_turn
from app.core.turn_event import NextRoundStarted, ReplyEnded, ReplyGrew, RoundEnded, TurnEvent
from app.core.turn_request import TurnRequest
from tests.fakes.scripted_model import ScriptedModel, ScriptedReply
from tests.support.asking import WEATHER

QUESTION = MessageNode(Message.of_text(Role.USER, "What is the weather in Paris?"))
CALL = '<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>'
ANSWER = "It is 18 degrees in Paris."
ALLOWED = Permissions(always=frozenset({"get_weather"}))


class FakeWeather:
    """Answers every call, and remembers what it was asked."""

    def __init__(self, answer: Callable[[str], str] = lambda city: f"18 degrees in {city}") -> None:
        self._answer = answer
        self.asked: list[str] = []

    def run(self, call: ToolCallPart, cancel: threading.Event) -> ToolResultPart:
        city = call.arguments["city"]
        self.asked.append(city)
        if city == "Atlantis":
            return ToolResultPart(call.name, "Error: There is no such city.", is_error=True)
        return ToolResultPart(call.name, self._answer(city))


@dataclass
class Turn:
    """One turn, run to its end; `decide` is what the user says when a call waits."""

    model: ScriptedModel
    permissions: Permissions = ALLOWED
    decide: Callable[[ToolCallWaiting], Decision] = lambda event: Decision.ONCE
    weather: FakeWeather = field(default_factory=FakeWeather)
    path: tuple[MessageNode, ...] = (QUESTION,)
    most_rounds: int = 8
    cancel: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[TurnEvent], object] = lambda event: None

    def __post_init__(self) -> None:
        self.approvals = ApprovalQueue(self.permissions)
        use = ToolUse(self.weather.run, self.approvals, self.most_rounds)
        request = TurnRequest(self.path, "", Sampling(), (WEATHER,), reply_id="reply")
        self.events = list(self._watched(run_turn(self.model, request, self.cancel, use)))

    def _watched(self, events: Iterator[TurnEvent]) -> Iterator[TurnEvent]:
        for event in events:
            if isinstance(event, ToolCallWaiting):
                self.approvals.decide(event.call_id, self.decide(event))
            self.watch(event)
            yield event

    def all(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def outline(self) -> list[str]:
        """The kinds of the events that tell how the turn went, in order."""
        kinds = (RoundEnded, ToolCallWaiting, ToolCallStarted, ToolCallEnded, NextRoundStarted, ReplyEnded)
        return [type(event).__name__ for event in self.events if isinstance(event, kinds)]

    @property
    def ended(self) -> ReplyEnded:
        last = self.events[-1]
        assert isinstance(last, ReplyEnded)
        return last

    @property
    def results(self) -> list[str]:
        return [event.result.raw for event in self.all(ToolCallEnded)]


def call(city: str) -> str:
    return f'<|tool_call_start|>[get_weather(city="{city}")]<|tool_call_end|>'


def test_the_call_runs_and_the_model_answers_with_its_result() -> None:
    turn = Turn(ScriptedModel(CALL, ANSWER))

    assert turn.outline == [
        "RoundEnded",
        "ToolCallStarted",
        "ToolCallEnded",
        "NextRoundStarted",
        "ReplyEnded",
    ]
    assert turn.weather.asked == ["Paris"]
    assert turn.ended.message.text == ANSWER
    assert turn.ended.statistics.stop_reason is StopReason.END
    question, answer, result = turn.model.questions[1].messages
    assert question == QUESTION.message
    assert answer.raw == CALL
    assert (result.role, result.raw) == (Role.TOOL, "18 degrees in Paris")


def test_the_events_are_enough_to_store_every_message_at_its_place() -> None:
    turn = Turn(ScriptedModel(f"{CALL}", call("Tokyo"), ANSWER))

    conversation = Conversation().with_node(QUESTION)
    reply = MessageNode(Message(Role.ASSISTANT), QUESTION.id, "reply")
    conversation = conversation.with_node(reply)
    for event in turn.events:
        match event:
            case RoundEnded() | ReplyEnded():
                reply = MessageNode(event.message, reply.parent_id, reply.id)
                conversation = conversation.with_replaced(reply)
            case ToolCallEnded():
                conversation = conversation.with_node(event.node)
            case NextRoundStarted():
                assert event.node.state is MessageState.STREAMING
                reply = event.node
                conversation = conversation.with_node(reply)

    roles = [node.role.value for node in conversation.path()]
    assert roles == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert [node.message.raw for node in conversation.path()][1:] == [
        CALL,
        "18 degrees in Paris",
        call("Tokyo"),
        "18 degrees in Tokyo",
        ANSWER,
    ]
    assert turn.model.questions[2].messages == tuple(node.message for node in conversation.path()[:-1])


def test_two_calls_in_one_list_run_in_order_and_answer_in_order() -> None:
    both = '<|tool_call_start|>[get_weather(city="Paris"), get_weather(city="Tokyo")]<|tool_call_end|>'

    turn = Turn(ScriptedModel(both, ANSWER))

    assert turn.weather.asked == ["Paris", "Tokyo"]
    first, second = turn.all(ToolCallEnded)
    assert (first.index, second.index) == (0, 1)
    assert first.node.parent_id == "reply"
    assert second.node.parent_id == first.node.id
    assert turn.all(NextRoundStarted)[0].node.parent_id == second.node.id


def test_a_call_is_found_by_its_place_among_the_parts() -> None:
    turn = Turn(ScriptedModel(f"Let me look. {CALL} One moment.", ANSWER))

    message = turn.all(RoundEnded)[0].message
    started = turn.all(ToolCallStarted)[0]
    assert message.parts[started.index] is started.call
    assert isinstance(message.parts[0], TextPart)


def test_the_user_is_asked_before_a_call_runs() -> None:
    seen: list[list[str]] = []

    def decide(event: ToolCallWaiting) -> Decision:
        seen.append(list(turn_weather.asked))
        assert event.call.arguments == {"city": "Paris"}
        return Decision.ONCE

    turn_weather = FakeWeather()
    turn = Turn(ScriptedModel(CALL, ANSWER), Permissions(), decide, turn_weather)

    assert seen == [[]]
    assert turn.outline[:4] == ["RoundEnded", "ToolCallWaiting", "ToolCallStarted", "ToolCallEnded"]
    assert turn.approvals.permissions == Permissions()


@pytest.mark.parametrize(("decision", "times_asked"), [(Decision.ONCE, 2), (Decision.ALWAYS, 1)])
def test_always_is_not_asked_again_in_the_conversation(decision: Decision, times_asked: int) -> None:
    turn = Turn(ScriptedModel(CALL, call("Tokyo"), ANSWER), Permissions(), lambda event: decision)

    assert turn.weather.asked == ["Paris", "Tokyo"]
    assert len(turn.all(ToolCallWaiting)) == times_asked


@pytest.mark.parametrize(("decision", "times_asked"), [(Decision.REFUSE, 2), (Decision.NEVER, 1)])
def test_a_refused_call_does_not_run_and_the_model_is_told(decision: Decision, times_asked: int) -> None:
    turn = Turn(ScriptedModel(CALL, call("Tokyo"), "Then not."), Permissions(), lambda event: decision)

    assert turn.weather.asked == []
    assert turn.results == [REFUSED, REFUSED]
    assert len(turn.all(ToolCallWaiting)) == times_asked
    assert not turn.all(ToolCallStarted)
    ended = turn.all(ToolCallEnded)[0]
    assert ended.result.is_refused
    assert turn.ended.message.text == "Then not."


def test_a_tool_that_fails_is_told_to_the_model() -> None:
    turn = Turn(ScriptedModel(call("Atlantis"), "There is no Atlantis."))

    result = turn.all(ToolCallEnded)[0].result
    assert (result.is_error, result.is_stopped, result.is_refused) == (True, False, False)
    assert turn.model.questions[1].messages[-1].raw == "Error: There is no such city."
    assert turn.ended.message.text == "There is no Atlantis."


def test_how_long_a_call_took_is_kept_with_its_result() -> None:
    turn = Turn(ScriptedModel(CALL, ANSWER))

    elapsed = turn.all(ToolCallEnded)[0].result.elapsed_ms
    assert elapsed is not None
    assert 0 <= elapsed < 5000


@pytest.mark.parametrize(
    "written",
    [
        "<|tool_call_start|>[get_weather(city=<|tool_call_end|>",
        '<|tool_call_start|>[get_whether(city="Paris")]<|tool_call_end|>',
        "<|tool_call_start|>[get_weather(town=5)]<|tool_call_end|>",
        f"{CALL} <|tool_call_start|>[get_weather(city=<|tool_call_end|>",
    ],
)
def test_a_call_that_cannot_be_run_ends_the_turn_as_it_was_written(written: str) -> None:
    turn = Turn(ScriptedModel(written))

    assert turn.outline == ["ReplyEnded"]
    assert turn.weather.asked == []
    assert turn.ended.message.raw == written
    assert turn.ended.message.tool_calls[-1].error
    assert turn.ended.error is None


@pytest.mark.parametrize("reason", [StopReason.TOKEN_LIMIT, StopReason.CONTEXT_FULL])
def test_calls_of_an_answer_that_was_cut_off_are_not_run(reason: StopReason) -> None:
    turn = Turn(ScriptedModel(ScriptedReply([CALL, " and then"], stop_reason=reason)))

    assert turn.weather.asked == []
    assert turn.ended.statistics.stop_reason is reason


def test_without_tools_to_run_a_call_is_only_shown() -> None:
    request = TurnRequest((QUESTION,), "", Sampling(), (WEATHER,))

    *_, ended = run_turn(ScriptedModel(CALL), request, threading.Event())

    assert isinstance(ended, ReplyEnded)
    assert ended.message.tool_calls[0].arguments == {"city": "Paris"}


def test_the_same_call_for_the_third_time_stops_the_turn() -> None:
    turn = Turn(ScriptedModel(CALL, CALL, CALL, ANSWER))

    assert turn.weather.asked == ["Paris", "Paris"]
    assert turn.ended.statistics.stop_reason is StopReason.REPEATED_CALL
    assert turn.ended.message.raw == CALL
    assert turn.ended.error is None


def test_the_same_call_written_differently_is_the_same() -> None:
    turn = Turn(ScriptedModel(CALL, CALL.replace('"', "'"), CALL.replace("(", "( ")))

    assert turn.ended.statistics.stop_reason is StopReason.REPEATED_CALL


def test_the_same_call_twice_in_one_list_is_no_loop() -> None:
    twice = CALL.replace("[", "[get_weather(city='Paris'), get_weather(city='Paris'), ")

    turn = Turn(ScriptedModel(twice, ANSWER))

    assert turn.weather.asked == ["Paris"] * 3
    assert turn.ended.message.text == ANSWER


def test_rounds_have_an_end() -> None:
    turn = Turn(ScriptedModel(*[call(f"City {number}") for number in range(9)]), most_rounds=3)

    assert turn.weather.asked == ["City 0", "City 1", "City 2"]
    assert turn.ended.statistics.stop_reason is StopReason.TOOL_ROUNDS
    assert turn.ended.message.raw == call("City 3")


def test_the_model_may_answer_after_the_last_round() -> None:
    turn = Turn(ScriptedModel(*[call(f"City {number}") for number in range(8)], ANSWER))

    assert len(turn.weather.asked) == 8
    assert turn.ended.message.text == ANSWER


def test_a_flood_of_calls_is_not_run_to_its_end() -> None:
    flood = ", ".join(f"get_weather(city='{number}')" for number in range(MOST_CALLS + 4))

    turn = Turn(ScriptedModel(f"<|tool_call_start|>[{flood}]<|tool_call_end|>", ANSWER))

    assert len(turn.weather.asked) == MOST_CALLS
    assert len(turn.results) == MOST_CALLS + 4
    assert turn.results[-1].startswith("Error: No more than")


def test_a_result_longer_than_the_model_can_read_is_cut() -> None:
    weather = FakeWeather(lambda city: "rain " * 5000)

    turn = Turn(ScriptedModel(CALL, ANSWER, context_length=400), weather=weather)

    result = turn.model.questions[1].messages[-1].raw
    assert result.startswith("rain rain")
    assert "fit into the model's context" in result
    assert len(result.split()) < 130
    assert turn.ended.message.text == ANSWER


def test_stopping_while_a_call_waits_ends_the_turn_with_results_for_every_call() -> None:
    both = '<|tool_call_start|>[get_weather(city="Paris"), get_weather(city="Tokyo")]<|tool_call_end|>'
    cancel = threading.Event()
    use = ToolUse(FakeWeather().run, ApprovalQueue())
    request = TurnRequest((QUESTION,), "", Sampling(), (WEATHER,))

    events = []
    for event in run_turn(ScriptedModel(both), request, cancel, use):
        events.append(event)
        if isinstance(event, ToolCallWaiting):
            threading.Timer(0.02, cancel.set).start()

    ended = [event for event in events if isinstance(event, ToolCallEnded)]
    assert [event.result.is_stopped for event in ended] == [True, True]
    assert [event.result.raw for event in ended] == [STOPPED] * 2
    assert isinstance(events[-1], ReplyEnded)
    assert events[-1].statistics.stop_reason is StopReason.CANCELLED
    assert events[-1].message.raw == both


def test_stopping_while_a_tool_runs_keeps_what_it_still_gave() -> None:
    cancel = threading.Event()

    def answer(city: str) -> str:
        cancel.set()
        return "18 degrees"

    turn = Turn(ScriptedModel(CALL), weather=FakeWeather(answer), cancel=cancel)

    assert turn.results == ["18 degrees"]
    assert turn.outline[-1] == "ReplyEnded"
    assert turn.ended.statistics.stop_reason is StopReason.CANCELLED


def test_a_model_that_was_changed_while_a_call_waited_does_not_answer() -> None:
    model = ScriptedModel(CALL, ANSWER)
    request = TurnRequest((QUESTION,), "", Sampling(), (WEATHER,), model_path=model.model_path)
    use = ToolUse(FakeWeather().run, ApprovalQueue(ALLOWED))

    for event in run_turn(model, request, threading.Event(), use):
        if isinstance(event, NextRoundStarted):
            model.model_path = "another.gguf"

    assert isinstance(event, ReplyEnded)
    assert str(event.error) == "The model that was to answer is not loaded."


def test_between_the_rounds_the_model_is_left_alone() -> None:
    """These events may therefore be taken on another thread, while the model answers elsewhere."""
    model = ScriptedModel(CALL, ANSWER)
    questions: list[int] = []

    Turn(model, Permissions(), watch=lambda event: questions.append(len(model.questions)))

    turn = Turn(ScriptedModel(CALL, ANSWER), Permissions())
    at = {type(event).__name__: asked for event, asked in zip(turn.events, questions, strict=True)}
    assert at["RoundEnded"] == at["ToolCallEnded"] == at["NextRoundStarted"] == 1
    assert at["ReplyEnded"] == 2


def test_a_corrected_call_at_the_end_of_the_path_is_run_first() -> None:
    figures = Statistics(generated_tokens=7, stop_reason=StopReason.TOKEN_LIMIT)
    corrected = Message(
        Role.ASSISTANT,
        (ToolCallPart("get_weather", {"city": "Paris"}, CALL),),
        Generation("Scripted", statistics=figures),
    )
    node = MessageNode(corrected, QUESTION.id)

    turn = Turn(ScriptedModel(ANSWER), path=(QUESTION, node))

    assert turn.outline == [
        "RoundEnded",
        "ToolCallStarted",
        "ToolCallEnded",
        "NextRoundStarted",
        "ReplyEnded",
    ]
    assert turn.all(RoundEnded)[0].message == corrected
    assert turn.all(RoundEnded)[0].statistics.generated_tokens == 7
    assert turn.all(ToolCallEnded)[0].node.parent_id == node.id
    assert [message.raw for message in turn.model.questions[0].messages][1:] == [CALL, "18 degrees in Paris"]


def test_each_round_asks_the_model_and_tells_what_it_writes() -> None:
    turn = Turn(ScriptedModel(CALL, ANSWER))

    assert len(turn.model.questions) == 2
    split = turn.events.index(turn.all(NextRoundStarted)[0])
    grown = [event for event in turn.events[split:] if isinstance(event, ReplyGrew)]
    assert grown[0].events[0].index == 0, "the parts of a new answer are counted from 0"


LOOP = "Wait, let me check that once more. "


def test_an_answer_that_goes_into_a_loop_is_stopped_and_the_place_is_told() -> None:
    before = "The answer is near. "

    turn = Turn(ScriptedModel(before + LOOP * 200))

    assert turn.ended.statistics.stop_reason is StopReason.LOOP
    repeat = turn.ended.repeat
    assert repeat is not None
    raw = turn.ended.message.raw
    assert len(raw) < len(before + LOOP * 40)
    assert raw[repeat.start : repeat.start + repeat.period] == LOOP
    assert turn.ended.error is None


def test_who_goes_on_after_a_loop_is_not_stopped_for_what_was_there_before() -> None:
    written = LOOP * 30
    request = TurnRequest((QUESTION,), "", Sampling(), prefill=written)

    *_, ended = run_turn(ScriptedModel("So it is 42."), request, threading.Event())

    assert isinstance(ended, ReplyEnded)
    assert ended.message.raw == written + "So it is 42."
    assert ended.statistics.stop_reason is StopReason.END


def test_a_loop_after_a_continued_beginning_is_placed_in_the_whole_answer() -> None:
    request = TurnRequest((QUESTION,), "", Sampling(), prefill="So far so good. ")

    *_, ended = run_turn(ScriptedModel(LOOP * 100), request, threading.Event())

    assert isinstance(ended, ReplyEnded)
    assert ended.repeat is not None
    assert ended.message.raw[ended.repeat.start :].startswith(LOOP)
