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
from tests.support.vision_tower import VisionTower

TOWER = VisionTower(width=32, inner_width=64, heads=2, layers=2, patch=16, patches=16)
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
    kind = gguf.LlamaFileType.MOSTLY_F16
    with TOWER.file(path, "lfm2", text_width, kind, "Tiny LFM2.5-VL mmproj", MERGED) as writer:
        for name, values in _tensors(text_width):
            is_half = values.ndim == 2 and "position" not in name
            writer.add_tensor(name, values.astype(np.float16 if is_half else np.float32))


def _tensors(text_width: int) -> Iterator[tuple[str, np.ndarray]]:
    rng = np.random.default_rng(0)

    def noise(*shape: int, scale: float) -> np.ndarray:
        return rng.normal(0, scale, shape).astype(np.float32)

    for name, shape in TOWER.shapes():
        if "embd" in name:
            yield name, noise(*shape, scale=0.1 if name.endswith("bias") else 0.02)
        elif name.endswith("bias"):
            yield name, np.zeros(shape)
        elif len(shape) == 1:  # A norm.
            yield name, np.ones(shape)
        else:
            yield name, noise(*shape, scale=0.1)
    merged_width = TOWER.width * MERGED * MERGED
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
