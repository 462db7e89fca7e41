"""A model on a server: what is sent, and what is made of its answers."""

import threading

import pytest

from app.core.conversation import MessageNode
from app.core.errors import ServerContextError, ServerError
from app.core.generation import PromptOrigin, Statistics, StopReason
from app.core.language_model import MadePrompt, Piece, ReplyStarted
from app.core.message import Message, Role, ToolResultPart
from app.core.sampling import Sampling
from app.core.stream import parse_reply
from app.core.turn import run_turn
from app.core.turn_event import ReplyEnded
from app.core.turn_request import TurnRequest
from app.servers.server import ServerKind, ServerModel
from app.servers.server_engine import ServerEngine
from tests.fakes.chat_server import Answer, as_json, call, delta, end, fault, reply, usage
from tests.support.waiting import PATIENCE_S

QUESTION = (Message.of_text(Role.USER, "Hello?"),)
TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
            "required": ["a"],
        },
    },
}


USUAL = Sampling()


def ask(engine, messages=QUESTION, tools=(), sampling=USUAL, prefill="", cancel=None):
    return list(engine.answer(messages, tools, sampling, cancel or threading.Event(), prefill))


def written(events):
    return "".join(event.text for event in events if isinstance(event, Piece))


def test_an_answer_streams_piece_by_piece_with_its_figures(engine, server):
    server.replies = [reply("Good", " morning", ".", prompt=12)]
    events = ask(engine)
    assert [event.text for event in events if isinstance(event, Piece)] == ["Good", " morning", "."]
    assert isinstance(events[0], ReplyStarted)
    statistics = events[-1]
    assert isinstance(statistics, Statistics)
    assert (statistics.prompt_tokens, statistics.generated_tokens) == (12, 3)
    assert statistics.stop_reason is StopReason.END
    assert statistics.prompt_origin is PromptOrigin.SERVER
    assert not statistics.is_estimated
    assert server.chats[0]["messages"] == [{"role": "user", "content": "Hello?"}]


def test_the_values_of_the_preset_are_sent_by_the_servers_names_and_the_others_are_told(engine, server):
    server.replies = [reply("a")]
    sampling = Sampling(
        temperature=0.3, top_k=50, repeat_penalty=1.05, dry_multiplier=0.8, seed=7, max_tokens=9
    )
    statistics = ask(engine, sampling=sampling)[-1]
    body = server.chats[0]
    sent = {name: body[name] for name in ("temperature", "top_k", "repetition_penalty", "seed", "max_tokens")}
    assert sent == {"temperature": 0.3, "top_k": 50, "repetition_penalty": 1.05, "seed": 7, "max_tokens": 9}
    assert "dry_multiplier" not in body
    assert "DRY multiplier" in statistics.ignored_values
    assert statistics.seed == 7


def test_a_seed_that_was_drawn_is_sent_and_told(engine, server):
    server.replies = [reply("a")]
    statistics = ask(engine)[-1]
    assert server.chats[0]["seed"] == statistics.seed >= 0


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_a_thought_in_a_field_of_its_own_becomes_a_thought(engine, server, field):
    steps = [delta(**{field: "Let me"}), delta(**{field: " see."}), delta("Four"), delta("."), end()]
    server.replies = [Answer(steps=[*steps, b"data: [DONE]\n\n"])]
    message = parse_reply(written(ask(engine)))
    assert (message.reasoning.strip(), message.text) == ("Let me see.", "Four.")


def test_a_thought_in_tags_becomes_a_thought(engine, server):
    server.replies = [reply("<think>", "Hm.", "</think>", "Four.")]
    message = parse_reply(written(ask(engine)))
    assert (message.reasoning.strip(), message.text) == ("Hm.", "Four.")


def test_a_tool_call_in_pieces_becomes_a_call_with_its_arguments(engine, server):
    steps = [
        delta("I add."),
        call(0, "add", ""),
        call(0, None, '{"a": 1, '),
        call(0, None, '"b": "</tool_call>"}'),
    ]
    server.replies = [Answer(steps=[*steps, end("tool_calls"), b"data: [DONE]\n\n"])]
    events = ask(engine, tools=[TOOL])
    message = parse_reply(written(events), tools=[TOOL])
    (made,) = message.tool_calls
    assert (made.name, dict(made.arguments), made.error) == ("add", {"a": 1, "b": "</tool_call>"}, None)
    assert message.text.strip() == "I add."
    assert events[-1].stop_reason is StopReason.END
    assert server.chats[0]["tools"] == [TOOL]


def test_two_calls_and_a_call_without_arguments(engine, server):
    steps = [call(0, "add", '{"a": 1}'), call(1, "add", '{"a": 2}'), call(2, "now", None)]
    server.replies = [Answer(steps=[*steps, end("tool_calls"), b"data: [DONE]\n\n"])]
    calls = parse_reply(written(ask(engine))).tool_calls
    assert [(made.name, dict(made.arguments)) for made in calls] == [
        ("add", {"a": 1}),
        ("add", {"a": 2}),
        ("now", {}),
    ]


