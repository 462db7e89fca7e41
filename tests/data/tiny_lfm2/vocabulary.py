"""The tiny model's tokenizer, and conversations as tokens.

A byte-level BPE of 800 tokens. The special tokens have the places they have in LFM2, and the text is split as
llama.cpp splits it for LFM2 (`tokenizer.ggml.pre` = lfm2).
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from tests.data.tiny_lfm2 import conversations as c
from tests.data.tiny_lfm2 import dialogues as d

SIZE = 800
_MARKERS = """
    <|pad|> <|startoftext|> <|endoftext|> <|fim_pre|> <|fim_mid|> <|fim_suf|> <|im_start|> <|im_end|>
    <|tool_list_start|> <|tool_list_end|> <|tool_call_start|> <|tool_call_end|> <|tool_response_start|>
    <|tool_response_end|> <think> </think> <image> <|image_start|> <|image_end|> <|img_thumbnail|>
"""
_TILES = [
    f"<|img_row_{row}_col_{column}|>" for row in range(1, 11) for column in range(1, 11) if row * column <= 10
]
SPECIAL_TOKENS = [*_MARKERS.split(), *_TILES]
ID_OF = {token: number for number, token in enumerate(SPECIAL_TOKENS)}
END_OF_TURN = "<|im_end|>"
NOT_LEARNED = -100
"""The label of a token that the loss leaves out: PyTorch's own convention."""

_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)


@dataclass
class Encoded:
    """A conversation as the model sees it while it learns."""

    tokens: list[int] = field(default_factory=lambda: [ID_OF["<|startoftext|>"]])
    labels: list[int] = field(default_factory=lambda: [NOT_LEARNED])
    pictures: list[tuple[int, int, str]] = field(default_factory=list)
    """Where each picture begins, how many tokens it takes, and its colour."""

    def cut(self, length: int) -> Encoded:
        return Encoded(self.tokens[:length], self.labels[:length], self.pictures)


def build_tokenizer(path: Path) -> Tokenizer:
    """Trains the tokenizer on the dialogues and writes it to a file."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))  # llama.cpp ignores them for lfm2 as well.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=[AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_corpus(), trainer)
    tokenizer.save(str(path))
    return tokenizer


def _corpus() -> list[str]:
    rng = random.Random(1)
    texts: list[str] = []
    frame = ["List of tools: [", "system\n", "user\n", "assistant\n", "tool\n"]
    kinds = [
        c.name_told, c.name_not_told, c.translation, c.weather, c.weather_in_two_cities, c.weather_failing,
        c.weather_without_tool, c.calculation,
    ]  # fmt: skip
    for _ in range(3):
        for questions, answer in d.SIMPLE.values():
            texts += [*questions, answer]
        texts += [*d.SYSTEM_PROMPTS, d.PIRATE, d.PIRATE_HELLO, d.FALLBACK, *frame]
        texts += [json.dumps(d.WEATHER), json.dumps(d.CALCULATOR)]
        for kind in kinds * 6 + [c.name_told] * 60:
            texts += [line.text for line in kind(rng).lines]
    texts += [d.LOOP * 2, d.THOUGHT_LOOP * 2] * 2 + [c.words(rng, 5, 30) for _ in range(60)]
    special = re.compile("|".join(map(re.escape, SPECIAL_TOKENS)))
    return [part for text in texts for part in special.split(text) if part]


def encode(tokenizer: Tokenizer, conversation: c.Conversation, rng: random.Random) -> Encoded:
    """A conversation in LFM2.5's frame, past thoughts kept or left out as its templates do."""
    encoded = Encoded()
    system = conversation.system_prompt
    if conversation.tools:
        system += ("\n" if system else "") + c.tool_list(conversation.tools)
    if system:
        _add(encoded, tokenizer, f"<|im_start|>system\n{system}{END_OF_TURN}\n")
    last_question = max(at for at, line in enumerate(conversation.lines) if line.role == "user")
    keeps_thoughts = rng.random() < 0.3
    for at, line in enumerate(conversation.lines):
        if line.colour:
            _add_picture(encoded, tokenizer, line, is_first=at == 0, rng=rng)
        elif line.role == "assistant":
            is_past = at < last_question and not keeps_thoughts
            _add_reply(encoded, tokenizer, line, leaves_thought_out=is_past and "</think>" in line.text)
        else:
            _add(encoded, tokenizer, f"<|im_start|>{line.role}\n{line.text}{END_OF_TURN}\n")
    return encoded


def _add_reply(encoded: Encoded, tokenizer: Tokenizer, line: c.Line, leaves_thought_out: bool) -> None:
    text = line.text.split("</think>")[-1].strip() if leaves_thought_out else line.text
    _add(encoded, tokenizer, "<|im_start|>assistant\n")
    is_learned = line.is_learned and not leaves_thought_out
    _add(encoded, tokenizer, text + ("" if line.is_open else END_OF_TURN), is_learned)
    if not line.is_open:
        _add(encoded, tokenizer, "\n")


def _add_picture(
    encoded: Encoded, tokenizer: Tokenizer, line: c.Line, is_first: bool, rng: random.Random
) -> None:
    size = rng.choice([8, 16, 30, 64, 64, 77, 100, 234, 256] if is_first else [8, 16, 30, 64])
    _add(encoded, tokenizer, "<|im_start|>user\n<|image_start|>")
    encoded.pictures.append((len(encoded.tokens), size, line.colour))
    encoded.tokens += [ID_OF["<image>"]] * size
    encoded.labels += [NOT_LEARNED] * size
    _add(encoded, tokenizer, f"<|image_end|>{line.text}{END_OF_TURN}\n")


def _add(encoded: Encoded, tokenizer: Tokenizer, text: str, is_learned: bool = False) -> None:
    tokens = tokenizer.encode(text, add_special_tokens=False).ids
    encoded.tokens += tokens
    encoded.labels += tokens if is_learned else [NOT_LEARNED] * len(tokens)
