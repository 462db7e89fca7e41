"""Under a grammar the choice is what it would be if the grammar looked at every token first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface
import pytest

from app.core.sampling import Sampling
from app.core.tool_grammar import TRIGGER, tool_grammar
from app.engine import llama
from tests.benchmarks.held_calls import TOOL, filtering_chain
from tests.support.model_mutations import Array, parse

CONTEXT = 512
TOKENS = 40


@pytest.fixture
def model(tiny_path: Path) -> Iterator[llama.Model]:
    with closing(llama.Model(tiny_path, 0, lambda share: True)) as model:
        yield model


@pytest.mark.parametrize(
    "words", ["What is the weather?", "日本語", "<|im_start|>user\nHello<|im_end|>\n", "{}[]()"]
)
def test_the_likeliest_token_that_is_allowed_is_chosen(model: llama.Model, words: str) -> None:
    prompt = model.tokenize(f"{words}{TRIGGER}")
    with closing(llama.LlamaContext(model, CONTEXT, 1)) as context:
        context.read(prompt)
        chain = filtering_chain(model, ())
        expected = []
        for _ in range(TOKENS):
            expected.append(C.llama_sampler_sample(chain, context.handle, -1))
            if model.is_end(expected[-1]):
                break
            context.read_one(expected[-1])
        C.llama_sampler_free(chain)
        context.clear()
        context.read(prompt)
        chosen: list[int | None] = []
        sampler = llama.Sampler(model, Sampling(temperature=0.0), 1, CONTEXT, tool_grammar([TOOL]))
        with closing(sampler):
            sampler.begin_call()
            for _ in expected:
                token = sampler.choose(context)
                assert token is not None
                chosen.append(token)
                context.read_one(token)
    assert chosen == expected


def test_the_same_seed_gives_the_same_call(model: llama.Model) -> None:
    def call(seed: int) -> str:
        with (
            closing(llama.LlamaContext(model, CONTEXT, 1)) as context,
            closing(llama.Sampler(model, Sampling(), seed, CONTEXT, tool_grammar([TOOL]))) as sampler,
        ):
            context.read(model.tokenize(TRIGGER))
            sampler.begin_call()
            text = b""
            for _ in range(TOKENS):
                token = sampler.choose(context)
                assert token is not None
                text += model.bytes_of(token)
                context.read_one(token)
            return text.decode("utf-8", "replace")

    first, again, other = call(7), call(7), call(8)
    assert first == again
    assert first != other
    assert first.startswith("[write_file(path=")


def test_where_no_token_is_allowed_the_answer_ends(tiny_path: Path, tmp_path: Path) -> None:
    """Going on would end the process. Here the vocabulary has no bracket, with which a call begins."""
    parsed = parse(tiny_path)
    tokens = next(value for key, _, value in parsed.values if key == b"tokenizer.ggml.tokens")
    assert isinstance(tokens, Array)
    for number, token in enumerate(tokens.items):
        assert isinstance(token, bytes)
        if b"[" in token:
            tokens.items[number] = b"Q" * (number + 40)
    path = tmp_path / "without-brackets.gguf"
    path.write_bytes(parsed.bytes())
    with (
        closing(llama.Model(path, 0, lambda share: True)) as model,
        closing(llama.LlamaContext(model, CONTEXT, 1)) as context,
        closing(llama.Sampler(model, Sampling(), 1, CONTEXT, tool_grammar([TOOL]))) as sampler,
    ):
        context.read(model.tokenize(TRIGGER))
        sampler.begin_call()
        assert sampler.choose(context) is None