def test_a_call_and_its_result_are_sent_back_together(engine, server):
    server.replies = [
        Answer(steps=[call(0, "add", '{"a": 1}'), end("tool_calls"), b"data: [DONE]\n\n"]),
        reply("Two."),
    ]
    answer = parse_reply(written(ask(engine, tools=[TOOL])), tools=[TOOL])
    result = Message(Role.TOOL, (ToolResultPart("add", "2"),))
    ask(engine, (*QUESTION, answer, result), tools=[TOOL])
    _, second, third = server.chats[1]["messages"]
    (sent,) = second["tool_calls"]
    assert sent["function"] == {"name": "add", "arguments": '{"a": 1}'}
    assert (third["role"], third["content"], third["tool_call_id"]) == ("tool", "2", sent["id"])


def test_stopping_hangs_up_so_that_the_server_stops_too(engine, server):
    cancel = threading.Event()
    server.replies = [Answer(steps=[delta("One")], stalls=True)]
    events = engine.answer(QUESTION, (), Sampling(), cancel)
    got = []
    for event in events:
        got.append(event)
        if isinstance(event, Piece):
            cancel.set()
    assert got[-1].stop_reason is StopReason.CANCELLED
    assert written(got) == "One"
    assert server.hung_up.wait(PATIENCE_S)


def test_stopping_before_the_first_word_hangs_up_as_well(engine, server):
    cancel = threading.Event()
    asked = threading.Event()
    server.replies = [Answer(steps=[asked.set, b": here\n\n"], stalls=True)]
    threading.Thread(target=lambda: asked.wait(PATIENCE_S) and cancel.set()).start()
    assert ask(engine, cancel=cancel)[-1].stop_reason is StopReason.CANCELLED
    assert server.hung_up.wait(PATIENCE_S)


def test_an_answer_that_nobody_reads_on_is_ended_on_the_server(engine, server):
    server.replies = [Answer(steps=[delta("One")], stalls=True)]
    events = engine.answer(QUESTION, (), Sampling(), threading.Event())
    next(event for event in events if isinstance(event, Piece))
    events.close()
    assert server.hung_up.wait(PATIENCE_S)


def test_a_token_limit_is_told(engine, server):
    server.replies = [reply("One", reason="length")]
    assert ask(engine)[-1].stop_reason is StopReason.TOKEN_LIMIT


def test_vllm_continues_an_answer_that_was_stopped(engine, server):
    server.replies = [reply(" two")]
    assert written(ask(engine, prefill="One")) == " two"
    body = server.chats[0]
    assert body["messages"][-1] == {"role": "assistant", "content": "One"}
    assert (body["add_generation_prompt"], body["continue_final_message"]) == (False, True)


def test_a_server_that_cannot_continue_says_so_and_is_not_asked(server, connect):
    engine = ServerEngine(connect(server), ServerKind.OTHER, ServerModel("tiny"), lambda _file: None)
    with pytest.raises(ServerError, match="cannot continue an answer"):
        ask(engine, prefill="One")
    assert server.chats == []


def test_what_was_sent_is_counted_by_the_server_and_what_is_typed_is_not_sent(engine, server):
    server.replies = [reply("Fine", ".", prompt=33)]
    assert not engine.is_count_exact(QUESTION, ())
    ask(engine)
    assert engine.count_prompt_tokens(QUESTION, ()) == 33
    answered = (*QUESTION, parse_reply("Fine."))
    typed = (*answered, Message.of_text(Role.USER, "a secret that is only typed"))
    assert engine.is_count_exact(typed, ())
    assert engine.count_prompt_tokens(typed, ()) > engine.count_prompt_tokens(answered, ()) > 33
    assert "secret" not in str([asked.body for asked in server.requests])


def test_a_server_without_figures_has_its_tokens_estimated_and_marked(engine, server):
    server.replies = [Answer(steps=[delta("One"), delta(" two"), end(), b"data: [DONE]\n\n"])]
    statistics = ask(engine)[-1]
    assert statistics.is_estimated
    assert statistics.generated_tokens == 2
    assert statistics.prompt_tokens > 0


def test_a_context_that_turns_out_smaller_is_remembered(engine, server):
    message = "This model's maximum context length is 2048 tokens. However, you requested 4097 tokens."
    server.replies = [fault(400, message, param="input_tokens", value=4097)]
    with pytest.raises(ServerContextError):
        ask(engine)
    assert engine.context_length == 2048


