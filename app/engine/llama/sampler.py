"""How the next token is chosen."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence
from typing import Any

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.core.sampling import Sampling
from app.core.tool_grammar import ROOT, TRIGGER
from app.engine.llama.context import LlamaContext
from app.engine.llama.model import Model

LARGEST_SEED = 0xFFFFFFFE
"""0xFFFFFFFF means "choose one" to llama.cpp."""
_DRY_BREAKERS = (b"\n", b":", b'"', b"*")
"""Tokens that end a repeated sequence for DRY: llama.cpp's defaults."""


class Sampler:
    """Chooses the next token. Keeps what was chosen, for the penalties."""

    def __init__(
        self, model: Model, sampling: Sampling, seed: int, context_length: int, grammar: str = ""
    ) -> None:
        """`grammar` holds from the next `TRIGGER` on that the model writes."""
        self._chain = C.llama_sampler_chain_init(C.llama_sampler_chain_default_params())
        self._finalizer = weakref.finalize(self, C.llama_sampler_free, self._chain)
        self._looking_back = _samplers_that_look_back(model, sampling, context_length)
        forms = [_lazy_grammar(model, grammar)] if grammar else []
        choices = _samplers_that_choose(sampling, seed)
        for sampler in (*filter(None, forms), *self._looking_back, *choices):
            C.llama_sampler_chain_add(self._chain, sampler)

    def choose(self, context: LlamaContext) -> int:
        return int(C.llama_sampler_sample(self._chain, context.handle, -1))

    def accept(self, tokens: Sequence[int]) -> None:
        """Tells the penalties what was written before; calls in there do not set off the grammar."""
        for sampler in self._looking_back:
            for token in tokens:
                C.llama_sampler_accept(sampler, token)

    def close(self) -> None:
        self._finalizer()


# The order is that of llama.cpp's own programs; samplers that would change nothing are left out.


def _lazy_grammar(model: Model, grammar: str) -> Any:
    """A sampler that sleeps until the model writes `TRIGGER`; None where that is no token of its own."""
    tokens = model.tokenize(TRIGGER)
    if len(tokens) != 1:
        return None
    triggers = (C.llama_token * 1)(*tokens)
    return C.llama_sampler_init_grammar_lazy_patterns(
        model.vocab, grammar.encode(), ROOT.encode(), (ctypes.c_char_p * 0)(), 0, triggers, 1
    )


def _samplers_that_look_back(model: Model, sampling: Sampling, context_length: int) -> list[Any]:
    chain: list[Any] = []
    if _has_penalties(sampling):
        window = context_length if sampling.penalty_window < 0 else sampling.penalty_window
        penalties = (sampling.repeat_penalty, sampling.frequency_penalty, sampling.presence_penalty)
        chain.append(C.llama_sampler_init_penalties(model.vocabulary_size, window, *penalties))
    if sampling.dry_multiplier:
        chain.append(_dry(model, sampling, context_length))
    return chain


def _samplers_that_choose(sampling: Sampling, seed: int) -> list[Any]:
    chain: list[Any] = []
    if sampling.temperature <= 0:
        return [C.llama_sampler_init_greedy()]
    if sampling.top_k:
        chain.append(C.llama_sampler_init_top_k(sampling.top_k))
    if sampling.typical_p < 1.0:
        chain.append(C.llama_sampler_init_typical(sampling.typical_p, 1))
    if sampling.top_p < 1.0:
        chain.append(C.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p > 0.0:
        chain.append(C.llama_sampler_init_min_p(sampling.min_p, 1))
    if sampling.xtc_probability:
        chain.append(C.llama_sampler_init_xtc(sampling.xtc_probability, sampling.xtc_threshold, 1, seed))
    return [*chain, C.llama_sampler_init_temp(sampling.temperature), C.llama_sampler_init_dist(seed)]


def _has_penalties(sampling: Sampling) -> bool:
    penalties = (sampling.repeat_penalty, sampling.presence_penalty, sampling.frequency_penalty)
    return penalties != (1.0, 0.0, 0.0)


def _dry(model: Model, sampling: Sampling, context_length: int) -> Any:
    window = context_length if sampling.dry_window < 0 else sampling.dry_window
    breakers = (ctypes.c_char_p * len(_DRY_BREAKERS))(*_DRY_BREAKERS)
    return C.llama_sampler_init_dry(
        model.vocab,
        sampling.dry_multiplier,
        sampling.dry_base,
        sampling.dry_allowed_length,
        window,
        breakers,
        len(_DRY_BREAKERS),
    )
