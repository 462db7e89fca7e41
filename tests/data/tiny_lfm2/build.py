"""Makes all four files from nothing.

uv run --group tiny-model python -m tests.data.tiny_lfm2.build FOLDER [--steps 1000]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from tests.data.tiny_lfm2.export import export_dense, export_mixture
from tests.data.tiny_lfm2.hearing import learn_tones
from tests.data.tiny_lfm2.network import Network, Shape
from tests.data.tiny_lfm2.projector import colour_embeddings, export_projector
from tests.data.tiny_lfm2.train import STEPS, train
from tests.data.tiny_lfm2.vocabulary import build_tokenizer

HERE = Path(__file__).parent


def weights_of(network: Network) -> dict[str, np.ndarray]:
    return {name: values.detach().numpy() for name, values in network.state_dict().items()}


def build(folder: Path, steps: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    instruct = (HERE / "instruct.jinja").read_text(encoding="utf-8")
    mixture = (HERE / "mixture.jinja").read_text(encoding="utf-8")
    tokenizer_file = folder / "tokenizer.json"
    tokenizer = build_tokenizer(tokenizer_file)
    dense, projector = folder / "tiny-lfm2.gguf", folder / "tiny-mmproj.gguf"

    # The projector is asked through llama.cpp, which wants a language model beside it: any will do.
    untrained = Network(Shape(tokenizer.get_vocab_size()))
    export_dense(dense, weights_of(untrained), untrained.shape.layers, tokenizer_file, instruct)
    export_projector(projector, untrained.shape.width)
    colours = colour_embeddings(dense, projector)

    network = train(tokenizer, colours, steps)
    weights, layers = weights_of(network), network.shape.layers
    export_dense(dense, weights, layers, tokenizer_file, instruct)
    learn_tones(folder / "tiny-audio-mmproj.gguf", dense, colours)
    export_mixture(folder / "tiny-lfm2moe-q8.gguf", weights, layers, tokenizer_file, mixture)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    chosen = parser.parse_args()
    build(chosen.folder, chosen.steps)
