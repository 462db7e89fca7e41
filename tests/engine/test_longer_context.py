"""What a longer context costs."""

from pathlib import Path

import pytest

from app.core.errors import ModelFileError
from app.core.model_file import LoadOptions
from app.engine.engine import Engine
from app.engine.longer_context import LongerContext, longer_context


def load(path: Path, context_length: int, kv_cache_type: str = "f16") -> Engine:
    engine = Engine()
    engine.load(path, LoadOptions(context_length, kv_cache_type=kv_cache_type), lambda share: None)
    return engine


def test_twice_the_context_costs_what_the_engine_plans_for_it(tiny_path: Path) -> None:
    engine = load(tiny_path, 256)
    assert engine.info is not None
    found = longer_context(engine.info, "f16")
    assert found is not None
    assert found.context_length == 512
    assert found.extra_bytes > 0
    small = longer_context(engine.info, "q8_0")
    assert small is not None
    assert small.extra_bytes == pytest.approx(found.extra_bytes * 34 / 64, rel=0.05)
    engine.load(tiny_path, LoadOptions(found.context_length), lambda share: None)
    assert engine.info.context_length == 512
    engine.unload()


def test_a_model_that_has_all_it_was_trained_for_has_none(starter_path: Path) -> None:
    engine = load(starter_path, 8192)
    assert engine.info is not None
    assert longer_context(engine.info, "f16") is None
    engine.unload()


def test_it_ends_at_what_the_model_was_trained_for(starter_path: Path) -> None:
    engine = load(starter_path, 6144)
    assert engine.info is not None
    found = longer_context(engine.info, "f16")
    assert found is not None
    assert found.context_length == 8192
    engine.unload()


def test_what_does_not_fit_into_memory_is_known(tmp_path: Path) -> None:
    assert LongerContext(8192, extra_bytes=80, free_bytes=100).fits
    assert not LongerContext(8192, extra_bytes=95, free_bytes=100).fits


def test_a_file_that_is_gone_is_said_in_words(tiny_path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model.gguf"
    copy.write_bytes(tiny_path.read_bytes())
    engine = load(copy, 256)
    info = engine.info
    assert info is not None
    engine.unload()
    copy.unlink()
    with pytest.raises(ModelFileError):
        longer_context(info, "f16")
