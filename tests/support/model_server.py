"""A server on this machine with a real model behind it: what it writes is what the engine writes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from app.core.generation import Statistics, StopReason
from app.core.language_model import Piece
from app.core.message import Message, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.sampling import Sampling
from app.engine.completion import Completion
from app.engine.engine import Engine
from tests.fakes.chat_server import Answer, Asked, FakeChatServer, Step, as_json, delta, end, fault, usage

NAME = "tiny-lfm2"


class ModelServer(FakeChatServer):
    """Speaks as vLLM does without parsers for thoughts and tools.

    Attributes:
        written: the tokens that the model has written in all.
        running: how many answers it writes now.
    """

    def __init__(self, engine: Engine, name: str = NAME, tokens_per_second: float = 0.0) -> None:
        """`tokens_per_second` slows it down; 0 is as fast as it can."""
        self._engine = engine
        self._engine_lock = threading.Lock()
        self._pause = 1 / tokens_per_second if tokens_per_second else 0.0
        self.written = 0
        self.running = 0
        super().__init__(models=[{"id": name, "max_model_len": engine.context_length}])
        self.pages["/v1/chat/completions"] = self._chat
        self.pages["/v1/completions"] = self._complete
        self.pages["/tokenize"] = self._tokenize

    def _tokenize(self, asked: Asked) -> Answer:
        loaded = self._engine._loaded
        assert loaded is not None
        tokens = loaded.model.tokenize(asked.body["prompt"])
        return as_json({"count": len(tokens), "tokens": tokens, "max_model_len": self._engine.context_length})

    def _chat(self, asked: Asked) -> Answer:
        body = asked.body
        messages, tools = messages_of(body["messages"]), body.get("tools", ())
        prefill = messages.pop().raw if body.get("continue_final_message") else ""
        length = self._engine.count_prompt_tokens(messages, tools)
        if length >= self._engine.context_length:
            limit = self._engine.context_length
            return fault(400, f"This model's maximum context length is {limit} tokens. You have {length}.")
        events = self._engine.answer(messages, tools, sampling_of(body), threading.Event(), prefill)
        return Answer(steps=self._stream(events, lambda text: delta(text)))  # type: ignore[arg-type]

    def _complete(self, asked: Asked) -> Answer:
        loaded = self._engine._loaded
        assert loaded is not None
        completion = _OfTokens(loaded, sampling_of(asked.body), threading.Event())

        def words(text: str) -> dict[str, Any]:
            return {"choices": [{"index": 0, "text": text, "finish_reason": None}]}

        return Answer(steps=self._stream(completion.of(asked.body["prompt"]), words))  # type: ignore[arg-type]

    def _stream(self, events: Iterator[Any], form: Any) -> Iterator[Step]:
        with self._engine_lock, closing(events):  # type: ignore[type-var]
            self.running += 1
            try:
                for event in events:
                    if isinstance(event, Piece):
                        self.written += 1
                        yield form(event.text)
                        time.sleep(self._pause)
                    elif isinstance(event, Statistics):
                        limited = event.stop_reason in (StopReason.TOKEN_LIMIT, StopReason.CONTEXT_FULL)
                        yield end("length" if limited else "stop")
                        yield usage(event.prompt_tokens, event.generated_tokens)
                        yield b"data: [DONE]\n\n"
            finally:
                self.running -= 1


class _OfTokens(Completion):
    """Goes on from a prompt that is given as tokens."""

    def of(self, tokens: Sequence[int]) -> Iterator[Any]:
        with closing(self):
            self._prompt = self._fitting(list(tokens))
            yield from self._read_prompt()
            self._start_sampler("")
            yield from self._write()
            yield self._statistics()


def sampling_of(body: dict[str, Any]) -> Sampling:
    return Sampling(
        temperature=body.get("temperature", 1.0),
        top_k=max(0, body.get("top_k", 0)),
        top_p=body.get("top_p", 1.0),
        min_p=body.get("min_p", 0.0),
        repeat_penalty=body.get("repetition_penalty", 1.0),
        seed=body.get("seed", 0),
        max_tokens=body.get("max_tokens", 0),
        stop=tuple(text for text in body.get("stop", ()) if not text.startswith("<|")),
    )


def messages_of(entries: Sequence[dict[str, Any]]) -> list[Message]:
    """The messages of a request, as the engine takes them."""
    found = []
    names: dict[str, str] = {}
    for entry in entries:
        role, content = Role(entry["role"]), entry.get("content") or ""
        if not isinstance(content, str):
            content = "\n".join(part.get("text", "") for part in content)
        if role is Role.TOOL:
            name = names.get(entry.get("tool_call_id", ""), "")
            found.append(Message(role, (ToolResultPart(name, content),)))
            continue
        parts: list[Any] = [TextPart(content, content)] if content else []
        for call in entry.get("tool_calls", ()):
            function = call["function"]
            names[call["id"]] = function["name"]
            arguments = json.loads(function["arguments"])
            parts.append(ToolCallPart(function["name"], arguments, ""))
        found.append(Message(role, tuple(parts)))
    return found
