"""How the next token is chosen."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.core.sampling import Sampling
from app.core.tool_grammar import ROOT, TRIGGER
from app.engine.llama.candidates import Candidates
from app.engine.llama.context import LlamaContext
from app.engine.llama.model import Model

LARGEST_SEED = 0xFFFFFFFE
"""0xFFFFFFFF means "choose one" to llama.cpp."""
_DRY_BREAKERS = (b"\n", b":", b'"', b"*")
"""Tokens that end a repeated sequence for DRY: llama.cpp's defaults."""


class Sampler:
    """Chooses the next token. Keeps what was chosen, for the penalties.

    A grammar would look at the whole vocabulary for each token: 12 ms where that has 65,536 words. So a token
    is drawn without it, and the grammar is asked about that one; only where it says no are all others looked
    at, and another one is drawn of those that it allows. llama.cpp's own programs do the same.
    """

    def __init__(
        self, model: Model, sampling: Sampling, seed: int, context_length: int, grammar: str = ""
    ) -> None:
        """`grammar` holds from the next `TRIGGER` on that the model writes."""
        self._chain = C.llama_sampler_chain_init(C.llama_sampler_chain_default_params())
        self._finalizer = weakref.finalize(self, C.llama_sampler_free, self._chain)
        self._looking_back = _samplers_that_look_back(model, sampling, context_length)
        for sampler in (*self._looking_back, *_samplers_that_choose(sampling, seed)):
            C.llama_sampler_chain_add(self._chain, sampler)
        self._grammar = _LazyGrammar.of(model, grammar) if grammar else None

    @property
    def is_holding(self) -> bool:
        """Whether the grammar holds what is written now."""
        return self._grammar is not None and not self._grammar.is_awaited

    def choose(self, context: LlamaContext) -> int | None:
        """The next token; None where the grammar allows none of those that there are."""
        grammar = self._grammar
        if grammar is None:
            return int(C.llama_sampler_sample(self._chain, context.handle, context.outcome))
        if grammar.is_awaited:
            token = int(C.llama_sampler_sample(self._chain, context.handle, context.outcome))
            grammar.accept(token)
            return token
        chosen = grammar.choose(self._chain, context)
        if chosen is not None:
            C.llama_sampler_accept(self._chain, chosen)
            grammar.accept(chosen)
        return chosen

    def accept(self, tokens: Sequence[int]) -> None:
        """Tells the penalties what was written before; calls in there do not set off the grammar."""
        for sampler in self._looking_back:
            for token in tokens:
                C.llama_sampler_accept(sampler, token)

    def begin_call(self, tokens: Sequence[int] = ()) -> None:
        """Goes on as if the model had written `TRIGGER` and these tokens, up to one that is not allowed."""
        grammar = self._grammar
        if grammar is None or not grammar.is_awaited:
            return
        grammar.accept(grammar.trigger)
        for token in takewhile(grammar.allows, tokens):
            grammar.accept(token)

    def close(self) -> None:
        self._finalizer()
        if self._grammar is not None:
            self._grammar.close()


class _LazyGrammar:
    """Sleeps until the model writes `TRIGGER`; from then on nothing that it does not allow may be written."""

    def __init__(self, sampler: Any, trigger: int, vocabulary_size: int) -> None:
        self._sampler = sampler
        self._finalizer = weakref.finalize(self, C.llama_sampler_free, sampler)
        self._candidates = Candidates(vocabulary_size)
        self._one = Candidates(1)
        self.trigger = trigger
        self.is_awaited = True

    @classmethod
    def of(cls, model: Model, grammar: str) -> _LazyGrammar | None:
        """None where `TRIGGER` is no token of its own, or llama.cpp does not take the grammar."""
        tokens = model.tokenize(TRIGGER)
        if len(tokens) != 1 or model.bytes_of(tokens[0]) != TRIGGER.encode():
            return None
        triggers = (C.llama_token * 1)(*tokens)
        sampler = C.llama_sampler_init_grammar_lazy_patterns(
            model.vocab, grammar.encode(), ROOT.encode(), (ctypes.c_char_p * 0)(), 0, triggers, 1
        )
        return cls(sampler, tokens[0], model.vocabulary_size) if sampler else None

    def choose(self, chain: Any, context: LlamaContext) -> int | None:
        """A token that is allowed, drawn with a chain of other samplers; None where there is none."""
        candidates = self._candidates
        candidates.fill(context)
        token = candidates.draw(chain)
        if self.allows(token):
            return token
        candidates.fill(context)
        C.llama_sampler_apply(self._sampler, candidates.array)
        if not candidates.has_any:
            return None
        token = candidates.draw(chain)
        return token if self.allows(token) else None

    def accept(self, token: int) -> None:
        """Records a token that was written. A token that is not allowed would end the process."""
        C.llama_sampler_accept(self._sampler, token)
        if token == self.trigger:
            self.is_awaited = False

    def close(self) -> None:
        self._finalizer()

    def allows(self, token: int) -> bool:
        """Whether a token may come next."""
        self._one.fill_with(token)
        C.llama_sampler_apply(self._sampler, self._one.array)
        return self._one.has_any


# The order is that of llama.cpp's own programs; samplers that would change nothing are left out.


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