def test_llama_servers_way_to_say_that_is_understood_too(server, connect):
    engine = ServerEngine(connect(server), ServerKind.LLAMA_SERVER, ServerModel("tiny"), lambda _file: None)
    message = "the request exceeds the available context size, try increasing it"
    server.replies = [fault(400, message, type="exceed_context_size_error", n_ctx=512)]
    with pytest.raises(ServerContextError, match="512 tokens"):
        ask(engine)


def test_how_far_the_prompt_is_read_is_told_where_the_server_says_so(server, connect):
    engine = ServerEngine(connect(server), ServerKind.LLAMA_SERVER, ServerModel("tiny"), lambda _file: None)
    progress = {"choices": [{"delta": {}}], "prompt_progress": {"total": 100, "cache": 20, "processed": 60}}
    server.replies = [Answer(steps=[progress, delta("a"), end(), b"data: [DONE]\n\n"])]
    first = ask(engine)[0]
    assert (first.read_tokens, first.total_tokens, first.cached_tokens) == (60, 100, 20)


class SpellingMaker:
    """Makes a prompt of the letters' numbers."""

    def make(self, messages, tools, prefill=""):
        text = "".join(message.raw for message in messages) + prefill
        return MadePrompt(tuple(map(ord, text)), ReplyStarted(starts_in_reasoning=False), "<|im_end|>")

    def count_tokens(self, text):
        return len(text)


def test_a_prompt_that_is_made_here_goes_as_token_numbers(server, connect):
    engine = ServerEngine(
        connect(server), ServerKind.VLLM, ServerModel("tiny", 64), lambda _file: None, SpellingMaker()
    )
    steps = [{"choices": [{"index": 0, "text": word, "finish_reason": None}]} for word in ("One", " two")]
    ending = {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}
    server.replies = [Answer(steps=[*steps, ending, usage(6, 2), b"data: [DONE]\n\n"])]
    events = ask(engine)
    assert written(events) == "One two"
    assert events[-1].prompt_origin is PromptOrigin.HERE
    asked = server.requests[-1]
    assert asked.path == "/v1/completions"
    assert asked.body["prompt"] == list(map(ord, "Hello?"))
    assert asked.body["max_tokens"] == 64 - 6
    assert "<|im_end|>" in asked.body["stop"]
    assert engine.count_prompt_tokens(QUESTION, ()) == 6
    assert engine.is_count_exact(QUESTION, ())


def test_a_turn_keeps_what_came_before_the_stream_broke(engine, server):
    server.replies = [Answer(steps=[delta("Half an"), delta(" answer")], is_ended=False)]
    request = TurnRequest((MessageNode(QUESTION[0]),), "", Sampling())
    ended = [event for event in run_turn(engine, request, threading.Event()) if isinstance(event, ReplyEnded)]
    assert ended[0].message.text == "Half an answer"
    assert "broke before the answer was whole" in str(ended[0].error)
    assert len(server.chats) == 1  # Nothing is sent twice by itself.


def test_an_answer_in_one_piece_is_taken_where_a_server_does_not_stream(engine, server):
    whole = {"choices": [{"index": 0, "message": {"content": "All at once."}, "finish_reason": "stop"}]}
    server.replies = [as_json(whole)]
    assert written(ask(engine)) == "All at once."


def test_the_thought_and_the_answer_are_counted_where_they_are_written(engine, server):
    server.replies = [Answer(steps=[delta(reasoning="Hm"), delta("Four"), end(), b"data: [DONE]\n\n"])]
    counts = [(event.text, event.token_count) for event in ask(engine) if isinstance(event, Piece)]
    assert counts == [("<think>\n", 0), ("Hm", 1), ("\n</think>\n\n", 0), ("Four", 1)]
    assert "min_p" not in engine.info.unused_values
    assert {"dry_multiplier", "gpu_layers"} <= engine.info.unused_values


def test_a_server_that_hangs_up_before_the_first_word_does_not_seem_to_have_begun(engine, server):
    server.replies = [Answer(steps=[delta(role="assistant", content="")], is_ended=False)]
    with pytest.raises(ServerError, match="before its first word"):
        ask(engine)


def test_windows_over_everything_and_samplers_that_are_off_are_sent_as_llama_server_takes_them(
    server, connect
):
    engine = ServerEngine(
        connect(server), ServerKind.LLAMA_SERVER, ServerModel("tiny", 2048), lambda _file: None
    )
    server.replies = [reply("a"), reply("b")]
    ask(engine, sampling=Sampling(penalty_window=-1))
    ask(engine, sampling=Sampling(dry_multiplier=0.8, xtc_probability=0.5, penalty_window=64))
    off, on = server.chats
    assert off["repeat_last_n"] == 2048
    assert not [name for name in off if name.startswith(("dry_", "xtc_"))]
    assert (on["dry_penalty_last_n"], on["dry_multiplier"], on["xtc_probability"]) == (2048, 0.8, 0.5)
    assert on["repeat_last_n"] == 64
