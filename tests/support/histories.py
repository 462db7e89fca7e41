"""Random histories of conversations, each answer compared with that of an engine that remembers nothing.

    uv run python -m tests.support.histories MODEL.gguf [--count 300] [--first 0]

Prints one JSON object for each history that is not the same, and one at the end.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from app.core.language_model import PromptProgress, ReplyStarted, StreamEvent
from app.core.media import Media, SoundSamples
from app.core.message import AttachmentPart, Message, PicturePart, RecordingPart
from app.core.model_file import LoadOptions, Sense
from app.core.picture_size import PictureDetail
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.engine.model_checks import senses_of
from app.engine.state_files import StateFiles
from tests.support.asking import WEATHER, Answer, assistant, system, user
from tests.support.pictures import picture, pixels_of, shown
from tests.support.sounds import heard, joined, recording, silence, tone

CONTEXT = 2048
MOST_STATE_BYTES = 1000**3
STEPS = 7
QUESTIONS = (
    "What is 17 + 25?",
    "What is the capital of France?",
    "Tell me a story.",
    "Show me some HTML.",
    "What is the weather in Paris?",
    "Why is the sky blue? Tell me in one sentence.",
    "Hello",
)
ANSWERS = (
    "<think>The user asks. I answer.</think>It is a place by the lake.",
    "<think>I add the numbers one by one, from the right to the left.</think>42",
    "Hello! How can I help you?",
    "One day a stone fell into a lake. " * 4,
)
DRAFTS = ("", "", "What is 17", "Tell me", "lake stone sky " * 20 + "lake")
SIZES = (
    (64, 64, PictureDetail.QUICK),
    (640, 400, PictureDetail.QUICK),
    (640, 400, PictureDetail.CLOSE),
    (740, 730, PictureDetail.CLOSE),  # In five tiles.
)
SYSTEM_PROMPTS = ("", "You are a helpful assistant.", "Be kind to everyone. " * 15)


@dataclass(frozen=True)
class Difference:
    """How an answer differs from that of an engine that remembers nothing."""

    cached_tokens: int
    logits: float
    """The largest difference between the two at the end of the prompt, as a share of the largest logit."""
    same_text: bool
    is_continued: bool = False
    """Whether the answer goes on from what the model has written before."""


@dataclass
class Asked:
    """One question to both engines, and what they said."""

    answer: Answer
    difference: Difference


@dataclass
class Conversation:
    system_prompt: str = ""
    tools: Sequence[dict[str, Any]] = ()
    turns: list[Message] = field(default_factory=list)

    def messages(self) -> list[Message]:
        return [*([system(self.system_prompt)] if self.system_prompt else []), *self.turns]


class Pair:
    """An engine that remembers what it read, and beside it one that is made to forget before each answer."""

    def __init__(
        self,
        path: Path,
        folder: Path,
        projector: Path | None = None,
        flash_attention: str = "auto",
        guesses: bool = True,
    ) -> None:
        """`folder` is where states are kept from one run to the next; with a projector the histories hold
        pictures or recordings. With `guesses` the engine that remembers guesses repeated text, which leads to
        other words where the scores of some tokens at once are others (Q4_1)."""
        self._guesses = guesses
        self._flash_attention = flash_attention
        self._path = path
        self._folder = folder
        self._projector = projector
        self._engines = [self._started(StateFiles(folder, MOST_STATE_BYTES)), self._started(None)]

    @property
    def senses(self) -> frozenset[Sense]:
        return senses_of(self._projector) if self._projector else frozenset()

    def close(self) -> None:
        for engine in self._engines:
            engine.unload()

    def ask(self, conversation: Conversation, most_tokens: int, prefill: str = "") -> Asked:
        sampling = Sampling(temperature=0, max_tokens=most_tokens)
        ours, theirs = self._engines
        cache = theirs._require().cache
        cache.clear()
        cache.forget_kept()
        answer, logits = self._answer(ours, conversation, sampling, prefill)
        expected, true_logits = self._answer(theirs, conversation, sampling, prefill)
        assert expected.statistics.cached_tokens == 0
        largest = max(abs(one - other) for one, other in zip(logits, true_logits, strict=True))
        share = largest / max(map(abs, true_logits))
        cached = answer.statistics.cached_tokens
        return Asked(answer, Difference(cached, share, answer.text == expected.text))

    def read_ahead(self, conversation: Conversation, words: str, is_stopped: bool) -> None:
        """What is done while the user reads or types; stopped in the middle of a batch, or not."""
        ours = self._engines[0]
        prompts = [[*conversation.messages(), user(f"{words} {more}".lstrip())] for more in ("a", "7", "(")]
        if is_stopped:
            ours._require().context.request_abort()
        ours.read_ahead(prompts, conversation.tools, threading.Event())
        ours._require().context.clear_abort()

    def restart(self, conversation: Conversation) -> None:
        """The end of a run and the beginning of the next one."""
        saved = self._engines[0].copy_state(conversation.messages(), conversation.tools)
        files = StateFiles(self._folder, MOST_STATE_BYTES)
        if saved is not None:
            files.write("one", saved)
        self._engines[0].unload()
        self._engines[0] = self._started(files)

    def _started(self, states: StateFiles | None) -> Engine:
        engine = Engine(read_media=_media_of, states=states)
        options = LoadOptions(
            context_length=2 * CONTEXT if self.senses else CONTEXT,
            thread_count=1,
            flash_attention=self._flash_attention,
        )
        engine.guesses_repeated_text = self._guesses and states is not None
        engine.load(self._path, options, lambda share: None, projector=self._projector)
        return engine

    def stop_reading(self, conversation: Conversation, in_batch: bool) -> None:
        """Stops the reading of a prompt after a batch, or in the middle of one."""
        ours, cancel = self._engines[0], threading.Event()
        sampling = Sampling(temperature=0, max_tokens=2)
        for event in ours.answer(conversation.messages(), conversation.tools, sampling, cancel):
            if isinstance(event, PromptProgress):
                if in_batch:
                    ours._require().context.request_abort()
                elif event.read_tokens > event.cached_tokens:
                    cancel.set()
        ours._require().context.clear_abort()

    def _answer(
        self, engine: Engine, conversation: Conversation, sampling: Sampling, prefill: str
    ) -> tuple[Answer, list[float]]:
        loaded = engine._require()
        events: list[StreamEvent] = []
        logits: list[float] = []
        never = threading.Event()
        for event in engine.answer(conversation.messages(), conversation.tools, sampling, never, prefill):
            events.append(event)
            if isinstance(event, ReplyStarted):
                logits = loaded.context.scores(loaded.model.vocabulary_size).tolist()
        return Answer(events), logits


def history(pair: Pair, seed: int, most_written: int, always_ahead: bool = False) -> list[Difference]:
    """Turns, edits, versions, continued answers, stops, reading ahead, restarts and changes of the
    conversation, in a random order.

    With 1 for `most_written`, nothing that the model writes stays in its memory: the answers of the
    conversation are other words. Then there is no difference at all. A token that the model wrote went
    through other kernels than one that is read with others, and leaves a little different numbers in memory.
    With `always_ahead` all is read ahead after each answer, and what the model wrote is read once more then:
    there is no difference either, but where an answer itself is continued.
    """
    chance = random.Random(seed)
    conversations = [Conversation(chance.choice(SYSTEM_PROMPTS)) for _ in range(2)]
    current = conversations[0]
    found = []
    for _ in range(STEPS):
        step = chance.choices(
            ("turn", "edit", "version", "continue", "stop", "switch", "system", "tools", "ahead", "restart"),
            (8, 3, 2, 2, 2, 2, 1, 1, 4, 1),
        )[0]
        prefill = ""
        if step == "switch":
            current = chance.choice(conversations)
        elif step == "system":
            current.system_prompt = chance.choice(SYSTEM_PROMPTS)
        elif step == "tools":
            current.tools = () if current.tools else (WEATHER,)
        elif step == "edit" and current.turns:
            del current.turns[chance.randrange(0, len(current.turns), 2) :]
        if step == "stop":
            long_question = user("lake stone " * chance.randrange(10, 120))
            stopped = Conversation(current.system_prompt, current.tools, [*current.turns, long_question])
            pair.stop_reading(stopped, in_batch=chance.random() < 0.5)
        if step == "ahead" and current.turns:
            pair.read_ahead(current, chance.choice(DRAFTS), is_stopped=chance.random() < 0.3)
        if step == "restart" and current.turns:
            pair.restart(current)
        if step in ("version", "continue") and current.turns:
            words = current.turns.pop().text
            prefill = words[: chance.randrange(len(words) + 1)] if step == "continue" else ""
        else:
            current.turns.append(_question(chance, pair.senses))
        asked = pair.ask(current, chance.randint(1, most_written), prefill)
        found.append(replace(asked.difference, is_continued=bool(prefill)))
        said = asked.answer.text if most_written > 1 else chance.choice(ANSWERS)
        current.turns.append(_finished(prefill + said))
        if always_ahead:
            pair.read_ahead(current, "", is_stopped=False)
        if asked.answer.statistics.prompt_tokens > CONTEXT // 2:
            current.turns.clear()
    return found


def _question(chance: random.Random, senses: frozenset[Sense]) -> Message:
    """With pictures or recordings now and then, where the model sees or hears; the same ones come again."""
    words = chance.choice(QUESTIONS)
    if not senses or chance.random() < 0.4:
        return user(words)
    count = chance.choice((1, 1, 2))
    if Sense.HEARING in senses:
        return heard(*(chance.choice(list(_recordings())) for _ in range(count)), text=words)
    return shown(
        *(picture(chance.choice(("red", "blue")), *chance.choice(SIZES)) for _ in range(count)), text=words
    )


@cache
def _recordings() -> Mapping[RecordingPart, SoundSamples]:
    """Of one piece and of two."""
    long = joined(*[tone("green", 5.0), silence(0.5)] * 6)
    return {recording(samples): samples for samples in (tone("blue", 0.4), tone("green", 3.0), long)}


def _media_of(part: AttachmentPart) -> Media | None:
    return pixels_of(part) if isinstance(part, PicturePart) else _recordings().get(part)


def _finished(words: str) -> Message:
    """An answer, its thought closed where the answer ended within it."""
    is_open = words.startswith("<think>") and "</think>" not in words
    return assistant(words + "</think>" if is_open else words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument(
        "--projector", type=Path, help="shows the model pictures or plays it recordings as well"
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--written", type=int, default=32, help="the most tokens of an answer")
    parser.add_argument("--ahead", action="store_true", help="read ahead after every answer")
    parser.add_argument("--no-guesses", action="store_true", help="guess no repeated text")
    chosen = parser.parse_args()
    folder = tempfile.TemporaryDirectory()
    pair = Pair(chosen.model, Path(folder.name), chosen.projector, guesses=not chosen.no_guesses)
    every: list[Difference] = []
    for seed in range(chosen.first, chosen.first + chosen.count):
        for step, one in enumerate(history(pair, seed, chosen.written, chosen.ahead)):
            every.append(one)
            if not one.same_text or one.logits > 1e-3:
                _report({"seed": seed, "step": step, **asdict(one)})
    pair.close()
    folder.cleanup()
    total: dict[str, object] = {
        "answers": len(every),
        "other_text": sum(not one.same_text for one in every),
        "largest_difference": max(one.logits for one in every),
        "with_cache": sum(one.cached_tokens > 0 for one in every),
    }
    _report(total)


def _report(values: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
