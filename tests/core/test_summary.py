"""A conversation summed up by a model."""

import threading

import pytest

from app.core.conversation import MessageNode
from app.core.errors import Cancelled, EngineError
from app.core.generation import StopReason
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.core.prompt import room_for_answer
from app.core.sampling import Sampling
from app.core.summary import TASK, SummaryProgress, SummaryWritten, summarise, with_summary
from tests.fakes.scripted_model import ScriptedModel, ScriptedReply


def said(*texts):
    path = []
    for index, text in enumerate(texts):
        role = Role.ASSISTANT if index % 2 else Role.USER
        path.append(MessageNode(Message.of_text(role, text), path[-1].id if path else None))
    return path


def summary_of(model, path, sampling=None):
    *progress, written = summarise(model, path, sampling or Sampling(), threading.Event())
    assert isinstance(written, SummaryWritten)
    assert all(isinstance(event, SummaryProgress) for event in progress)
    return written.text


def test_a_short_conversation_is_asked_about_once_and_whole():
    model = ScriptedModel("Ada asked for a lighthouse.")
    path = said("I am Ada.", "Hello Ada.", "Tell me of a lighthouse.")
    assert summary_of(model, path) == "Ada asked for a lighthouse."
    question = model.questions[0].messages[0].text
    assert "User: I am Ada.\n\nAssistant: Hello Ada.\n\nUser: Tell me of a lighthouse." in question
    assert question.endswith(TASK)


def test_a_long_one_is_summed_up_part_by_part_and_nothing_is_left_out():
    model = ScriptedModel(*[f"Summary {number}" for number in range(1, 30)], context_length=400)
    path = said(*[f"fact{number} " * 20 for number in range(40)])
    text = summary_of(model, path)
    questions = [question.messages[0].text for question in model.questions]
    assert len(questions) > 3
    assert text == f"Summary {len(questions)}"
    for number in range(40):
        assert sum(question.count(f"fact{number} ") for question in questions) >= 19
    for number, question in enumerate(questions[1:], start=1):
        assert f"Summary {number}" in question
    room = 400 - room_for_answer(400)
    assert all(model.count_prompt_tokens(question.messages, ()) <= room for question in model.questions)


def test_one_message_longer_than_the_context_is_cut_into_pieces():
    model = ScriptedModel(*["So far."] * 40, context_length=400)
    summary_of(model, said(" ".join(f"word{number}" for number in range(1500))))
    everything = " ".join(question.messages[0].text for question in model.questions)
    for number in range(1500):
        assert f"word{number}" in everything


def test_the_summary_has_a_limit_and_no_stop_strings():
    model = ScriptedModel("Short.", context_length=1000)
    summary_of(model, said("Hello"), Sampling(max_tokens=5, stop=(".",), temperature=0.2))
    sampling = model.questions[0].sampling
    assert (sampling.max_tokens, sampling.stop, sampling.temperature) == (250, (), 0.2)


def test_what_the_model_thought_is_left_out():
    model = ScriptedModel("<think>Hm, what did they say?</think> They said hello.")
    path = said("Hello", "Hello to you")
    thought = ReasoningPart("secret", "<think>secret</think>")
    path[1] = MessageNode(Message(Role.ASSISTANT, (thought, TextPart("Hello", "Hello"))), path[0].id)
    assert summary_of(model, path) == "They said hello."
    assert "secret" not in model.questions[0].messages[0].text


def test_of_a_summary_that_runs_in_circles_the_sound_part_is_kept():
    round_and_round = "and then they went home again " * 200
    model = ScriptedModel(f"They met at noon. {round_and_round}")
    text = summary_of(model, said("Hello"))
    assert text.startswith("They met at noon.")
    assert len(text) < len(round_and_round) // 2


def test_progress_tells_the_part_and_the_words():
    model = ScriptedModel(*["one two three"] * 10, context_length=400)
    events = list(summarise(model, said(*["word " * 60] * 4), Sampling(), threading.Event()))[:-1]
    assert events[0].part == 1
    assert events[0].part_count == events[-1].part == events[-1].part_count > 1
    assert max(event.word_count for event in events) == 3


def test_a_stop_ends_it_without_a_summary():
    cancel = threading.Event()
    model = ScriptedModel(ScriptedReply(["one", cancel.set, " two"]))
    with pytest.raises(Cancelled):
        list(summarise(model, said("Hello"), Sampling(), cancel))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (ScriptedReply(refusal=EngineError("The engine failed.")), "engine failed"),
        (ScriptedReply([], stop_reason=StopReason.END), "wrote no summary"),
        ("<think>still thinking", "wrote no summary"),
    ],
)
def test_a_model_that_gives_none_is_said_in_words(reply, words):
    with pytest.raises(EngineError, match=words):
        summary_of(ScriptedModel(reply), said("Hello"))


def test_a_context_too_short_for_it_is_said_in_words():
    with pytest.raises(EngineError, match="too short") as caught:
        summary_of(ScriptedModel(context_length=200), said("Hello"))
    assert "longer context" in caught.value.hint


def test_the_new_system_prompt_keeps_the_old_one():
    prompt = with_summary("Be kind.", "They met.")
    assert prompt.startswith("Be kind.\n\n")
    assert prompt.endswith("\nThey met.")
    assert not with_summary("", "They met.").startswith("\n")
