"""llama.cpp behind a small typed surface. The only place that imports llama_cpp.

Importing it loads the library, which takes a moment: that is done on the worker thread when the first model
is loaded. Nothing here is thread-safe but `Model.tokenize`; one thread owns a model and its context.
"""

# `library` comes first: it sets what the library reads from the environment when it is loaded.
from app.engine.llama.context import LlamaContext
from app.engine.llama.embedding_context import EmbeddingContext
from app.engine.llama.library import (
    LoadFailed,
    NativeFailure,
    has_gpu,
    last_errors,
    load_libraries,
    loaded_libraries,
)
from app.engine.llama.model import Model
from app.engine.llama.sampler import LARGEST_SEED, Sampler
from app.engine.llama.trial_context import TrialContext

__all__ = [
    "LARGEST_SEED",
    "EmbeddingContext",
    "LlamaContext",
    "LoadFailed",
    "Model",
    "NativeFailure",
    "Sampler",
    "TrialContext",
    "has_gpu",
    "last_errors",
    "load_libraries",
    "loaded_libraries",
]
