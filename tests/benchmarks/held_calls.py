"""What a grammar of tools costs for each token of a call: `python -m tests.benchmarks.held_calls`.

The starter model gets the mark that begins a call as a token of its own; what it writes is nonsense, its
vocabulary of 49,152 tokens is real. Compared are the grammar that looks at all of them for each token, as a
chain of samplers has it, and the program's sampler, which asks about the token that was drawn. The call is in
the middle of a text, where most tokens are allowed. One line of JSON.
"""

from __future__ import annotations

import ctypes
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.core.sampling import Sampling
from app.core.tool_grammar import ROOT, TRIGGER, tool_grammar
from app.engine import llama
from tests.benchmarks.engine import starter_model
from tests.support.model_mutations import Array, parse

TOKENS = 48
CONTEXT = 512
HEAD = '[write_file(path="a.txt", text="Once upon a time there was a small lake in the mountains, and'
TOOL = {
    "name": "write_file",
    "parameters": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "text": {"type": "string"}},
        "required": ["path", "text"],
    },
}


def with_trigger(original: Path, path: Path) -> None:
    """Renames a token that nobody needs."""
    parsed = parse(original)
    tokens = next(value for key, _, value in parsed.values if key == b"tokenizer.ggml.tokens")
    assert isinstance(tokens, Array)
    tokens.items[tokens.items.index(b"<repo_name>")] = TRIGGER.encode()
    path.write_bytes(parsed.bytes())


def time_tokens(context: llama.LlamaContext, choose: Callable[[], int | None]) -> list[float]:
    """Milliseconds for the choice of each token of a call."""
    times = []
    for _ in range(TOKENS):
        began = time.perf_counter()
        token = choose()
        times.append((time.perf_counter() - began) * 1000)
        if token is None:
            break
        context.read_one(token)
    return times


def filtering_chain(model: llama.Model, head: Sequence[int]) -> object:
    """A chain in which the grammar comes first."""
    chain = C.llama_sampler_chain_init(C.llama_sampler_chain_default_params())
    trigger = model.tokenize(TRIGGER)
    grammar = C.llama_sampler_init_grammar_lazy_patterns(
        model.vocab,
        tool_grammar([TOOL]).encode(),
        ROOT.encode(),
        (ctypes.c_char_p * 0)(),
        0,
        (C.llama_token * 1)(*trigger),
        1,
    )
    C.llama_sampler_chain_add(chain, grammar)
    C.llama_sampler_chain_add(chain, C.llama_sampler_init_greedy())
    for token in (*trigger, *head):
        C.llama_sampler_accept(chain, token)
    return chain


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "held.gguf"
        with_trigger(starter_model(), path)
        model = llama.Model(path, 0, lambda share: True)
        head = model.tokenize(HEAD)
        prompt = [*model.tokenize(f"A long text is written into a file.\n{TRIGGER}"), *head]
        times: dict[str, list[float]] = {}
        with closing(model), closing(llama.LlamaContext(model, CONTEXT, 2)) as context:
            context.read(prompt)
            chain = filtering_chain(model, head)
            times["all"] = time_tokens(context, lambda: C.llama_sampler_sample(chain, context.handle, -1))
            C.llama_sampler_free(chain)
            context.clear()
            context.read(prompt)
            sampler = llama.Sampler(model, Sampling(temperature=0.0), 1, CONTEXT, tool_grammar([TOOL]))
            with closing(sampler):
                sampler.begin_call(head)
                times["one"] = time_tokens(context, lambda: sampler.choose(context))
    print(
        json.dumps(
            {
                "vocabulary": model.vocabulary_size,
                "tokens": [len(times["all"]), len(times["one"])],
                "all_ms_a_token": round(statistics.mean(times["all"]), 2),
                "one_ms_a_token": round(statistics.mean(times["one"]), 2),
                "one_ms_a_token_median": round(statistics.median(times["one"]), 2),
            }
        )
    )


if __name__ == "__main__":
    main()
