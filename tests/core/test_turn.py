"""One turn, from the messages it is given to the answer it ends with."""

import threading

import pytest

from app.core import answer_builder, reasoning_timer
from app.core.conversation import MessageNode
from app.core.errors import EngineError, PromptTooLongError, TemplateError
from app.core.generation import StopReason
from app.core.language_model import PromptProgress
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart
from app.core.sampling import Sampling
from app.core.stream import PartGrew
from app.core.turn import run_turn
from app.core.turn_event import ReplyEnded, ReplyGrew, ReplySnapshot
from app.core.turn_request import TurnRequest
from tests.fakes.scripted_model import Question, ScriptedModel, ScriptedReply


class FakeClock:
    """Stands for the module `time`; the test moves it on."""

    def __init__(self):
        self.seconds = 100.0

    def monotonic(self):
        return self.seconds

    def advance(self, seconds):
        self.seconds += seconds


@pytest.fixture
def clock(monkeypatch):
    fake = FakeClock()
    monkeypatch.setattr(answer_builder, "time", fake)
    monkeypatch.setattr(reasoning_timer, "time", fake)
    return fake


def path_of(*texts):
    """User and assistant in turns."""
    path = []
    for index, text in enumerate(texts):
        message = Message.of_text(Role.ASSISTANT if index % 2 else Role.USER, text)
        path.append(MessageNode(message, path[-1].id if path else None))
    return tuple(path)


def request_of(*texts, **details):
    return TurnRequest(path_of(*texts), **{"system_prompt": "", "sampling": Sampling(), **details})


def play(model, request, cancel=None):
    """Everything that happens in a turn."""
    return list(run_turn(model, request, cancel or threading.Event()))


def shown_in(events):
    """The words that a reader was shown, as they came."""
    grown = (event.events for event in events if isinstance(event, ReplyGrew))
    return "".join(change.text for changes in grown for change in changes if isinstance(change, PartGrew))


def test_a_turn_is_told_from_the_prompt_to_the_end():
    events = play(ScriptedModel("Because of the light."), request_of("Why?"))
    assert events[:2] == [PromptProgress(0, 5, 0), PromptProgress(5, 5, 0)]
    assert all(isinstance(event, ReplyGrew) for event in events[2:-1])
    ended = events[-1]
    assert ended.message == Message.of_text(Role.ASSISTANT, "Because of the light.")
    assert ended.error is None
    assert (ended.statistics.stop_reason, ended.statistics.generated_tokens) == (StopReason.END, 4)
    assert shown_in(events).strip() == "Because of the light."


def test_the_model_is_asked_with_the_system_prompt_the_messages_and_the_settings():
    model = ScriptedModel("Yes.")
    tools = ({"name": "look"},)
    request = request_of("One", "1", "Two", system_prompt="Be kind.", sampling=Sampling(top_k=3), tools=tools)
    play(model, request)
    messages = (Message.of_text(Role.SYSTEM, "Be kind."), *(node.message for node in request.path))
    assert model.questions == [Question(messages, tools, Sampling(top_k=3), "")]


def test_the_oldest_messages_of_a_long_conversation_are_left_out():
    request = request_of(*["some words here"] * 30, "The newest question")
    model = ScriptedModel("Yes.", context_length=200)
    play(model, request)
    seen = model.questions[0].messages
    assert 1 < len(seen) < len(request.path)
    assert seen == tuple(node.message for node in request.path[-len(seen) :])
    assert seen[0].role is Role.USER


def test_thinking_text_and_calls_are_told_apart():
    reply = "<think>Let me look.</think>I look.<|tool_call_start|>[look(at='lake')]<|tool_call_end|>"
    ended = play(ScriptedModel(reply), request_of("Blue?"))[-1]
    thought, text, call = ended.message.parts
    assert (type(thought), thought.text) == (ReasoningPart, "Let me look.")
    assert (type(text), text.text) == (TextPart, "I look.")
    assert (type(call), call.name, call.arguments) == (ToolCallPart, "look", {"at": "lake"})
    assert ended.message.raw == reply


def test_a_reply_that_begins_inside_a_thought_is_read_as_one():
    model = ScriptedModel(ScriptedReply(["Hm", "...", "</think>", "Yes."], starts_in_reasoning=True))
    ended = play(model, request_of("Why?"))[-1]
    assert (ended.message.reasoning, ended.message.text) == ("Hm...", "Yes.")


def test_what_was_written_before_a_stop_stays():
    cancel = threading.Event()
    model = ScriptedModel(ScriptedReply(["One ", "two ", cancel.set, "three ", "four"]))
    ended = play(model, request_of("Count"), cancel)[-1]
    assert ended.message.text == "One two"
    assert ended.error is None
    assert ended.statistics.stop_reason is StopReason.CANCELLED


