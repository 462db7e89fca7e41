"""A prompt is read once: what the model still remembers is not read again, and the answer stays the same."""

import threading
import time

import pytest

from app.core.generation import StopReason
from app.core.language_model import PromptProgress
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.engine.prompt_cache import RECENT_DISTANCE, ReadingStopped
from tests.support.asking import (
    GREEDY,
    WEATHER,
    Answer,
    answered_by_a_fresh_engine,
    ask,
    assistant,
    system,
    user,
)

SHORT = Sampling(temperature=0, max_tokens=12)


def test_a_second_turn_reads_only_what_is_new(starter):
    question = user("What colour is the sky on a clear day?")
    first = ask(starter, [question], SHORT)
    second = ask(starter, [question, assistant(first.text), user("And at night?")], SHORT)
    known = first.statistics.prompt_tokens + first.statistics.generated_tokens - 1
    assert second.statistics.cached_tokens >= known
    assert second.statistics.prompt_tokens - second.statistics.cached_tokens < 20


def test_the_same_question_again_reads_only_the_opening_of_the_reply(starter):
    first = ask(starter, "Say hello.", SHORT)
    again = ask(starter, "Say hello.", SHORT)
    opening = starter.count_tokens("\n<|im_start|>assistant\n")
    assert again.statistics.cached_tokens == first.statistics.prompt_tokens - opening
    assert again.text == first.text


def test_a_continued_answer_is_not_read_again(starter):
    first = ask(starter, "Tell me about lakes.", Sampling(temperature=0, max_tokens=48))
    rest = ask(starter, "Tell me about lakes.", SHORT, prefill=first.text)
    assert rest.statistics.prompt_tokens - rest.statistics.cached_tokens < 8


def test_another_conversation_shares_only_its_beginning(starter):
    ask(starter, "Tell me about lakes.", SHORT)
    other = ask(starter, "Why is it raining?", SHORT)
    opening = starter.count_tokens(
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\n"
    )
    assert other.statistics.cached_tokens == opening


def test_a_stopped_prompt_is_gone_on_with(starter):
    """Attention memory keeps the batches that were read before the stop."""
    question = [user("Count the words. " + "stone " * 900)]
    cancel = threading.Event()
    stopped = []
    for event in starter.answer(question, [], SHORT, cancel):
        stopped.append(event)
        if isinstance(event, PromptProgress) and event.read_tokens > event.cached_tokens:
            cancel.set()
    read = Answer(stopped).progress[-1].read_tokens
    again = ask(starter, question, SHORT)
    assert again.statistics.cached_tokens == read
    assert again.text == ask(starter, question, SHORT).text


@pytest.mark.measures
def test_a_stop_in_the_middle_of_a_batch_takes_effect_at_once(starter):
    """A batch of 512 tokens takes the starter model a second; nobody waits for its end."""
    cancel = threading.Event()
    answer = starter.answer([user("Count the words. " + "cloud " * 900)], [], SHORT, cancel)
    first = next(answer)
    assert isinstance(first, PromptProgress)
    stopped_at: list[float] = []

    def stop() -> None:
        stopped_at.append(time.perf_counter())
        cancel.set()

    timer = threading.Timer(0.1, stop)
    timer.start()
    rest = Answer([first, *answer])
    ended_at = time.perf_counter()
    timer.join()
    assert rest.statistics.stop_reason is StopReason.CANCELLED
    assert rest.progress[-1].read_tokens < rest.progress[-1].total_tokens
    assert ended_at - stopped_at[0] < 0.3
    assert ask(starter, "Say hello.", SHORT).text


@pytest.mark.parametrize("model", ["tiny_path", "tiny_moe_path"])
def test_a_hybrid_model_reads_only_the_new_turn_after_its_thought_was_left_out(request, model):
    """LFM2's template leaves past thoughts out, so the second prompt parts from what the model remembers."""
    path = request.getfixturevalue(model)
    engine = Engine()
    engine.load(path, LoadOptions(context_length=2048), lambda share: None)
    opening = system("You are a helpful assistant. " + "Be kind to everyone. " * 20)
    turns = [opening, user("What is 17 + 25?")]
    first = ask(engine, turns)
    turns += [assistant(first.text), user("What is the capital of France?")]
    second = ask(engine, turns)
    turns += [assistant(second.text), user("What is 17 + 25?")]
    third = ask(engine, turns)
    engine.unload()

    for answer in (second, third):
        new = answer.statistics.prompt_tokens - answer.statistics.cached_tokens
        assert new < 100 < answer.statistics.cached_tokens
    assert second.text == answered_by_a_fresh_engine(path, turns[:4]).text
    assert third.text == answered_by_a_fresh_engine(path, turns).text


def test_no_later_turn_of_a_hybrid_model_reads_more_than_the_third(tiny):
    """Each prompt parts from the one before where the thought of the answer before the last is left out."""
    turns = [system("Be kind to everyone. " * 20)]
    read = []
    for _ in range(7):
        turns.append(user("What is 17 + 25?"))
        answer = ask(tiny, turns)
        read.append(answer.statistics.prompt_tokens - answer.statistics.cached_tokens)
        turns.append(assistant(answer.text))
    assert answer.text.startswith("<think>")
    assert max(read[3:]) <= read[2] + 8
    assert answer.statistics.prompt_tokens > 3 * read[-1]


