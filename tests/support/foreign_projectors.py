"""Projectors of other families, written for a test: they load, and want to be read otherwise than LFM2's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np

from tests.data.tiny_lfm2.projector import HEADS, INNER_WIDTH, LAYERS, PATCH, PATCHES, WIDTH

TEXT_WIDTH = 128


def put_projector(path: Path, family: str) -> Path:
    """Writes a small vision tower of a family: `gemma3` (all of a picture is read at once), `qwen2vl_merger`
    (places in two dimensions), or any other name, which the library may not know."""
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type(family)
    writer.add_vision_projection_dim(TEXT_WIDTH)
    writer.add_vision_image_size(PATCH * PATCHES)
    writer.add_vision_patch_size(PATCH)
    writer.add_vision_embedding_length(WIDTH)
    writer.add_vision_feed_forward_length(INNER_WIDTH)
    writer.add_vision_block_count(LAYERS)
    writer.add_vision_head_count(HEADS)
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_image_mean([0.5, 0.5, 0.5])
    writer.add_vision_image_std([0.5, 0.5, 0.5])
    writer.add_vision_use_gelu(True)
    for name, shape in _shapes(family):
        writer.add_tensor(name, np.full(shape, 0.01, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _shapes(family: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "v.patch_embd.weight", (WIDTH, 3, PATCH, PATCH)
    if family == "gemma3":
        yield "v.patch_embd.bias", (WIDTH,)
    yield "v.position_embd.weight", (PATCHES * PATCHES, WIDTH)
    for layer in range(LAYERS):
        block = f"v.blk.{layer}"
        for norm in ("ln1", "ln2"):
            yield f"{block}.{norm}.weight", (WIDTH,)
            yield f"{block}.{norm}.bias", (WIDTH,)
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            yield f"{block}.{part}.weight", (WIDTH, WIDTH)
            yield f"{block}.{part}.bias", (WIDTH,)
        yield f"{block}.ffn_up.weight", (INNER_WIDTH, WIDTH)
        yield f"{block}.ffn_up.bias", (INNER_WIDTH,)
        yield f"{block}.ffn_down.weight", (WIDTH, INNER_WIDTH)
        yield f"{block}.ffn_down.bias", (WIDTH,)
    yield "v.post_ln.weight", (WIDTH,)
    yield "v.post_ln.bias", (WIDTH,)
    if family == "gemma3":
        yield "mm.input_projection.weight", (WIDTH, TEXT_WIDTH)
        yield "mm.soft_emb_norm.weight", (WIDTH,)
    else:
        yield "v.patch_embd.weight.1", (WIDTH, 3, PATCH, PATCH)
        yield "mm.0.weight", (4 * WIDTH, 4 * WIDTH)
        yield "mm.0.bias", (4 * WIDTH,)
        yield "mm.2.weight", (TEXT_WIDTH, 4 * WIDTH)
        yield "mm.2.bias", (TEXT_WIDTH,)
