"""Writes a random vision tower with LFM2's projector (`tiny-mmproj.gguf`), and asks it what it makes of
colours.

The tower is not trained: whatever it makes of a colour is always the same, and the language model learns the
names.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np

from tests.data.tiny_lfm2.dialogues import COLOURS

WIDTH, INNER_WIDTH, HEADS, LAYERS = 32, 64, 2, 2
PATCH, PATCHES = 16, 16
HIDDEN_WIDTH, MERGED = 64, 2
RGB = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "yellow": (255, 255, 0),
}
SIZES = ((256, 256), (640, 480), (512, 512), (100, 60))
"""Width and height of the pictures that the language model learns from."""


def export_projector(path: Path, text_width: int) -> None:
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_name("Tiny LFM2.5-VL mmproj")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("lfm2")
    writer.add_vision_projection_dim(text_width)
    writer.add_vision_image_size(PATCH * PATCHES)
    writer.add_vision_patch_size(PATCH)
    writer.add_vision_embedding_length(WIDTH)
    writer.add_vision_feed_forward_length(INNER_WIDTH)
    writer.add_vision_block_count(LAYERS)
    writer.add_vision_head_count(HEADS)
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_image_mean([0.5, 0.5, 0.5])
    writer.add_vision_image_std([0.5, 0.5, 0.5])
    writer.add_vision_projector_scale_factor(MERGED)
    writer.add_vision_use_gelu(True)
    for name, values in _tensors(text_width):
        is_half = values.ndim == 2 and "position" not in name
        writer.add_tensor(name, values.astype(np.float16 if is_half else np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors(text_width: int) -> Iterator[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(0)

    def noise(*shape: int, scale: float) -> np.ndarray:
        return rng.normal(0, scale, shape).astype(np.float32)

    yield "v.patch_embd.weight", noise(WIDTH, 3, PATCH, PATCH, scale=0.02)
    yield "v.patch_embd.bias", noise(WIDTH, scale=0.1)
    yield "v.position_embd.weight", noise(PATCHES * PATCHES, WIDTH, scale=0.02)
    for layer in range(LAYERS):
        block = f"v.blk.{layer}"
        for norm in ("ln1", "ln2"):
            yield f"{block}.{norm}.weight", np.ones(WIDTH)
            yield f"{block}.{norm}.bias", np.zeros(WIDTH)
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            yield f"{block}.{part}.weight", noise(WIDTH, WIDTH, scale=0.1)
            yield f"{block}.{part}.bias", np.zeros(WIDTH)
        yield f"{block}.ffn_up.weight", noise(INNER_WIDTH, WIDTH, scale=0.1)
        yield f"{block}.ffn_up.bias", np.zeros(INNER_WIDTH)
        yield f"{block}.ffn_down.weight", noise(WIDTH, INNER_WIDTH, scale=0.1)
        yield f"{block}.ffn_down.bias", np.zeros(WIDTH)
    merged_width = WIDTH * MERGED * MERGED
    yield "v.post_ln.weight", np.ones(WIDTH)
    yield "v.post_ln.bias", np.zeros(WIDTH)
    yield "mm.input_norm.weight", np.ones(merged_width)
    yield "mm.input_norm.bias", np.zeros(merged_width)
    yield "mm.1.weight", noise(HIDDEN_WIDTH, merged_width, scale=0.09)
    yield "mm.1.bias", noise(HIDDEN_WIDTH, scale=0.1)
    yield "mm.2.weight", noise(text_width, HIDDEN_WIDTH, scale=0.2)
    yield "mm.2.bias", np.zeros(text_width)


def colour_embeddings(text_model: Path, projector: Path) -> dict[str, np.ndarray]:
    """What the projector makes of each colour, through llama.cpp itself: [pictures' tokens, width]."""
    with _Eye(text_model, projector) as eye:
        return {
            colour: np.concatenate([eye.look(_picture(RGB[colour], *size)) for size in SIZES])
            for colour in COLOURS
        }


def _picture(rgb: tuple[int, int, int], width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), rgb, np.uint8)


class _Eye:
    """llama.cpp's multimodal library with one projector."""

    def __init__(self, text_model: Path, projector: Path) -> None:
        import llama_cpp
        import llama_cpp.mtmd_cpp as mtmd

        self._mtmd = mtmd
        self._llama = llama_cpp.Llama(str(text_model), n_ctx=512, n_threads=1, verbose=False)
        self._width = llama_cpp.llama_model_n_embd(self._llama.model)
        parameters = mtmd.mtmd_context_params_default()
        parameters.use_gpu = parameters.print_timings = False
        parameters.n_threads = 1
        self._context = mtmd.mtmd_init_from_file(str(projector).encode(), self._llama.model, parameters)
        assert self._context, "the projector could not be loaded"

    def __enter__(self) -> _Eye:
        return self

    def __exit__(self, *_: object) -> None:
        self._mtmd.mtmd_free(self._context)
        self._llama.close()

    def look(self, picture: np.ndarray) -> np.ndarray:
        """The embeddings of one picture's first tile."""
        mtmd = self._mtmd
        pixels = np.ascontiguousarray(picture).ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        bitmap = mtmd.mtmd_bitmap_init(picture.shape[1], picture.shape[0], pixels)
        text = mtmd.mtmd_input_text()
        marker = mtmd.mtmd_default_marker()
        text.text, text.text_len, text.add_special, text.parse_special = marker, len(marker), False, True
        chunks = mtmd.mtmd_input_chunks_init()
        bitmaps = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
        assert mtmd.mtmd_tokenize(self._context, chunks, ctypes.byref(text), bitmaps, 1) == 0
        embeddings = next(self._encoded(chunks))
        mtmd.mtmd_input_chunks_free(chunks)
        mtmd.mtmd_bitmap_free(bitmap)
        return embeddings

    def _encoded(self, chunks: object) -> Iterator[np.ndarray]:
        mtmd = self._mtmd
        for number in range(mtmd.mtmd_input_chunks_size(chunks)):
            chunk = mtmd.mtmd_input_chunks_get(chunks, number)
            if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_IMAGE:
                assert mtmd.mtmd_encode_chunk(self._context, chunk) == 0
                size = mtmd.mtmd_input_chunk_get_n_tokens(chunk)
                output = mtmd.mtmd_get_output_embd(self._context)
                yield np.ctypeslib.as_array(output, (size * self._width,)).reshape(size, -1).copy()
