"""Whatever a model file does to the engine happens in a child, and comes back as a sentence."""

import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from app.core.errors import Cancelled, EngineError, ModelFileError, OutOfMemoryError, UserError
from app.engine import load_options, measured_choice, model_trial
from app.engine.gguf import read_header
from app.engine.measured_choice import MeasuredChoice, MeasuredChoices
from app.engine.probe import Probe, verdict_of
from app.engine.trial_process import Ending, TrialLimits, TrialOutcome
from tests.support.gguf_file import gguf_bytes, with_values


@pytest.fixture
def record(tmp_path):
    return tmp_path / "cache" / "tried.json"


@pytest.fixture
def file(tmp_path):
    """A file whose header has nothing against it."""
    path = tmp_path / "plain.gguf"
    path.write_bytes(gguf_bytes())
    return path


def child(code: str) -> list[str]:
    return [sys.executable, "-c", code]


REPORTS = 'import json; print(json.dumps({"problem": "", "hint": "", "kind": "file"}))'
CRASHES = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
posix_only = pytest.mark.skipif(os.name != "posix", reason="Signals are a thing of POSIX systems")


def test_a_good_model_passes_a_real_trial(record, tiny_path, starter_path):
    tried = Probe(record)
    tried.check_model(tiny_path)
    tried.check_model(starter_path)


def test_a_path_may_begin_in_the_folder_that_one_is_in(record, tiny_path, monkeypatch):
    """The child works in another folder."""
    monkeypatch.chdir(tiny_path.parent)
    Probe(record).check_model(Path(tiny_path.name))


def test_the_engine_itself_passes_a_real_trial(record):
    Probe(record).check_library()


def test_a_trial_is_remembered(record, tiny_path):
    Probe(record).check_model(tiny_path)
    Probe(record, child("import sys; sys.exit(3)")).check_model(tiny_path)


def test_a_changed_file_is_tried_again(record, file):
    Probe(record, child(REPORTS)).check_model(file)
    file.write_bytes(gguf_bytes(values={"general.name": "Another"}))
    with pytest.raises(ModelFileError, match="crashed"):
        Probe(record, child("import sys; sys.exit(3)")).check_model(file)


def test_another_engine_tries_again(record, file, monkeypatch):
    Probe(record, child(REPORTS)).check_model(file)
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", "/elsewhere")
    with pytest.raises(ModelFileError, match="crashed"):
        Probe(record, child("import sys; sys.exit(3)")).check_model(file)


def test_a_record_that_is_broken_or_cannot_be_kept_is_no_obstacle(record, file):
    record.parent.mkdir()
    record.write_text("{ not json")
    Probe(record, child(REPORTS)).check_model(file)
    assert json.loads(record.read_text())[str(file)]["problem"] == ""
    Probe(file / "impossible", child(REPORTS)).check_model(file)


@posix_only
def test_a_crash_is_a_sentence_and_is_remembered(record, file):
    for command in (child(CRASHES), child(REPORTS)):
        with pytest.raises(
            ModelFileError, match=r"The engine crashed when it tried plain\.gguf, so it was not"
        ):
            Probe(record, command).check_model(file)


@pytest.mark.measures
def test_a_hang_is_a_sentence_and_is_not_remembered(record, file):
    started = time.perf_counter()
    with pytest.raises(ModelFileError, match="did not finish within"):
        Probe(record, child("import time; time.sleep(60)"), shortest_timeout=0.5).check_model(file)
    assert time.perf_counter() - started < 5
    Probe(record, child(REPORTS)).check_model(file)


@posix_only
def test_a_child_that_the_system_stopped_ran_out_of_memory(record, file):
    with pytest.raises(OutOfMemoryError, match="memory ran out"):
        Probe(record, child("import os; os.kill(os.getpid(), 9)")).check_model(file)
    Probe(record, child(REPORTS)).check_model(file)


