"""Vision towers of any size in the files of projectors: what all families say of them, and their tensors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import gguf


@dataclass(frozen=True)
class VisionTower:
    width: int
    inner_width: int
    heads: int
    layers: int
    patch: int
    """Pixels on a side of a patch."""
    patches: int
    """On a side of a picture."""

    @contextmanager
    def file(
        self,
        path: Path,
        family: str,
        text_width: int,
        file_type: gguf.LlamaFileType,
        name: str = "",
        merged: int = 0,
    ) -> Iterator[gguf.GGUFWriter]:
        """A projector's file with this tower, to which the tensors are to be added; it is written at the end.

        Args:
            merged: how many patches in a row become one position; 0 where the family does not say so.
        """
        writer = gguf.GGUFWriter(path, "clip")
        writer.add_type("mmproj")
        if name:
            writer.add_name(name)
        writer.add_file_type(file_type)
        writer.add_clip_has_vision_encoder(True)
        writer.add_clip_projector_type(family)
        writer.add_vision_projection_dim(text_width)
        writer.add_vision_image_size(self.patch * self.patches)
        writer.add_vision_patch_size(self.patch)
        writer.add_vision_embedding_length(self.width)
        writer.add_vision_feed_forward_length(self.inner_width)
        writer.add_vision_block_count(self.layers)
        writer.add_vision_head_count(self.heads)
        writer.add_vision_attention_layernorm_eps(1e-6)
        writer.add_vision_image_mean([0.5, 0.5, 0.5])
        writer.add_vision_image_std([0.5, 0.5, 0.5])
        if merged:
            writer.add_vision_projector_scale_factor(merged)
        writer.add_vision_use_gelu(True)
        yield writer
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    def shapes(self, has_patch_bias: bool = True) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Every tensor of the tower, rows first; a projector's own come after them."""
        yield "v.patch_embd.weight", (self.width, 3, self.patch, self.patch)
        if has_patch_bias:
            yield "v.patch_embd.bias", (self.width,)
        yield "v.position_embd.weight", (self.patches * self.patches, self.width)
        for layer in range(self.layers):
            block = f"v.blk.{layer}"
            for norm in ("ln1", "ln2"):
                yield f"{block}.{norm}.weight", (self.width,)
                yield f"{block}.{norm}.bias", (self.width,)
            for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
                yield f"{block}.{part}.weight", (self.width, self.width)
                yield f"{block}.{part}.bias", (self.width,)
            yield f"{block}.ffn_up.weight", (self.inner_width, self.width)
            yield f"{block}.ffn_up.bias", (self.inner_width,)
            yield f"{block}.ffn_down.weight", (self.width, self.inner_width)
            yield f"{block}.ffn_down.bias", (self.width,)
        yield "v.post_ln.weight", (self.width,)
        yield "v.post_ln.bias", (self.width,)
