"""What a person sees when real models answer."""

import threading
from itertools import pairwise

import pytest

from app.core.errors import EngineError
from app.core.generation import Statistics, StopReason
from app.core.language_model import Piece, PromptProgress, ReplyStarted
from app.core.message import Message, Role, ToolCallPart, ToolResultPart
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from tests.support.asking import GREEDY, WEATHER, Answer, ask, assistant, system, user

PARIS_CALL = '<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>'


def test_the_starter_model_answers_a_question(starter):
    answer = ask(starter, "What colour is the sky on a clear day?", Sampling(temperature=0, max_tokens=20))
    assert "blue" in answer.text


def test_events_come_in_their_order_and_the_statistics_last(starter):
    answer = ask(starter, "Hello", Sampling(temperature=0, max_tokens=4))
    kinds = [type(event) for event in answer.events]
    assert kinds[0] is PromptProgress
    assert kinds[-1] is Statistics
    assert kinds.count(ReplyStarted) == kinds.count(Statistics) == 1
    assert set(kinds[: kinds.index(ReplyStarted)]) == {PromptProgress}
    assert set(kinds[kinds.index(ReplyStarted) + 1 : -1]) == {Piece}


def test_figures_add_up(tiny):
    answer = ask(tiny, "Hello")
    figures = answer.statistics
    assert figures.prompt_tokens == answer.progress[-1].total_tokens == answer.progress[-1].read_tokens
    assert figures.generated_tokens == sum(piece.token_count for piece in answer.pieces)
    assert figures.cached_tokens == 0
    assert 0 < figures.prompt_ms <= figures.ttft_ms
    assert figures.decode_ms > 0
    assert figures.tokens_per_second > 0
    assert figures.stop_reason is StopReason.END


def test_markdown_arrives_as_it_was_written(tiny):
    text = ask(tiny, "Show me some Markdown.").text
    assert text.startswith("# Heading\n\nSome **bold**, *italic* and `code` text.\n")
    assert "| Name | Value |\n|---|---|\n| a | 1 |\n| b | 2 |\n" in text


def test_tool_call_markers_are_visible(tiny):
    assert ask(tiny, "What is the weather in Paris?", tools=[WEATHER]).text == PARIS_CALL


def test_a_tool_result_leads_to_an_answer(tiny):
    question = user("What is the weather in Paris?")
    call = Message(Role.ASSISTANT, (ToolCallPart("get_weather", {"city": "Paris"}, PARIS_CALL),))
    result = Message(
        Role.TOOL, (ToolResultPart("get_weather", '{"city": "Paris", "temp_c": 18, "sky": "sunny"}'),)
    )
    assert ask(tiny, [question, call, result], tools=[WEATHER]).text == "It is **18 °C** and sunny in Paris."


def test_a_template_with_tool_calls_of_its_own_leads_to_the_same_answer(tiny_moe):
    question = user("What is the weather in Paris?")
    call = Message(Role.ASSISTANT, (ToolCallPart("get_weather", {"city": "Paris"}, PARIS_CALL),))
    result = Message(
        Role.TOOL, (ToolResultPart("get_weather", '{"city": "Paris", "temp_c": 18, "sky": "sunny"}'),)
    )
    answer = ask(tiny_moe, [question, call, result], tools=[WEATHER])
    assert answer.text == "It is **18 °C** and sunny in Paris."


def test_thinking_arrives_with_its_tags(tiny):
    answer = ask(tiny, "What is 17 + 25?")
    assert answer.text.startswith("<think>\nThe user wants 17 + 25.")
    assert answer.text.endswith("</think>\n\nThe answer is **42**.")
    assert not answer.started.starts_in_reasoning


def test_a_system_prompt_is_obeyed(tiny):
    assert ask(tiny, [system("You are a pirate."), user("Hello")]).text.startswith("Ahoy, matey!")


def test_names_are_remembered_across_turns(tiny):
    turns = [user("My name is Yuki."), assistant("Nice to meet you, Yuki!"), user("What is my name?")]
    assert ask(tiny, turns).text == "Your name is Yuki."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Send me some emoji.", "🚀🎉 👩‍💻 ✅ 日本 é"),
        ("日本の首都はどこですか？", "日本の首都は**東京**です。人口は約1400万人です。"),
    ],
)
def test_characters_of_several_tokens_are_never_broken(tiny, question, expected):
    answer = ask(tiny, question)
    assert answer.text == expected
    assert all("\N{REPLACEMENT CHARACTER}" not in piece.text for piece in answer.pieces)
    assert max(piece.token_count for piece in answer.pieces) > 1


def test_an_empty_answer_is_an_answer(tiny):
    answer = ask(tiny, "Say nothing.")
    assert answer.pieces == []
    assert answer.statistics.stop_reason is StopReason.END
    assert answer.statistics.generated_tokens == 0


