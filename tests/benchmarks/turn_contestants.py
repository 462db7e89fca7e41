"""Who competes in the benchmark of turns: each is asked the next question of the same conversation."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from app.core.language_model import Piece, StreamEvent
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.engine.load_options import physical_cores
from app.engine.prompt_cache import PromptCache
from app.engine.state_files import StateFiles
from tests.benchmarks.llama_server import LlamaServer
from tests.support.asking import Answer

CONTEXT = 8192


@dataclass(frozen=True)
class Cost:
    read_tokens: int
    seconds: float
    """From the question to the first token of the answer."""


class Contestant(Protocol):
    name: str
    reads_everything: bool
    """Whether it reads the whole prompt from the third turn on, with models that cannot be cut back."""

    def ask(self, messages: Sequence[Message], reply: Sequence[int]) -> Cost:
        """Reads what it does not know of the prompt, then says the tokens of the reply."""
        ...

    def wait(self, messages: Sequence[Message]) -> None:
        """What it does while the user reads the answer."""
        ...


class Tarn:
    """`Engine.answer`, every event taken."""

    def __init__(
        self,
        name: str,
        path: Path,
        has_checkpoints: bool = True,
        reads_ahead: bool = False,
        states: StateFiles | None = None,
    ) -> None:
        self.name = name
        self.reads_ahead = reads_ahead
        self.reads_everything = not has_checkpoints
        self.engine = Engine(states=states)
        self.engine.guesses_repeated_text = False  # Nonsense repeats itself as no answer does.
        self.engine.load(path, LoadOptions(context_length=CONTEXT), lambda share: None)
        if not has_checkpoints:
            loaded = self.engine._require()
            cache = PromptCache(loaded.context, loaded.model.has_fixed_state, 0)
            self.engine._loaded = replace(loaded, cache=cache)

    def answer(self, messages: Sequence[Message], reply: Sequence[int]) -> Iterator[StreamEvent]:
        """Writes the tokens of the reply."""
        ScriptedSampler.next_script = reply
        return self.engine.answer(messages, [], Sampling(), threading.Event())

    def ask(self, messages: Sequence[Message], reply: Sequence[int]) -> Cost:
        started = time.perf_counter()
        events = []
        seconds = 0.0
        for event in self.answer(messages, reply):
            if isinstance(event, Piece):
                seconds = seconds or time.perf_counter() - started
            events.append(event)
        statistics = Answer(events).statistics
        return Cost(statistics.prompt_tokens - statistics.cached_tokens, seconds)

    def wait(self, messages: Sequence[Message]) -> None:
        if self.reads_ahead:
            self.engine.read_ahead(possible(messages), [], threading.Event())


class ScriptedSampler:
    """Stands where the engine's sampler does, and chooses what it was told to."""

    next_script: Sequence[int] = ()
    is_holding = False

    def __init__(self, *_: object) -> None:
        self._script = iter(self.next_script)

    def accept(self, _: Sequence[int]) -> None: ...

    def choose(self, _: object) -> int:
        return next(self._script)

    def close(self) -> None: ...


class Library:
    """`Llama.create_chat_completion`, streamed."""

    name = "llama_cpp"
    reads_everything = True

    def __init__(self, path: Path) -> None:
        import llama_cpp

        cores = physical_cores()
        self._llama = llama_cpp.Llama(
            str(path), n_ctx=CONTEXT, n_batch=512, n_threads=cores, n_threads_batch=cores, verbose=False
        )
        self._eval = self._llama.eval
        self._llama.eval = self._count_and_read
        self._read = 0

    def ask(self, messages: Sequence[Message], reply: Sequence[int]) -> Cost:
        script = iter(reply)
        self._llama.sample = lambda *_, **__: next(script)
        self._read = 0
        cost: Cost | None = None
        started = time.perf_counter()
        for chunk in self._llama.create_chat_completion(
            [{"role": message.role.value, "content": spoken(message)} for message in messages], stream=True
        ):
            if cost is None and chunk["choices"][0]["delta"].get("content"):
                cost = Cost(self._read, time.perf_counter() - started)
        assert cost is not None
        return cost

    def wait(self, messages: Sequence[Message]) -> None:
        """Nothing."""

    def _count_and_read(self, tokens: Sequence[int]) -> Any:
        if len(tokens) > 1:
            self._read += len(tokens)
        return self._eval(tokens)


class Server:
    """llama.cpp's server, of the same messages."""

    name = "llama_server"
    reads_everything = False

    def __init__(self, command: Path, path: Path) -> None:
        self._server = LlamaServer(command, path, CONTEXT)

    def ask(self, messages: Sequence[Message], reply: Sequence[int]) -> Cost:
        asked = [{"role": message.role.value, "content": spoken(message)} for message in messages]
        found = self._server.first_token(asked)
        return Cost(found.read_tokens, found.seconds)

    def wait(self, messages: Sequence[Message]) -> None:
        """Nothing."""

    def close(self) -> None:
        self._server.close()


def spoken(message: Message) -> str:
    """A message as a model wrote it, thought and all."""
    return "".join(getattr(part, "raw", "") or getattr(part, "text", "") for part in message.parts)


def possible(messages: Sequence[Message]) -> list[list[Message]]:
    """What may be asked next."""
    return [[*messages, Message.of_text(Role.USER, word)] for word in ("a", "7")]
