"""A tiny embedding model: the tiny chat model, told to look both ways and to give one vector a text."""

from __future__ import annotations

from pathlib import Path

from tests.support.gguf_file import with_values

TINY = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"
NAME = "tiny-embedding.gguf"
WIDTH = 128


def put_embedding_model(folder: Path, name: str = NAME) -> Path:
    """The same form as LFM2.5-Embedding: not causal, with the vector of the first token."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(
        with_values(
            TINY,
            {
                "general.name": "Tiny Embedding",
                "lfm2.attention.causal": False,
                "lfm2.pooling_type": 2,
            },
        )
    )
    return path
