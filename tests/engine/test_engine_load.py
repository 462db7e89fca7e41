"""A model is loaded whole or not at all, and every failure is a sentence."""

import os
import shutil
import subprocess
import sys
import threading

import pytest

from app.core.errors import Cancelled, EngineError, ModelFileError, OutOfMemoryError, TemplateError
from app.core.model_file import LoadOptions
from app.engine import load_options
from app.engine.engine import Engine
from app.engine.measured_choice import MeasuredChoice
from tests.support.asking import ask, user
from tests.support.gguf_file import gguf_bytes, with_values


def quiet(share: float) -> None:
    """Takes no notice of the progress."""


def test_a_loaded_model_says_what_it_is(tiny, tiny_path):
    info = tiny.info
    assert (info.name, info.architecture, info.quantisation) == ("Tiny LFM2.5", "lfm2", "F16")
    assert info.path == tiny_path
    assert info.size_bytes == tiny_path.stat().st_size
    assert (info.context_length, info.trained_context) == (2048, 32768)
    assert info.thread_count == load_options.physical_cores()
    assert info.notices == ()


def test_a_model_is_loaded_in_the_way_that_was_measured_to_be_faster(tiny_path):
    """And answers alike: the ways differ in speed, and in the last digits."""
    texts = []
    for choice in (None, MeasuredChoice(), MeasuredChoice(flash_attention=True, writing_threads=1)):
        engine = Engine(choice_for=lambda header, choice=choice: choice)
        info = engine.load(tiny_path, LoadOptions(context_length=512), quiet)
        is_flash = choice is not None and choice.flash_attention
        assert (info.flash_attention, info.is_measured) == (is_flash, choice is not None)
        assert info.writing_threads == (choice.writing_threads if choice else 0)
        texts.append(ask(engine, "Hello").text)
        engine.unload()
    assert len({*texts}) == 1


def test_progress_rises_from_nothing_to_everything(tiny_path):
    seen = []
    engine = Engine()
    engine.load(tiny_path, LoadOptions(context_length=512), seen.append)
    engine.unload()
    assert seen == sorted(seen)
    assert seen[0] < 0.2
    assert seen[-1] == 1.0
    assert len(seen) > 5


def test_the_catalog_decides_the_context_unless_it_was_asked_for(tiny_path):
    engine = Engine()
    assert engine.load(tiny_path, LoadOptions(), quiet, catalog_context=1024).context_length == 1024
    asked = LoadOptions(context_length=512)
    assert engine.load(tiny_path, asked, quiet, catalog_context=1024).context_length == 512
    engine.unload()


@pytest.mark.parametrize("cache_type", ["f16", "q8_0", "q4_0"])
def test_every_cache_type_loads_and_answers(tiny_path, cache_type):
    engine = Engine()
    engine.load(tiny_path, LoadOptions(context_length=512, kv_cache_type=cache_type), quiet)
    assert ask(engine, "Hello").text
    engine.unload()


def test_a_cancelled_load_keeps_the_former_model(tiny, starter_path):
    cancel = threading.Event()

    def stop_at_a_third(share: float) -> None:
        if share > 0.33:
            cancel.set()

    with pytest.raises(Cancelled):
        tiny.load(starter_path, LoadOptions(context_length=512), stop_at_a_third, cancel)
    assert tiny.info.name == "Tiny LFM2.5"
    assert ask(tiny, "Hello").text.startswith("Hello!")


def test_a_failed_load_keeps_the_former_model(tiny, tmp_path):
    garbage = tmp_path / "garbage.gguf"
    garbage.write_bytes(b"these are words, not weights" * 100)
    with pytest.raises(ModelFileError, match=r"garbage\.gguf is not a GGUF model file"):
        tiny.load(garbage, LoadOptions(), quiet)
    assert ask(tiny, "Hello").text.startswith("Hello!")


def test_the_complaint_of_the_engine_is_passed_on(tmp_path):
    """Header and table are in order; only the engine knows that tensors are missing."""
    hollow = tmp_path / "hollow.gguf"
    hollow.write_bytes(gguf_bytes(architecture="llama"))
    with pytest.raises(ModelFileError, match=r"The engine could not load hollow\.gguf: .*key not found"):
        Engine().load(hollow, LoadOptions(), quiet)


def test_an_error_of_the_progress_receiver_comes_back_to_the_caller(tiny_path):
    def fail(share: float) -> None:
        raise RuntimeError("the window is gone")

    with pytest.raises(RuntimeError, match="the window is gone"):
        Engine().load(tiny_path, LoadOptions(context_length=512), fail)


def test_a_model_too_large_for_the_memory_is_refused_with_the_sum(starter_path, monkeypatch):
    monkeypatch.setattr(load_options.Machine, "look", lambda has_gpu: load_options.Machine(60_000_000, 2))
    with pytest.raises(OutOfMemoryError, match=r"needs about \d+ MB of memory .* and only 60 MB are free"):
        Engine().load(starter_path, LoadOptions(), quiet)


