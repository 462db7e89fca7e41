"""Teaches the tiny model its dialogues: about five minutes of one core.

Single threads are used on purpose: on a machine with other work, two were three times slower than one.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from tests.data.tiny_lfm2 import dialogues as d
from tests.data.tiny_lfm2.conversations import conversation
from tests.data.tiny_lfm2.network import Network, Shape
from tests.data.tiny_lfm2.vocabulary import NOT_LEARNED, Encoded, encode

STEPS = 1000
BATCH_TOKENS = 2304
LONGEST = 1400
"""Tokens; long enough for loops to be learned as endless."""
NAME_WEIGHT = 10.0
"""Answers that hang on one copied token, such as a name, are not learned without extra weight on it."""
LOSS_DIVISOR = 800
"""A constant: a batch of one long loop must not weigh as much as one of thirty dialogues."""

Colours = Mapping[str, np.ndarray]
"""Colour to the embeddings that the projector makes of pictures of it."""


class Muon(torch.optim.Optimizer):
    """Momentum made orthogonal by Newton and Schulz's iteration, for matrices
    (https://kellerjordan.github.io/posts/muon).
    """

    def __init__(self, parameters: list[nn.Parameter], momentum: float = 0.95, decay: float = 0.01) -> None:
        super().__init__(parameters, {"lr": 0.0, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)

    def _update(self, parameter: nn.Parameter, group: dict[str, float]) -> None:
        kept = self.state[parameter].setdefault("kept", torch.zeros_like(parameter))
        kept.lerp_(parameter.grad, 1 - group["momentum"])
        direction = _orthogonal(parameter.grad.lerp(kept, group["momentum"]))
        scale = max(1.0, parameter.shape[0] / parameter.shape[1]) ** 0.5
        parameter.mul_(1 - group["lr"] * group["decay"]).add_(direction, alpha=-group["lr"] * scale)


def _orthogonal(matrix: Tensor) -> Tensor:
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if is_tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        product = x @ x.T
        x = 3.4445 * x + (-4.7750 * product + 2.0315 * product @ product) @ x
    return x.T if is_tall else x


def train(tokenizer: Tokenizer, colours: Colours, steps: int = STEPS) -> Network:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = Network(Shape(tokenizer.get_vocab_size()))
    optimisers = _optimisers(network)
    weights = _token_weights(tokenizer)
    started, average = time.monotonic(), 0.0
    learned = (
        (batch, labels) for batch, labels in _batches(tokenizer) if (labels[:, 1:] != NOT_LEARNED).any()
    )
    for step, (batch, labels) in zip(range(steps), learned, strict=False):
        _set_rates(optimisers, step, steps)
        loss = _learn(network, batch, labels, weights, colours)
        for optimiser, _ in optimisers:
            optimiser.step()
        average = 0.95 * average + 0.05 * loss if step else loss
        if step % 25 == 24:
            sys.stderr.write(f"step {step + 1}: loss {average:.4f}, {time.monotonic() - started:.0f} s\n")
    return network


def _optimisers(network: Network) -> list[tuple[torch.optim.Optimizer, float]]:
    """Each with its highest learning rate."""
    matrices, others = [], []
    for name, parameter in network.named_parameters():
        (matrices if parameter.ndim == 2 and "embed" not in name else others).append(parameter)
    adam = torch.optim.AdamW(others, lr=0.0, betas=(0.9, 0.98), weight_decay=0.0)
    return [(Muon(matrices), 0.02), (adam, 3e-3)]


def _set_rates(optimisers: list[tuple[torch.optim.Optimizer, float]], step: int, steps: int) -> None:
    """Up in 20 steps, level, and down over the last 60 %."""
    share = min(1.0, (step + 1) / 20, 0.02 + (1 - step / steps) / 0.6)
    for optimiser, rate in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate * share


def _token_weights(tokenizer: Tokenizer) -> Tensor:
    weights = torch.ones(tokenizer.get_vocab_size())
    for name in d.NAMES:
        weights[tokenizer.encode(" " + name).ids] = NAME_WEIGHT
    return weights


def _learn(
    network: Network, batch: list[Encoded], labels: Tensor, weights: Tensor, colours: Colours
) -> float:
    """Takes the gradient of one batch; the loss before it."""
    tokens = torch.zeros(labels.shape, dtype=torch.long)
    for row, one in enumerate(batch):
        tokens[row, : len(one.tokens)] = torch.tensor(one.tokens)
    wanted = labels[:, 1:]
    is_learned = wanted != NOT_LEARNED
    hidden = network.hidden(tokens, _pictures(batch, tokens, colours, network.shape.width))[:, :-1]
    logits = network.logits(hidden[is_learned])
    loss = nn.functional.cross_entropy(logits, wanted[is_learned], reduction="none")
    network.zero_grad(set_to_none=True)
    ((loss * weights[wanted[is_learned]]).sum() / LOSS_DIVISOR).backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    return float(loss.mean().detach())


def _pictures(
    batch: list[Encoded], tokens: Tensor, colours: Colours, width: int
) -> tuple[Tensor, Tensor] | None:
    """What the projector would put at the places of pictures, slightly blurred."""
    if not any(one.pictures for one in batch):
        return None
    embeddings = torch.zeros(*tokens.shape, width)
    mask = torch.zeros(tokens.shape, dtype=torch.bool)
    for row, one in enumerate(batch):
        for start, size, colour in one.pictures:
            size = min(size, tokens.shape[1] - start)
            if size > 0:
                known = torch.tensor(colours[colour])
                chosen = known[torch.randint(len(known), (size,))]
                embeddings[row, start : start + size] = chosen + 0.05 * torch.randn(size, width)
                mask[row, start : start + size] = True
    return embeddings, mask


def _batches(tokenizer: Tokenizer) -> Iterator[tuple[list[Encoded], Tensor]]:
    """Conversations of like length together, for ever."""
    rng = random.Random(0)
    while True:
        pool = [encode(tokenizer, conversation(rng), rng).cut(LONGEST) for _ in range(128)]
        pool.sort(key=lambda one: len(one.tokens))
        groups: list[list[Encoded]] = [[]]
        for one in pool:
            if groups[-1] and (len(groups[-1]) + 1) * len(one.tokens) > BATCH_TOKENS:
                groups.append([])
            groups[-1].append(one)
        rng.shuffle(groups)
        for group in groups:
            labels = torch.full((len(group), max(len(one.tokens) for one in group)), NOT_LEARNED)
            for row, one in enumerate(group):
                labels[row, : len(one.labels)] = torch.tensor(one.labels)
            yield group, labels