def test_an_edit_in_the_middle_of_a_long_text_goes_back_to_the_batch_before_it(tiny, tiny_path):
    text = "lake " * 330 + "stone " + "lake " * 100
    ask(tiny, text)
    edited = [user(text.replace("stone", "sky"))]
    answer = ask(tiny, edited)
    assert answer.statistics.cached_tokens >= 512
    assert answer.text == answered_by_a_fresh_engine(tiny_path, edited).text


def test_a_hybrid_model_asked_again_reads_only_the_opening_of_its_reply(tiny):
    turns = [system("Be kind to everyone. " * 20), user("Tell me a story.")]
    first = ask(tiny, turns)
    again = ask(tiny, turns)
    assert again.statistics.prompt_tokens - again.statistics.cached_tokens <= 5
    assert again.text == first.text


def test_an_edited_question_goes_back_to_the_turn_before(tiny, tiny_path):
    turns = [user("Hello"), assistant(ask(tiny, "Hello").text), user("Tell me a story.")]
    ask(tiny, turns)
    edited = [*turns[:2], user("Show me some HTML.")]
    answer = ask(tiny, edited)
    assert answer.statistics.cached_tokens > 0
    assert answer.text == answered_by_a_fresh_engine(tiny_path, edited).text


def test_a_hybrid_model_is_sound_after_a_stop_in_its_prompt(tiny, tiny_path):
    ask(tiny, "Hello", tools=[WEATHER])
    cancel = threading.Event()
    for event in tiny.answer([user("lake " * 600)], [], GREEDY, cancel):
        if isinstance(event, PromptProgress) and event.read_tokens > event.cached_tokens:
            cancel.set()
    turns = [user("Tell me a story.")]
    assert ask(tiny, turns).text == answered_by_a_fresh_engine(tiny_path, turns).text


def test_an_aborted_batch_leaves_a_hybrid_model_sound(tiny, tiny_path):
    """A batch of the tiny model is over in a millisecond, so the stop is requested before it begins."""
    turns = [user("Hello"), assistant(ask(tiny, "Hello").text)]
    loaded = tiny._require()
    loaded.context.request_abort()
    assert loaded.context.read([5] * 100) == 2
    loaded.context.clear_abort()
    loaded.cache._go_back(len(loaded.cache))
    turns.append(user("Tell me a story."))
    assert ask(tiny, turns).text == answered_by_a_fresh_engine(tiny_path, turns).text


def test_a_hybrid_model_keeps_what_it_wrote_before_a_stop_string(tiny, tiny_path):
    """The next prompt parts from its memory where that string began, in the middle of what it wrote."""
    question = user("Tell me a story.")
    whole = ask(tiny, [question], Sampling(temperature=0, max_tokens=60))
    stop = whole.text.rpartition(" ")[2]
    tiny._require().cache.clear()
    first = ask(tiny, [question], Sampling(temperature=0, max_tokens=60, stop=(stop,)))
    assert first.statistics.stop_reason is StopReason.STOP_STRING
    turns = [question, assistant(first.text), user("And then?")]
    second = ask(tiny, turns)
    kept = first.statistics.prompt_tokens + tiny.count_tokens(first.text)
    assert kept - 2 * RECENT_DISTANCE < second.statistics.cached_tokens <= kept
    assert second.text == answered_by_a_fresh_engine(tiny_path, turns).text


@pytest.mark.parametrize("left_out", range(1, 9))
def test_a_hybrid_models_answer_goes_on_from_a_little_before_its_end(tiny, left_out):
    """The words that it is continued from are tokenized anew, and their last tokens may be others then."""
    first = ask(tiny, "Tell me a story.", Sampling(temperature=0, max_tokens=60))
    begun = first.text[:-left_out]
    rest = ask(tiny, "Tell me a story.", prefill=begun)
    assert rest.statistics.prompt_tokens - rest.statistics.cached_tokens < 16
    tiny._require().cache.clear()
    assert ask(tiny, "Tell me a story.", prefill=begun).text == rest.text


def test_the_last_tokens_of_a_prompt_are_taken_back_without_a_checkpoint(tiny, tiny_path):
    loaded = tiny._require()
    cache, prompt = loaded.cache, loaded.prompt_tokens("One day a stone fell into a lake. " * 6)
    never = threading.Event()

    def scores_after(*readings: list[int]) -> list[float]:
        for tokens in readings:
            cache.keep_beginning_of(tokens, len(tokens))
            assert list(cache.read(tokens[len(cache) :], never))
        return loaded.context.scores(loaded.model.vocabulary_size).tolist()

    for count in range(1, loaded.context.take_back_length + 1):
        other = [*prompt[:-count], *prompt[:3]]
        cache.clear()
        assert list(cache.read(prompt, never))
        assert cache.reach(other) == len(prompt) - count
        parted = scores_after(other)
        cache.clear()
        assert scores_after(other) == parted


def test_a_short_batch_that_was_stopped_leaves_a_hybrid_model_sound(tiny, tiny_path):
    """The library would take the tokens of so short a batch back, to a state that was never saved."""
    turns = [user("Hello"), assistant(ask(tiny, "Hello").text)]
    loaded = tiny._require()
    loaded.context.request_abort()
    with pytest.raises(ReadingStopped):
        list(loaded.cache.read([5] * 4, threading.Event()))
    loaded.context.clear_abort()
    turns.append(user("Tell me a story."))
    assert ask(tiny, turns).text == answered_by_a_fresh_engine(tiny_path, turns).text
