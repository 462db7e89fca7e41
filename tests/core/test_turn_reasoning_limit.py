"""A thought that takes too long is closed in the model's place, and the answer goes on behind it."""

import threading
from dataclasses import replace

import pytest

from app.core.conversation import MessageNode
from app.core.generation import StopReason
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.core.reasoning_markers import REASONING
from app.core.reasoning_timer import ReasoningProgress, ReasoningTimer
from app.core.sampling import Sampling
from app.core.stream import PartFinished, PartStarted
from app.core.turn import run_turn
from app.core.turn_event import ReplyGrew
from app.core.turn_request import TurnRequest
from tests.fakes.scripted_model import ScriptedModel, ScriptedReply

QUESTION = MessageNode(Message.of_text(Role.USER, "Why?"))


def request(**details):
    return TurnRequest((QUESTION,), system_prompt="", sampling=Sampling(), **details)


def play(model, asked, answer_now=None, cancel=None):
    return list(run_turn(model, asked, cancel or threading.Event(), answer_now=answer_now))


def ended(events):
    return events[-1]


def test_the_answer_follows_at_once_when_it_is_wanted_now():
    now = threading.Event()
    model = ScriptedModel(
        ScriptedReply(["<think>", "One ", "two ", now.set, "three ", "four ", "five "]), "It is so."
    )
    end = ended(play(model, request(), now))
    thought, text = end.message.parts
    assert (thought.text, thought.is_closed, thought.token_count) == ("One two three", True, 3)
    assert text.text == "It is so."
    assert model.questions[1].prefill == "<think>One two three \n</think>\n\n"
    assert end.statistics.stop_reason is StopReason.END
    assert end.statistics.generated_tokens == 4 + 3
    assert end.message.raw == "<think>One two three \n</think>\n\nIt is so."


def test_nothing_is_closed_while_the_model_answers():
    now = threading.Event()
    now.set()
    model = ScriptedModel("It is so, and no thought was needed.")
    end = ended(play(model, request(), now))
    assert end.message.text == "It is so, and no thought was needed."
    assert len(model.questions) == 1


def test_a_thought_ends_at_the_presets_limit():
    model = ScriptedModel("<think> " + "word " * 50, "So.")
    end = ended(play(model, request(thinking_limit=10)))
    thought, text = end.message.parts
    assert thought.token_count == 10
    assert text.text == "So."


def test_a_thought_that_the_prompt_began_is_closed_as_well():
    model = ScriptedModel(
        ScriptedReply(["Hm ", "let ", "me ", "see "], starts_in_reasoning=True),
        ScriptedReply(["Yes."], starts_in_reasoning=True),
    )
    end = ended(play(model, request(thinking_limit=2)))
    assert (end.message.reasoning, end.message.text) == ("Hm let", "Yes.")


@pytest.mark.parametrize("markers", REASONING, ids=lambda markers: markers.opening)
def test_a_prompted_thought_is_closed_with_the_models_own_marker(markers):
    model = ScriptedModel(
        ScriptedReply(["Hm ", "let ", "me ", "see "], starts_in_reasoning=True, reasoning=markers),
        ScriptedReply(["Yes."], reasoning=markers),
    )
    end = ended(play(model, request(thinking_limit=2)))
    assert (end.message.reasoning, end.message.text) == ("Hm let", "Yes.")
    assert model.questions[1].prefill == f"Hm let {markers.ending}"


@pytest.mark.parametrize(
    ("opening", "ending"),
    [
        ("[THINK]", "[/THINK]"),
        ("<thought>", "\n</thought>\n\n"),
        (
            "<|channel|>analysis<|message|>",
            "<|end|><|start|>assistant<|channel|>final<|message|>",
        ),
    ],
)
def test_answer_now_closes_a_thought_as_its_model_does(opening, ending):
    now = threading.Event()
    model = ScriptedModel(ScriptedReply([opening, "One ", "two ", now.set, "three ", "four "]), "It is so.")
    end = ended(play(model, request(), now))
    assert (end.message.reasoning, end.message.text) == ("One two three", "It is so.")
    assert model.questions[1].prefill == f"{opening}One two three {ending}"


def test_an_answer_that_is_gone_on_with_keeps_the_words_before_its_thought():
    model = ScriptedModel(ScriptedReply(["more</think>", "So."], starts_in_reasoning=True))
    asked = replace(request(), prefill="Well. <think>Hm, ")
    end = ended(play(model, asked))
    assert [part.text for part in end.message.parts] == ["Well.", "Hm, more", "So."]


def test_an_answer_about_tags_is_gone_on_with_as_one_text():
    model = ScriptedModel(ScriptedReply(["opens a thought."]))
    end = ended(play(model, replace(request(), prefill='The tag "<think>" ')))
    assert [part.text for part in end.message.parts] == ['The tag "<think>" opens a thought.']


def test_a_model_that_thinks_on_is_closed_twice_and_then_left_to_it():
    again = "<think>more and more</think>Done."
    model = ScriptedModel("<think>One two three four", "<think>five six seven", again)
    end = ended(play(model, request(thinking_limit=3)))
    assert len(model.questions) == 3
    assert end.message.text == "Done."
    assert [part.text for part in end.message.parts if isinstance(part, ReasoningPart)] == [
        "One two three",
        "five",
        "more and more",
    ]


def test_stop_is_not_taken_for_an_end_of_the_thought():
    cancel, now = threading.Event(), threading.Event()

    def stop():
        now.set()
        cancel.set()

    model = ScriptedModel(ScriptedReply(["<think>", "One ", stop, "two ", "three "]))
    end = ended(play(model, request(), now, cancel))
    assert end.statistics.stop_reason is StopReason.CANCELLED
    assert len(model.questions) == 1


def test_the_growing_thought_tells_its_tokens():
    model = ScriptedModel("<think>One two three</think>Yes.")
    told = [event.thought for event in play(model, request()) if isinstance(event, ReplyGrew)]
    counts = [progress.token_count for progress in told if progress]
    assert counts == sorted(counts)
    assert counts[-1] >= 2
    assert told[-1] is None


def test_a_thought_that_is_gone_on_with_keeps_its_figures():
    begun = (ReasoningPart("One two", "<think>One two ", False, 5_000, 40),)
    model = ScriptedModel("three </think>So.")
    asked = replace(request(), prefill="<think>One two ", prefill_parts=begun)
    thought, text = ended(play(model, asked)).message.parts
    assert thought.text == "One two three"
    assert thought.elapsed_ms >= 5_000
    assert thought.token_count >= 41
    assert text == TextPart("So.", "So.")


def test_only_an_open_thought_has_progress():
    clock = ReasoningTimer()
    assert clock.progress is None
    clock.watch([PartStarted(0, "reasoning")], 3)
    progress = clock.progress
    assert isinstance(progress, ReasoningProgress)
    assert progress.token_count == 3
    clock.watch([PartFinished(0, ReasoningPart("x", "x"))], 1)
    assert clock.progress is None
    assert clock.token_count == 3