@posix_only
def test_an_unfit_processor_is_told_from_a_damaged_file(record, file):
    command = child("import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    with pytest.raises(EngineError, match="instructions that this computer's processor does not have"):
        Probe(record, command).check_model(file)


def test_a_child_that_says_nothing_sensible_has_crashed():
    for output in (b"", b"\n", b"{}", b"[1]", b"no json", b"\xff\xfe"):
        lines = tuple(output.decode("utf-8", "replace").splitlines())
        assert "crashed" in verdict_of("it", TrialOutcome(Ending.BY_ITSELF, 0, lines), TrialLimits(1)).problem


def test_an_engine_that_cannot_be_loaded_is_a_sentence(record):
    report = 'import json; print(json.dumps({"problem": "It is missing.", "hint": "", "kind": "engine"}))'
    with pytest.raises(EngineError, match=r"It is missing\."):
        Probe(record, child(report)).check_library()
    with pytest.raises(EngineError, match="crashed when it tried the engine's library"):
        Probe(record, child("import sys; sys.exit(1)")).check_library()


def test_a_child_that_cannot_be_started_is_a_sentence(record, file):
    with pytest.raises(EngineError, match="could not be started"):
        Probe(record, ["/no/such/program"]).check_model(file)


@pytest.mark.measures
@pytest.mark.parametrize(
    "check",
    [
        lambda probe, file, cancel: probe.check_model(file, cancel),
        lambda probe, _, cancel: probe.check_library(cancel),
    ],
    ids=["model", "library"],
)
def test_a_trial_can_be_cancelled(record, file, check):
    cancel = threading.Event()
    timer = threading.Timer(0.2, cancel.set)
    timer.start()
    started = time.perf_counter()
    with pytest.raises(Cancelled):
        check(Probe(record, child("import time; time.sleep(60)")), file, cancel)
    assert time.perf_counter() - started < 5


def test_what_the_header_tells_needs_no_child(record, tmp_path):
    lfm3 = tmp_path / "lfm3.gguf"
    lfm3.write_bytes(gguf_bytes("lfm3"))
    with pytest.raises(ModelFileError, match="needs a newer engine"):
        Probe(record, ["/no/such/program"]).check_model(lfm3)


def test_a_model_that_could_never_fit_is_refused_with_the_sum(record, starter_path, monkeypatch):
    class SmallMemory:
        total = 100_000_000

    monkeypatch.setattr(model_trial.psutil, "virtual_memory", SmallMemory)
    with pytest.raises(OutOfMemoryError, match=r"\(97 MB for the model, .* only 100 MB are free"):
        Probe(record, ["/no/such/program"]).check_model(starter_path)


def test_a_vocabulary_without_words_is_found_by_trying(record, tiny_path, tmp_path):
    path = tmp_path / "mute.gguf"
    path.write_bytes(with_values(tiny_path, {"tokenizer.ggml.merges": None}))
    with pytest.raises(UserError):
        Probe(record).check_model(path)


def test_weights_that_compute_nothing_are_found_by_trying(record, tiny_path, tmp_path):
    """Every weight is no number; the engine loads that without complaint."""
    data = bytearray(tiny_path.read_bytes())
    data[len(data) // 2 :] = b"\xff" * (len(data) - len(data) // 2)
    path = tmp_path / "noise.gguf"
    path.write_bytes(bytes(data))
    with pytest.raises(ModelFileError, match="damaged"):
        Probe(record).check_model(path)


def test_the_machine_is_looked_at_through_psutil():
    machine = load_options.Machine.look(has_gpu=False)
    assert machine.free_bytes > 0
    assert machine.core_count == load_options.physical_cores()


@pytest.mark.parametrize("damage", ["none", "cut", "words", "another"])
def test_a_projector_is_tried_with_its_model_and_costs_it_only_its_sight(
    record: Path, tiny_path: Path, tmp_path: Path, damage: str
) -> None:
    projector = tmp_path / "mmproj.gguf"
    data = (tiny_path.parent / "tiny-mmproj.gguf").read_bytes()
    changed = {"none": data, "cut": data[:90_000], "words": b"words", "another": tiny_path.read_bytes()}
    projector.write_bytes(changed[damage])
    problem = Probe(record).check_model(tiny_path, projector=projector)
    assert (problem == "") is (damage == "none")
    assert (
        Probe(record, child("import sys; sys.exit(3)")).check_model(tiny_path, projector=projector) == problem
    )


def test_a_crash_over_a_picture_costs_the_model_only_its_sight(record: Path, tiny_path: Path) -> None:
    said = 'print(\'{"step": "picture"}\', flush=True)'
    problem = Probe(record, child(f"{said}; import os; os.abort()")).check_model(tiny_path)
    assert "cannot see" in problem


# Which way to load a model is faster


@pytest.fixture
def choices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MeasuredChoices:
    monkeypatch.setattr(measured_choice, "SMALLEST_MODEL_BYTES", 0)
    return MeasuredChoices(tmp_path / "choices.json")


def says(*reports: dict[str, object], wish: str = "") -> list[str]:
    """A child that says so, if it was asked with that wish."""
    lines = "\n".join(json.dumps(report) for report in reports)
    return child(f"import sys; assert {wish!r} in ('', sys.argv[1]), sys.argv; print({lines!r})")


FINE: dict[str, object] = {"problem": "", "hint": "", "kind": "file", "sight": ""}
CHOICE = {
    "choice": {"flash_attention": True, "writing_threads": 0, "is_clear": True, "gain": 1.5, "tries": 1}
}


def test_the_trial_of_a_model_measures_it_and_so_does_another_one_after_it_was_forgotten(
    record: Path, tiny_path: Path, choices: MeasuredChoices
) -> None:
    """By the real child: whatever it finds on a busy machine, it says something."""
    for _ in range(2):
        Probe(record, choices=choices).check_model(tiny_path)
        assert choices._find(read_header(tiny_path)) is not None
        Probe(record, choices=choices).forget_speed(tiny_path)
        assert choices.needs_measuring(read_header(tiny_path))


def test_a_model_that_was_tried_before_is_measured_alone(
    record: Path, file: Path, choices: MeasuredChoices
) -> None:
    Probe(record, says(FINE, wish="--model")).check_model(file)
    Probe(record, says(CHOICE, FINE, wish="--speed"), choices=choices).check_model(file)
    assert choices.choice_for(read_header(file)) == MeasuredChoice(True, gain=1.5)
    Probe(record, child("import sys; sys.exit(3)"), choices=choices).check_model(file)


def test_another_file_of_the_same_shape_is_tried_without_measuring(
    record: Path, file: Path, choices: MeasuredChoices, tmp_path: Path
) -> None:
    Probe(record, says(CHOICE, FINE, wish="--model-and-speed"), choices=choices).check_model(file)
    other = tmp_path / "other.gguf"
    other.write_bytes(gguf_bytes(values={"general.name": "Another"}))
    Probe(record, says(FINE, wish="--model"), choices=choices).check_model(other)


@posix_only
def test_a_crash_while_it_is_measured_costs_nothing_but_the_measuring(
    record: Path, file: Path, choices: MeasuredChoices
) -> None:
    said = json.dumps({"step": "speed", "sight": "It cannot see."})
    crash = child(f"print({said!r}, flush=True); {CRASHES}")
    assert Probe(record, crash, choices=choices).check_model(file) == "It cannot see."
    assert choices.choice_for(read_header(file)) is None
    assert Probe(record, child("import sys; sys.exit(3)")).check_model(file) == "It cannot see."


def test_a_damaged_model_is_not_measured(record: Path, file: Path, choices: MeasuredChoices) -> None:
    damaged = {**FINE, "problem": "It is damaged."}
    for _ in range(2):
        with pytest.raises(ModelFileError, match=r"It is damaged\."):
            Probe(record, says(damaged), choices=choices).check_model(file)
    assert choices._find(read_header(file)) is None