def test_an_answer_stops_at_the_token_limit(tiny):
    answer = ask(tiny, "Tell me a story.", Sampling(temperature=0, max_tokens=7))
    assert answer.statistics.generated_tokens == 7
    assert answer.statistics.stop_reason is StopReason.TOKEN_LIMIT


def test_a_stop_string_ends_the_answer_and_is_not_shown(tiny):
    answer = ask(tiny, "Tell me a story.", Sampling(temperature=0, stop=("by the sea", "never seen")))
    assert answer.text.endswith("a small robot lived in a lighthouse ")
    assert answer.statistics.stop_reason is StopReason.STOP_STRING


def test_an_endless_answer_ends_where_the_context_is_full(tiny_path):
    engine = Engine()
    engine.load(tiny_path, LoadOptions(context_length=256), lambda share: None)
    answer = ask(engine, "Go into a loop.")
    figures = answer.statistics
    assert figures.stop_reason is StopReason.CONTEXT_FULL
    assert figures.prompt_tokens + figures.generated_tokens == engine.context_length + 1
    assert ask(engine, "Hello").text.startswith("Hello!")
    engine.unload()


def test_a_prompt_longer_than_the_context_is_refused_in_words(tiny):
    with pytest.raises(EngineError, match=r"has [\d,]+ tokens, and the model's context holds 2,048"):
        ask(tiny, "word " * 3000)
    assert ask(tiny, "Hello").text.startswith("Hello!")


def test_an_answer_can_be_continued(tiny):
    whole = ask(tiny, "Tell me a story.").text
    half = whole[: whole.index("One winter")]
    rest = ask(tiny, "Tell me a story.", prefill=half)
    assert half + rest.text == whole


def test_a_thought_can_be_closed_for_the_model(tiny):
    thought = "<think>\nThe user wants 17 + 25. First 17 + 20 = 37, then 37 + 5 = 42.\n</think>\n\n"
    answer = ask(tiny, "What is 17 + 25?", prefill=thought)
    assert not answer.started.starts_in_reasoning
    assert answer.text == "The answer is **42**."


def test_a_reply_that_goes_on_inside_a_thought_says_so(tiny):
    answer = ask(tiny, "What is 17 + 25?", prefill="<think>\nThe user wants")
    assert answer.started.starts_in_reasoning
    assert answer.text.startswith(" 17 + 25.")


def test_an_answer_can_be_stopped_in_the_middle(tiny):
    cancel = threading.Event()
    events = []
    for event in tiny.answer([user("Tell me a story.")], [], GREEDY, cancel):
        events.append(event)
        if sum(isinstance(seen, Piece) for seen in events) == 5:
            cancel.set()
    answer = Answer(events)
    assert len(answer.pieces) == 5
    assert answer.statistics.stop_reason is StopReason.CANCELLED
    assert ask(tiny, "Hello").text.startswith("Hello!")


def test_an_answer_can_be_stopped_before_it_starts(tiny):
    cancel = threading.Event()
    cancel.set()
    answer = Answer(list(tiny.answer([user("Hello")], [], GREEDY, cancel)))
    assert answer.pieces == []
    assert answer.statistics.stop_reason is StopReason.CANCELLED


def test_an_answer_left_half_read_does_no_harm(tiny):
    expected = ask(tiny, "Tell me a story.").text
    for _ in range(3):
        left = tiny.answer([user("Tell me a story.")], [], GREEDY, threading.Event())
        while not isinstance(next(left), Piece):
            pass
        left.close()
    assert ask(tiny, "Tell me a story.").text == expected


def test_a_second_answer_ends_the_first(tiny):
    first = tiny.answer([user("Tell me a story.")], [], GREEDY, threading.Event())
    while not isinstance(next(first), Piece):
        pass
    assert ask(tiny, "Hello").text.startswith("Hello!")
    assert list(first) == []
    assert ask(tiny, "Hello").text.startswith("Hello!")


def test_unloading_ends_an_answer_that_is_still_read(tiny):
    answer = tiny.answer([user("Tell me a story.")], [], GREEDY, threading.Event())
    next(answer)
    tiny.unload()
    assert list(answer) == []


def test_without_a_model_nothing_is_answered():
    engine = Engine()
    with pytest.raises(EngineError, match="No model is loaded"):
        ask(engine, "Hello")
    assert engine.count_tokens("Hello") == 0
    assert engine.info is None


def test_the_prompt_begins_with_one_beginning_of_text(tiny):
    """The template writes it; the tokenizer must not add another."""
    counted = tiny.count_prompt_tokens([user("Hello")])
    assert counted == tiny.count_tokens(
        "<|startoftext|><|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    )
    assert counted == ask(tiny, "Hello").statistics.prompt_tokens


def test_reading_a_long_prompt_is_reported_as_it_goes(starter):
    question = "Count the words. " + "lake " * 900
    progress = ask(starter, question, Sampling(temperature=0, max_tokens=1)).progress
    read = [report.read_tokens for report in progress]
    assert len(read) >= 3
    assert all(before < after for before, after in pairwise(read))
    assert read[-1] == progress[0].total_tokens
