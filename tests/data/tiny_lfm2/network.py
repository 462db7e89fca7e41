"""LFM2 in plain PyTorch, small. Weights are named as in Hugging Face's `Lfm2ForCausalLM`."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class Shape:
    """The model's measures. Widths are multiples of 32, the block of Q8_0."""

    vocabulary: int
    layers: str = "cFcF"
    """One letter a layer: c is a short convolution, F is full attention."""
    width: int = 128
    inner_width: int = 256
    heads: int = 4
    key_heads: int = 2
    kernel: int = 3
    rope_base: float = 1e6

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class Norm(nn.Module):
    def __init__(self, width: int, start: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((width,), start))

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, x.shape[-1:], self.weight, NORM_EPSILON)


class ShortConvolution(nn.Module):
    """A gated convolution over the last few tokens, each channel by itself."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.kernel = shape.kernel
        self.in_proj = nn.Linear(shape.width, 3 * shape.width, bias=False)
        self.out_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.conv = nn.Module()
        self.conv.weight = nn.Parameter(torch.randn(shape.width, 1, shape.kernel) * 0.5)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
        before, gate, value = self.in_proj(x).chunk(3, -1)
        padded = functional.pad(before * value, (0, 0, self.kernel - 1, 0))
        length = x.shape[1]
        mixed = sum(padded[:, at : at + length] * self.conv.weight[:, 0, at] for at in range(self.kernel))
        return self.out_proj(gate * mixed)


class Attention(nn.Module):
    """Grouped queries with rotary positions; queries and keys are normed."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.key_heads, self.head_width = shape.heads, shape.key_heads, shape.head_width
        self.q_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.k_proj = nn.Linear(shape.width, shape.key_heads * shape.head_width, bias=False)
        self.v_proj = nn.Linear(shape.width, shape.key_heads * shape.head_width, bias=False)
        self.out_proj = nn.Linear(shape.width, shape.width, bias=False)
        # 2 makes attention sharp from the start; without it names were not copied from earlier turns.
        self.q_layernorm = Norm(shape.head_width, 2.0)
        self.k_layernorm = Norm(shape.head_width, 2.0)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
        batch, length, width = x.shape
        query = self._rotate(self.q_layernorm(self._split(self.q_proj(x), self.heads)), rope)
        key = self._rotate(self.k_layernorm(self._split(self.k_proj(x), self.key_heads)), rope)
        value = self._split(self.v_proj(x), self.key_heads)
        group = self.heads // self.key_heads
        key, value = key.repeat_interleave(group, 1), value.repeat_interleave(group, 1)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out_proj(mixed.transpose(1, 2).reshape(batch, length, width))

    def _split(self, x: Tensor, heads: int) -> Tensor:
        return x.view(*x.shape[:2], heads, self.head_width).transpose(1, 2)

    def _rotate(self, x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
        """In halves, which llama.cpp calls NEOX."""
        cosine, sine = rope
        half = self.head_width // 2
        return x * cosine + torch.cat((-x[..., half:], x[..., :half]), -1) * sine


class FeedForward(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.w1 = nn.Linear(shape.width, shape.inner_width, bias=False)
        self.w3 = nn.Linear(shape.width, shape.inner_width, bias=False)
        self.w2 = nn.Linear(shape.inner_width, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.w2(functional.silu(self.w1(x)) * self.w3(x))


class Layer(nn.Module):
    def __init__(self, kind: str, shape: Shape) -> None:
        super().__init__()
        self.kind = kind
        self.operator_norm, self.ffn_norm = Norm(shape.width), Norm(shape.width)
        self.feed_forward = FeedForward(shape)
        if kind == "c":
            self.conv = ShortConvolution(shape)
        else:
            self.self_attn = Attention(shape)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
        operator = self.conv if self.kind == "c" else self.self_attn
        x = x + operator(self.operator_norm(x), rope)
        return x + self.feed_forward(self.ffn_norm(x))


class Network(nn.Module):
    """The whole model; its output weights are its embeddings."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.model.layers = nn.ModuleList(Layer(kind, shape) for kind in shape.layers)
        self.model.embedding_norm = Norm(shape.width)
        for parameter in self.parameters():
            if parameter.ndim == 2:
                nn.init.normal_(parameter, std=0.05)

    def hidden(self, tokens: Tensor, pictures: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """What is known after each token.

        `pictures`: embeddings, and a mask of where they take the place of the token's own.
        """
        x = self.model.embed_tokens(tokens)
        if pictures is not None:
            x = torch.where(pictures[1][..., None], pictures[0], x)
        rope = self._rope(tokens.shape[1])
        for layer in self.model.layers:
            x = layer(x, rope)
        return self.model.embedding_norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        return hidden @ self.model.embed_tokens.weight.T

    def _rope(self, length: int) -> tuple[Tensor, Tensor]:
        width = self.shape.head_width
        speeds = self.shape.rope_base ** (-torch.arange(0, width, 2).float() / width)
        angles = torch.arange(length).float()[:, None] * speeds
        angles = torch.cat((angles, angles), -1)
        return angles.cos(), angles.sin()
