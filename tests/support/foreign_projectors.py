"""Projectors of other families, written for a test: they load, and want to be read otherwise than LFM2's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np

from tests.data.tiny_lfm2.projector import TOWER

TEXT_WIDTH = 128


def put_projector(path: Path, family: str) -> Path:
    """Writes a small vision tower of a family: `gemma3` (all of a picture is read at once), `qwen2vl_merger`
    (places in two dimensions), or any other name, which the library may not know."""
    with TOWER.file(path, family, TEXT_WIDTH, gguf.LlamaFileType.ALL_F32) as writer:
        for name, shape in _shapes(family):
            writer.add_tensor(name, np.full(shape, 0.01, np.float32))
    return path


def _shapes(family: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    width, patch = TOWER.width, TOWER.patch
    yield from TOWER.shapes(has_patch_bias=family == "gemma3")
    if family == "gemma3":
        yield "mm.input_projection.weight", (width, TEXT_WIDTH)
        yield "mm.soft_emb_norm.weight", (width,)
    else:
        yield "v.patch_embd.weight.1", (width, 3, patch, patch)
        yield "mm.0.weight", (4 * width, 4 * width)
        yield "mm.0.bias", (4 * width,)
        yield "mm.2.weight", (TEXT_WIDTH, 4 * width)
        yield "mm.2.bias", (TEXT_WIDTH,)
