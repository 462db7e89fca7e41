"""What the next question needs is read before it is asked, and gives way to real work."""

import threading

import pytest

from app.core.message import Message
from app.core.sampling import Sampling
from app.engine import prompt_reading
from app.engine.engine import Engine
from app.engine.prompt_cache import ReadingStopped
from tests.support.asking import GREEDY, Answer, answered_by_a_fresh_engine, ask, assistant, system, user

HEAD = system("Be kind to everyone. " * 20)
QUESTION = "What is the capital of France?"


def read_tokens(answer: Answer) -> int:
    return answer.statistics.prompt_tokens - answer.statistics.cached_tokens


def read_ahead(engine: Engine, turns: list[Message], typed: str = "", cancel: bool = False) -> None:
    stop = threading.Event()
    if cancel:
        stop.set()
    engine.read_ahead([[*turns, user(f"{typed} {more}".strip())] for more in ("a", "7")], [], stop)


@pytest.mark.parametrize("model", ["tiny", "tiny_moe"])
def test_after_reading_ahead_a_turn_reads_its_question_and_the_opening(request, model):
    engine = request.getfixturevalue(model)
    turns = [HEAD]
    for _ in range(4):
        turns.append(user(QUESTION))
        answer = ask(engine, turns)
        turns.append(assistant(answer.text))
        read_ahead(engine, turns)
        expected = read_tokens(answer) if len(turns) == 3 else engine.count_tokens(QUESTION) + 12
        assert read_tokens(answer) <= expected


def test_the_answer_is_then_exactly_that_of_an_engine_that_reads_everything(tiny, tiny_path):
    turns = [HEAD, user("What is 17 + 25?")]
    turns.append(assistant(ask(tiny, turns).text))
    read_ahead(tiny, turns)
    cache = tiny._require().cache
    assert cache._read_length == len(cache)
    turns.append(user("Tell me a story."))
    assert ask(tiny, turns).text == answered_by_a_fresh_engine(tiny_path, turns).text


def test_the_answer_can_still_be_continued_and_asked_for_anew(tiny):
    turns = [HEAD, user("Tell me a story.")]
    first = ask(tiny, turns, Sampling(temperature=0, max_tokens=30))
    read_ahead(tiny, [*turns, assistant(first.text + "</think>")])
    continued = ask(tiny, turns, Sampling(temperature=0, max_tokens=4), prefill=first.text)
    assert read_tokens(continued) <= 40
    read_ahead(tiny, [*turns, assistant(first.text + "</think>")])
    again = ask(tiny, turns, Sampling(temperature=0, max_tokens=30))
    assert read_tokens(again) <= 5
    assert again.text == first.text


def test_words_that_are_typed_are_read_and_dropped_when_they_change(tiny, tiny_path):
    turns = [HEAD, user("What is 17 + 25?")]
    turns.append(assistant(ask(tiny, turns).text))
    draft = "lake stone sky " * 20 + "lake"
    read_ahead(tiny, turns, draft)
    sent = ask(tiny, [*turns, user(draft + " lake")])
    assert read_tokens(sent) < 20
    read_ahead(tiny, turns, "Now something else entirely. " * 10)
    changed = [*turns, user(QUESTION)]
    answer = ask(tiny, changed)
    assert read_tokens(answer) <= tiny.count_tokens(QUESTION) + 12
    assert answer.text == answered_by_a_fresh_engine(tiny_path, changed).text


def test_reading_ahead_that_is_stopped_leaves_what_was_in_memory(tiny, monkeypatch):
    turns = [HEAD, user("What is 17 + 25?")]
    turns.append(assistant(ask(tiny, turns).text))
    cache = tiny._require().cache
    before = cache.reach(tiny._prompt(tiny._require(), [*turns, user(QUESTION)], []))

    def stop(*_: object) -> object:
        raise ReadingStopped

    with monkeypatch.context() as patch:
        patch.setattr(cache, "read", stop)
        read_ahead(tiny, turns)
    assert cache.reach(tiny._prompt(tiny._require(), [*turns, user(QUESTION)], [])) >= before
    assert ask(tiny, [*turns, user(QUESTION)], GREEDY).statistics.cached_tokens >= before


def test_nothing_is_read_once_it_is_cancelled(tiny):
    turns = [HEAD, user("stone " * 100)]
    read_ahead(tiny, turns, cancel=True)
    assert len(tiny._require().cache) == 0


def test_a_prompt_that_does_not_fit_is_not_read_ahead(tiny):
    read_ahead(tiny, [HEAD, user("stone " * 3000)])
    assert len(tiny._require().cache) == 0


@pytest.mark.parametrize(("tokens_a_second", "then"), [(10, 16), (160, 40), (10_000, 128)])
def test_batches_are_as_large_as_can_be_read_in_a_moment(tiny, tiny_path, monkeypatch, tokens_a_second, then):
    """So that little is lost on slow computers where the reading is stopped, and time on none."""
    turns = [HEAD, user("What is 17 + 25?"), assistant("It is 42. " * 60)]
    context = tiny._require().context
    sizes: list[int] = []

    def read(tokens: list[int]) -> int:
        sizes.append(len(tokens))
        return type(context).read(context, tokens)

    monkeypatch.setattr(context, "read", read)
    monkeypatch.setattr(prompt_reading, "perf_counter", lambda: sum(sizes) / tokens_a_second)
    read_ahead(tiny, turns)
    assert sizes[0] == 16
    assert max(sizes[1:]) == then
    assert min(sizes) > 1
    monkeypatch.undo()
    turns.append(user("Tell me a story."))
    assert ask(tiny, turns).text == answered_by_a_fresh_engine(tiny_path, turns).text
