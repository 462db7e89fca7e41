"""Text that repeats what came before is written faster, and not a token of it is another one."""

import math
import threading

import pytest

from app.core.generation import StopReason
from app.core.language_model import Piece
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.engine.writing import GuessCost
from tests.support.asking import (
    GREEDY,
    WEATHER,
    Answer,
    answered_by_a_fresh_engine,
    ask,
    assistant,
    user,
)

LOOP = "Go into a loop."
SENTENCE = "Wait, let me check that once more. "
"""What the tiny model then says again and again."""
STORY = "One day a stone fell into a lake. The lake was small, and the stone was in it. "


@pytest.fixture
def guessing(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The tiny model, with guesses that cost as little as they should, whatever else this computer does."""
    monkeypatch.setattr(GuessCost, "least_accepted", lambda _: 0.5)
    tiny.guesses_repeated_text = True
    return tiny


def without_guesses(engine: Engine, messages, sampling=GREEDY, tools=(), prefill="") -> Answer:
    """The same asked of a model that remembers nothing and guesses nothing."""
    engine._require().cache.clear()
    engine.guesses_repeated_text = False
    answer = ask(engine, messages, sampling, tools, prefill)
    engine._require().cache.clear()
    engine.guesses_repeated_text = True
    assert not answer.statistics.guessed_tokens
    return answer


def same(one: Answer, other: Answer) -> bool:
    figures = [(it.statistics.generated_tokens, it.statistics.stop_reason) for it in (one, other)]
    return one.text == other.text and figures[0] == figures[1]


@pytest.mark.parametrize("question", [LOOP, STORY * 2, "What is 17 + 25?"])
@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=0, max_tokens=120),
        *(Sampling(temperature=0.3, seed=seed, max_tokens=80) for seed in range(4)),
        Sampling(temperature=1.0, seed=7, max_tokens=80, repeat_penalty=1.05),
        Sampling(temperature=0.8, seed=8, max_tokens=80, xtc_probability=0.5, dry_multiplier=0.8),
    ],
    ids=lambda sampling: f"{sampling.temperature}-{sampling.seed}",
)
def test_an_answer_is_the_same_with_and_without_guesses(guessing, question, sampling):
    expected = without_guesses(guessing, question, sampling)
    answer = ask(guessing, question, sampling)
    assert same(answer, expected)
    assert answer.statistics.generated_tokens == expected.statistics.generated_tokens


def test_most_of_a_loop_is_guessed(guessing):
    answer = ask(guessing, LOOP, Sampling(temperature=0, max_tokens=120))
    assert answer.statistics.generated_tokens == 120
    assert answer.statistics.guessed_tokens > 60


def test_the_starter_model_repeats_a_text_as_without_guesses(starter, monkeypatch):
    monkeypatch.setattr(GuessCost, "least_accepted", lambda _: 0.5)
    question = "Say hello hello hello hello Hello Hello Hello Hello Hello Hello"
    sampling = Sampling(temperature=0, max_tokens=40)
    expected = without_guesses(starter, question, sampling)
    answer = ask(starter, question, sampling)
    assert same(answer, expected)
    assert answer.statistics.guessed_tokens > 10


def test_a_seed_gives_the_starter_model_the_same_answer_each_time(starter, monkeypatch):
    """Without guesses it may be another: scores of one token and of four differ in the second digit."""
    monkeypatch.setattr(GuessCost, "least_accepted", lambda _: 0.5)
    question = "Say hello hello hello hello Hello Hello Hello Hello Hello Hello"
    for seed in range(3):
        sampling = Sampling(temperature=0.5, seed=seed, max_tokens=40)
        starter._require().cache.clear()
        first = ask(starter, question, sampling)
        starter._require().cache.clear()
        assert same(ask(starter, question, sampling), first)


@pytest.mark.parametrize("most", range(40, 48))
def test_an_answer_ends_where_it_should_in_the_middle_of_a_guess(guessing, tiny_path, most):
    sampling = Sampling(temperature=0, max_tokens=most)
    expected = without_guesses(guessing, LOOP, sampling)
    answer = ask(guessing, LOOP, sampling)
    assert same(answer, expected)
    assert answer.statistics.guessed_tokens
    turns = [user(LOOP), assistant(answer.text + "</think>"), user("Hello")]
    assert ask(guessing, turns).text == answered_by_a_fresh_engine(tiny_path, turns).text


def test_nothing_stays_in_memory_that_was_guessed_and_not_written(guessing):
    loaded = guessing._require()
    for most in range(40, 48):
        answer = ask(guessing, LOOP, Sampling(temperature=0, max_tokens=most))
        prompt = loaded.positions([user(LOOP)])[1]
        # The last token of an answer is not read.
        assert len(loaded.cache) == len(prompt) + answer.statistics.generated_tokens - 1
        assert loaded.context.length() == len(loaded.cache)


@pytest.mark.parametrize("length", range(1, 36, 4))
def test_a_stop_string_ends_an_answer_in_the_middle_of_a_guess(guessing, tiny_path, length):
    stop = SENTENCE * 3 + SENTENCE[:length]
    sampling = Sampling(temperature=0, max_tokens=120, stop=(stop,))
    expected = without_guesses(guessing, LOOP, sampling)
    answer = ask(guessing, LOOP, sampling)
    assert same(answer, expected)
    assert answer.statistics.stop_reason is StopReason.STOP_STRING
    assert answer.statistics.guessed_tokens
    turns = [user(LOOP), assistant(answer.text), user("Hello")]
    assert ask(guessing, turns).text == answered_by_a_fresh_engine(tiny_path, turns).text


@pytest.mark.parametrize("pieces", range(30, 36))
def test_who_stops_an_answer_in_the_middle_of_a_guess_goes_on_with_it(guessing, pieces):
    cancel = threading.Event()
    events = []
    for event in guessing.answer([user(LOOP)], [], GREEDY, cancel):
        events.append(event)
        if sum(isinstance(it, Piece) for it in events) >= pieces:
            cancel.set()
    stopped = Answer(events)
    assert stopped.statistics.stop_reason is StopReason.CANCELLED
    assert stopped.statistics.guessed_tokens
    rest = ask(guessing, LOOP, Sampling(temperature=0, max_tokens=30), prefill=stopped.text)
    assert rest.statistics.prompt_tokens - rest.statistics.cached_tokens < 16
    assert same(
        rest, without_guesses(guessing, LOOP, Sampling(temperature=0, max_tokens=30), prefill=stopped.text)
    )


@pytest.mark.parametrize("pieces", range(30, 36))
def test_an_answer_that_is_given_up_in_the_middle_of_a_guess_harms_no_other_one(guessing, tiny_path, pieces):
    given_up = guessing.answer([user(LOOP)], [], GREEDY, threading.Event())
    for _ in range(pieces):
        next(given_up)
    turns = [user("Tell me a story.")]
    other = ask(guessing, turns)
    assert not list(given_up)
    assert other.text == answered_by_a_fresh_engine(tiny_path, turns).text
    assert ask(guessing, turns).text == other.text


def test_a_full_context_ends_an_answer_at_the_same_token(tiny_path):
    engine = Engine()
    engine.load(tiny_path, LoadOptions(context_length=256), lambda share: None)
    engine.guesses_repeated_text = True
    expected = without_guesses(engine, LOOP)
    answer = ask(engine, LOOP)
    engine.unload()
    assert same(answer, expected)
    assert answer.statistics.stop_reason is StopReason.CONTEXT_FULL
    assert answer.statistics.guessed_tokens


def test_a_call_that_is_held_to_its_form_is_not_guessed(guessing):
    turns = [user("What is the weather in Paris?")]
    called = without_guesses(guessing, turns, tools=[WEATHER])
    assert "get_weather" in called.text
    turns += [assistant(called.text), *turns]
    expected = without_guesses(guessing, turns, tools=[WEATHER])
    assert same(ask(guessing, turns, tools=[WEATHER]), expected)


def test_a_model_that_cannot_take_tokens_back_does_not_guess(guessing):
    guessing._require().context.take_back_length = 2
    assert not ask(guessing, LOOP, Sampling(temperature=0, max_tokens=120)).statistics.guessed_tokens


def cost_after(alone: float, with_guess: float) -> GuessCost:
    cost = GuessCost()
    for _ in range(12):
        cost.add(alone, with_guess=False)
        cost.add(with_guess, with_guess=True)
    return cost


@pytest.mark.parametrize(
    ("ratio", "least"),
    [(0.9, 0.5), (1.25, 0.5), (1.6, 1.0), (2.0, 1.0), (2.4, 1.5), (3.9, 3.0), (4.0, math.inf)],
)
def test_the_dearer_a_guess_is_the_more_of_it_must_be_right(ratio, least):
    assert cost_after(0.03, 0.03 * ratio).least_accepted() == least


def test_what_a_guess_costs_is_settled_once_and_taken_for_dear_before():
    cost = GuessCost()
    told = []
    for number in range(200):
        cost.add(0.03, with_guess=False)
        cost.add(1.0 if number % 3 else 0.04, with_guess=True)
        told.append(cost.least_accepted())
    assert set(told[:11]) == {2.0}
    assert set(told[11:]) == {0.5}


def test_nothing_is_guessed_where_it_was_too_dear(tiny):
    cost = tiny._require().guess_cost
    for _ in range(12):
        cost.add(0.001, with_guess=False)
        cost.add(0.1, with_guess=True)
    assert not ask(tiny, LOOP, Sampling(temperature=0, max_tokens=60)).statistics.guessed_tokens


def test_an_answer_goes_on_where_the_engine_takes_nothing_back(guessing, monkeypatch):
    expected = without_guesses(guessing, LOOP, Sampling(temperature=0, max_tokens=60))
    context = guessing._require().context
    cut = context.cut
    monkeypatch.setattr(context, "cut", lambda length: length >= context.length() and cut(length))
    answer = ask(guessing, LOOP, Sampling(temperature=0, max_tokens=60))
    assert same(answer, expected)
