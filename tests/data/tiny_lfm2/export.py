"""Writes the trained model as GGUF: once as it is (lfm2), once as a mixture of experts (lfm2moe).

Every expert is a copy of the dense layer and their shares add up to one, so that the mixture computes the
same whatever its random router picks, and nothing has to be trained twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np

from tests.data.tiny_lfm2.vocabulary import ID_OF, SPECIAL_TOKENS

TRAINED_CONTEXT = 32_768
DENSE_LAYERS = 2
EXPERTS = 4
EXPERTS_USED = 2
FILE_TYPES = {"f16": gguf.LlamaFileType.MOSTLY_F16, "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}

_NAMES = {
    "operator_norm": "attn_norm",
    "ffn_norm": "ffn_norm",
    "feed_forward.w1": "ffn_gate",
    "feed_forward.w2": "ffn_down",
    "feed_forward.w3": "ffn_up",
    "conv.in_proj": "shortconv.in_proj",
    "conv.out_proj": "shortconv.out_proj",
    "conv.conv": "shortconv.conv",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.out_proj": "attn_output",
    "self_attn.q_layernorm": "attn_q_norm",
    "self_attn.k_layernorm": "attn_k_norm",
}
"""A layer's weights: Hugging Face's names to llama.cpp's."""
_ALWAYS_F32 = ("_norm.weight", "shortconv.conv.weight", "ffn_gate_inp.weight", ".bias")

Weights = Mapping[str, np.ndarray]


def export_dense(path: Path, weights: Weights, layers: str, tokenizer: Path, template: str) -> None:
    writer = _started(path, "lfm2", "Tiny LFM2.5", weights, layers, tokenizer, template, "f16")
    for name, values in _layer_weights(weights):
        _add(writer, name, values, "f16")
    _finish(writer)


def export_mixture(path: Path, weights: Weights, layers: str, tokenizer: Path, template: str) -> None:
    writer = _started(path, "lfm2moe", "Tiny LFM2.5 MoE", weights, layers, tokenizer, template, "q8_0")
    width, inner = weights["model.layers.0.feed_forward.w1.weight"].shape[::-1]
    writer.add_expert_count(EXPERTS)
    writer.add_expert_used_count(EXPERTS_USED)
    writer.add_expert_feed_forward_length(inner)
    writer.add_leading_dense_block_count(DENSE_LAYERS)
    writer.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID)
    for name, values in _layer_weights(weights):
        if int(name.split(".")[1]) >= DENSE_LAYERS and ".ffn_" in name and "norm" not in name:
            name = name.replace(".weight", "_exps.weight")
            values = np.repeat(values[None], EXPERTS, 0)
        _add(writer, name, values, "q8_0")
    rng = np.random.default_rng(0)
    for layer in range(DENSE_LAYERS, len(layers)):
        _add(writer, f"blk.{layer}.ffn_gate_inp.weight", rng.normal(0, 0.1, (EXPERTS, width)), "q8_0")
        _add(writer, f"blk.{layer}.exp_probs_b.bias", rng.normal(0, 0.01, EXPERTS), "q8_0")
    _finish(writer)


def _started(
    path: Path,
    architecture: str,
    name: str,
    weights: Weights,
    layers: str,
    tokenizer: Path,
    template: str,
    precision: str,
) -> gguf.GGUFWriter:
    """A file with everything but the layers."""
    writer = gguf.GGUFWriter(path, architecture)
    vocabulary, width = weights["model.embed_tokens.weight"].shape
    inner = weights["model.layers.0.feed_forward.w1.weight"].shape[0]
    head_width = weights["model.layers.1.self_attn.q_layernorm.weight"].shape[0]
    key_heads = weights["model.layers.1.self_attn.k_proj.weight"].shape[0] // head_width
    writer.add_name(name)
    writer.add_block_count(len(layers))
    writer.add_context_length(TRAINED_CONTEXT)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(width // head_width)
    writer.add_head_count_kv([0 if kind == "c" else key_heads for kind in layers])  # 0 marks a convolution.
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(vocabulary)
    writer.add_shortconv_l_cache(weights["model.layers.0.conv.conv.weight"].shape[-1])
    writer.add_file_type(FILE_TYPES[precision])
    _add_vocabulary(writer, tokenizer, template)
    _add(writer, "token_embd.weight", weights["model.embed_tokens.weight"], precision)
    # The final norm; there is no output.weight, so llama.cpp takes the embeddings.
    _add(writer, "token_embd_norm.weight", weights["model.embedding_norm.weight"], precision)
    return writer


def _add_vocabulary(writer: gguf.GGUFWriter, tokenizer: Path, template: str) -> None:
    trained = json.loads(tokenizer.read_text(encoding="utf-8"))
    numbers = {
        **trained["model"]["vocab"],
        **{token["content"]: token["id"] for token in trained["added_tokens"]},
    }
    tokens = sorted(numbers, key=lambda token: numbers[token])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("lfm2")
    writer.add_token_list(tokens)
    writer.add_token_types([_token_type(token) for token in tokens])
    merges = trained["model"]["merges"]
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_bos_token_id(ID_OF["<|startoftext|>"])
    writer.add_eos_token_id(ID_OF["<|im_end|>"])
    writer.add_pad_token_id(ID_OF["<|pad|>"])
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(template)


def _token_type(token: str) -> gguf.TokenType:
    if token in ("<think>", "</think>"):
        return gguf.TokenType.USER_DEFINED
    return gguf.TokenType.CONTROL if token in SPECIAL_TOKENS else gguf.TokenType.NORMAL


def _layer_weights(weights: Weights) -> list[tuple[str, np.ndarray]]:
    found = []
    for name, values in weights.items():
        if not name.startswith("model.layers."):
            continue
        _, _, layer, rest = name.split(".", 3)
        values = values[:, 0, :] if rest == "conv.conv.weight" else values
        found.append((f"blk.{layer}.{_NAMES[rest.removesuffix('.weight')]}.weight", values))
    return found


def _add(writer: gguf.GGUFWriter, name: str, values: np.ndarray, precision: str) -> None:
    values = np.ascontiguousarray(values, dtype=np.float32)
    if values.ndim == 1 or name.endswith(_ALWAYS_F32):
        writer.add_tensor(name, values)
    elif precision == "f16":
        writer.add_tensor(name, values.astype(np.float16))
    else:
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