def test_a_stop_while_the_prompt_is_read_gives_an_empty_answer():
    cancel = threading.Event()
    cancel.set()
    events = play(ScriptedModel("never said"), request_of("Hi"), cancel)
    assert isinstance(events[-1], ReplyEnded)
    assert events[-1].message == Message(Role.ASSISTANT)
    assert events[-1].statistics.stop_reason is StopReason.CANCELLED


def test_what_was_written_before_a_fault_stays():
    fault = EngineError("The engine failed while answering.", "Try again.")
    model = ScriptedModel(ScriptedReply(["<think>", "Hm", "</think>", "So ", "far", fault]))
    ended = play(model, request_of("Go"))[-1]
    assert ended.error is fault
    assert (ended.message.reasoning, ended.message.text) == ("Hm", "So far")
    assert ended.statistics.stop_reason is StopReason.ERROR


def test_a_template_that_refuses_is_told_and_nothing_is_written():
    refusal = TemplateError("The model's chat template refuses this chat.")
    events = play(ScriptedModel(ScriptedReply(refusal=refusal)), request_of("Go"))
    assert len(events) == 1
    assert events[-1].error is refusal
    assert events[-1].message.parts == ()


def test_a_question_that_cannot_fit_is_not_asked():
    model = ScriptedModel("never said", context_length=100)
    events = play(model, request_of("word " * 200))
    assert [type(event) for event in events] == [ReplyEnded]
    assert isinstance(events[0].error, PromptTooLongError)
    assert model.questions == []


def test_another_model_than_the_chosen_one_is_not_asked():
    model = ScriptedModel("never said", model_path="other.gguf")
    (ended,) = play(model, request_of("Hi", model_path="chosen.gguf"))
    assert str(ended.error) == "The model that was to answer is not loaded."
    assert ended.error.hint
    assert model.questions == []


def test_a_mistake_of_the_program_is_not_taken_for_a_fault_of_the_world():
    def blunder():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        play(ScriptedModel(ScriptedReply([blunder])), request_of("Go"))


def test_an_answer_that_was_cut_off_is_gone_on_with():
    model = ScriptedModel(ScriptedReply(["with ", "this."]))
    events = play(model, request_of("Go", prefill="<think>Hm</think>I go on "))
    assert model.questions[0].prefill == "<think>Hm</think>I go on "
    ended = events[-1]
    assert ended.message.raw == "<think>Hm</think>I go on with this."
    assert (ended.message.reasoning, ended.message.text) == ("Hm", "I go on with this.")
    assert shown_in(events) == "HmI go on with this."


def test_what_was_written_earlier_survives_a_failure_to_go_on():
    model = ScriptedModel(ScriptedReply(refusal=EngineError("No.")))
    ended = play(model, request_of("Go", prefill="As I was saying"))[-1]
    assert ended.message.text == "As I was saying"
    assert ended.error is not None


def test_a_growing_answer_is_saved_about_once_a_second(clock):
    def pass_time():
        clock.advance(0.5)

    steps = [step for number in range(10) for step in (f"{number} ", pass_time)]
    events = play(ScriptedModel(ScriptedReply(steps)), request_of("Count"))
    saved = [event.message.text for event in events if isinstance(event, ReplySnapshot)]
    assert saved == ["0 1 2", "0 1 2 3 4", "0 1 2 3 4 5 6", "0 1 2 3 4 5 6 7 8"]


def test_an_unfinished_thought_is_saved_with_its_time_so_far(clock):
    def pass_time():
        clock.advance(3)

    model = ScriptedModel(ScriptedReply(["<think>", "Let ", pass_time, "me ", "see", "</think>"]))
    saved = [event.message for event in play(model, request_of("Hi")) if isinstance(event, ReplySnapshot)]
    (thought,) = saved[0].parts
    assert (thought.text, thought.is_closed, thought.elapsed_ms) == ("Let me", False, 3000)


def test_each_thought_says_how_long_it_took_and_how_many_tokens(clock):
    def pass_time():
        clock.advance(2)

    steps = [
        *("<think>", "One ", pass_time, "two ", "three", "</think>", "Text ", pass_time, "and "),
        *("<think>", "four ", pass_time, pass_time, "five", "</think>", "End"),
    ]
    ended = play(ScriptedModel(ScriptedReply(steps)), request_of("Hi"))[-1]
    first, _, second, _ = ended.message.parts
    assert (first.elapsed_ms, second.elapsed_ms) == (2000, 4000)
    assert 3 <= first.token_count <= 5
    assert 2 <= second.token_count <= 4


def test_an_answer_that_repeats_itself_without_end_is_stopped():
    steps = ["I", " will", " check", " that", " once", " more", ".", " "] * 2000
    model = ScriptedModel(ScriptedReply(steps))
    ended = play(model, request_of("Go"))[-1]
    assert ended.statistics.stop_reason is StopReason.LOOP
    assert ended.repeat is not None
    assert "check that once more" in ended.message.raw[ended.repeat.start : ended.repeat.end]
    assert ended.statistics.generated_tokens < len(steps)