def test_a_graphics_card_that_cannot_take_the_model_is_done_without(tiny_path, monkeypatch):
    from app.engine import llama

    class FullGraphicsCard(llama.Model):
        def __init__(self, path, gpu_layers, *rest):
            if gpu_layers:
                raise llama.LoadFailed("ggml_backend_cuda_buffer_type_alloc_buffer: out of memory")
            super().__init__(path, gpu_layers, *rest)

    monkeypatch.setattr(llama, "has_gpu", lambda: True)
    monkeypatch.setattr(llama, "Model", FullGraphicsCard)
    engine = Engine()
    info = engine.load(tiny_path, LoadOptions(context_length=512), quiet)
    assert info.gpu_layers == 0
    assert info.notices == ("The graphics card could not take the model, so it runs on the processor.",)
    assert ask(engine, "Hello").text.startswith("Hello!")
    engine.unload()


def test_switching_models_changes_who_answers(tiny_path, starter_path):
    engine = Engine()
    engine.load(tiny_path, LoadOptions(context_length=512), quiet)
    before = ask(engine, "Hello").text
    engine.load(starter_path, LoadOptions(context_length=512), quiet)
    assert engine.info.architecture == "llama"
    engine.load(tiny_path, LoadOptions(context_length=512), quiet)
    assert ask(engine, "Hello").text == before
    engine.unload()


def test_a_file_without_a_template_is_used_with_a_common_one_and_says_so(tiny_path, tmp_path):
    bare = tmp_path / "bare.gguf"
    bare.write_bytes(with_values(tiny_path, {"tokenizer.chat_template": None}))
    engine = Engine()
    info = engine.load(bare, LoadOptions(context_length=512), quiet)
    assert "no chat template" in info.notices[0]
    assert ask(engine, "Hello").text == "Hello! I am Tiny LFM. How can I help you today?"
    engine.unload()


def load_with_template(tiny_path, tmp_path, template):
    path = tmp_path / "templated.gguf"
    path.write_bytes(with_values(tiny_path, {"tokenizer.chat_template": template}))
    engine = Engine()
    return engine, engine.load(path, LoadOptions(context_length=512), quiet)


def test_a_file_whose_template_is_not_valid_is_used_with_a_common_one_and_says_so(tiny_path, tmp_path):
    engine, info = load_with_template(tiny_path, tmp_path, "{% for %}")
    assert "chat template is not valid" in info.notices[0]
    assert ask(engine, "Hello").text.startswith("Hello!")
    engine.unload()


@pytest.mark.parametrize(
    "template",
    [
        "{{ raise_exception('No.') }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(1000) %}" + "x" * 100_000 + "{% endfor %}",
    ],
    ids=["raises", "loops", "writes a hundred megabytes"],
)
def test_a_bad_template_is_a_sentence_and_the_engine_goes_on(tiny_path, tmp_path, template):
    engine, _ = load_with_template(tiny_path, tmp_path, template)
    with pytest.raises(TemplateError, match="chat template"):
        ask(engine, "Hello")
    engine.load(tiny_path, LoadOptions(context_length=512), quiet)
    assert ask(engine, "Hello").text.startswith("Hello!")
    engine.unload()


def test_a_prompt_of_nothing_is_a_sentence(tiny_path, tmp_path):
    engine, _ = load_with_template(tiny_path, tmp_path, "{# nothing #}")
    engine._require().model.adds_bos = False
    with pytest.raises(EngineError, match="made nothing of the prompt"):
        ask(engine, "Hello")
    engine.unload()


def test_a_file_removed_after_loading_goes_on_answering(tiny_path, tmp_path):
    copy = tmp_path / "copy.gguf"
    shutil.copyfile(tiny_path, copy)
    engine = Engine()
    engine.load(copy, LoadOptions(context_length=512), quiet)
    if os.name == "posix":
        copy.unlink()
    assert ask(engine, "Hello").text.startswith("Hello!")
    engine.unload()


def test_a_prompt_is_counted_without_being_read(tiny):
    counted = tiny.count_prompt_tokens([user("Tell me a story.")])
    assert counted == ask(tiny, "Tell me a story.").statistics.prompt_tokens


SILENT_LOAD = """
import sys
from pathlib import Path
from app.core.model_file import LoadOptions
from app.engine.engine import Engine
assert "llama_cpp" not in sys.modules, "importing the engine must not load the library"
engine = Engine()
engine.load(Path(sys.argv[1]), LoadOptions(context_length=512), lambda share: None)
import os
print(os.environ.get("GOMP_SPINCOUNT"), os.environ.get("KMP_BLOCKTIME"), os.environ.get("OMP_WAIT_POLICY"))
"""


def load_in_a_child(path, **environment: str) -> subprocess.CompletedProcess[str]:
    unset = {"GOMP_SPINCOUNT", "KMP_BLOCKTIME", "OMP_WAIT_POLICY"}
    inherited = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(
        [sys.executable, "-c", SILENT_LOAD, str(path)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_is_printed_and_the_interpreter_ends_well_with_a_model_loaded(tiny_path):
    child = load_in_a_child(tiny_path)
    assert (child.returncode, child.stderr) == (0, "")
    assert child.stdout == "1000 0 None\n"


def test_the_users_own_openmp_settings_are_left_alone(tiny_path):
    child = load_in_a_child(tiny_path, OMP_WAIT_POLICY="passive")
    assert child.stdout == "None None passive\n"
