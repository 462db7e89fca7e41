"""What was measured is kept by the model's shape and the machine, if it was measured in peace."""

import json

import pytest

from app.engine import measured_choice
from app.engine.gguf import read_header
from app.engine.measured_choice import MOST_TRIES, MeasuredChoice, MeasuredChoices
from tests.support.gguf_file import gguf_bytes

FASTER = MeasuredChoice(flash_attention=True, writing_threads=3, gain=1.25)
UNCLEAR = MeasuredChoice(is_clear=False)
SIZES = {"lfm2.block_count": 16, "lfm2.embedding_length": 2048, "lfm2.attention.head_count_kv": [0, 8, 0]}


@pytest.fixture(autouse=True)
def _every_size_is_measured(monkeypatch):
    monkeypatch.setattr(measured_choice, "SMALLEST_MODEL_BYTES", 0)


@pytest.fixture
def record(tmp_path):
    return tmp_path / "cache" / "choices.json"


@pytest.fixture
def header(tmp_path):
    def make(**values):
        path = tmp_path / "model.gguf"
        path.write_bytes(gguf_bytes("lfm2", {**SIZES, **{f"lfm2.{key}": v for key, v in values.items()}}))
        return read_header(path)

    return make


def test_a_choice_is_there_again_after_a_restart(record, header):
    assert MeasuredChoices(record).needs_measuring(header())
    MeasuredChoices(record).remember(header(), FASTER)
    choices = MeasuredChoices(record)
    assert choices.choice_for(header()) == FASTER
    assert not choices.needs_measuring(header())


def test_models_of_one_shape_share_a_choice_and_others_do_not(record, header):
    choices = MeasuredChoices(record)
    choices.remember(header(), FASTER)
    assert choices.choice_for(header(context_length=8192)) == FASTER
    assert choices.choice_for(header(embedding_length=1024)) is None
    assert choices.choice_for(header(**{"attention.head_count_kv": [0, 4, 0]})) is None


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("processor_name", lambda: "Another processor"),
        ("instruction_sets", lambda: ("avx512", "")),
        ("physical_cores", lambda: 61),
        ("engine_version", lambda: "another"),
    ],
)
def test_another_machine_or_engine_measures_for_itself(record, header, monkeypatch, what, value):
    choices = MeasuredChoices(record)
    choices.remember(header(), FASTER)
    monkeypatch.setattr(measured_choice, what, value)
    assert choices.choice_for(header()) is None
    assert choices.needs_measuring(header())


def test_another_library_for_this_processor_measures_for_itself(record, header, tmp_path):
    MeasuredChoices(record).remember(header(), FASTER)
    other = MeasuredChoices(record, lambda: [tmp_path / "libggml-cpu-zen4.so"])
    assert other.needs_measuring(header())


def test_what_a_busy_computer_measured_is_not_relied_on_and_measured_again_a_few_times(record, header):
    choices = MeasuredChoices(record)
    for _ in range(MOST_TRIES):
        assert choices.needs_measuring(header())
        choices.remember(header(), UNCLEAR)
        assert choices.choice_for(header()) is None
    assert not choices.needs_measuring(header())
    choices.forget(header())
    assert choices.needs_measuring(header())


def test_a_clear_choice_takes_the_place_of_an_unclear_one(record, header):
    choices = MeasuredChoices(record)
    choices.remember(header(), UNCLEAR)
    choices.remember(header(), FASTER)
    found = choices.choice_for(header())
    assert found is not None
    assert found.flash_attention


def test_small_models_are_not_measured(record, header, monkeypatch):
    monkeypatch.setattr(measured_choice, "SMALLEST_MODEL_BYTES", 10**9)
    assert not MeasuredChoices(record).needs_measuring(header())


@pytest.mark.parametrize(
    "damage", ["", "{ not json", "[]", "null", '{"x": 1}', '{"KEY": {"gain": "a"}}', '{"KEY": {"gain": 1}}']
)
def test_a_damaged_record_is_measured_anew(record, header, damage):
    choices = MeasuredChoices(record)
    choices.remember(header(), FASTER)
    [key] = json.loads(record.read_text())
    record.write_text(damage.replace("KEY", key))
    assert choices.choice_for(header()) is None
    choices.remember(header(), FASTER)
    assert choices.choice_for(header()) == FASTER


def test_a_record_that_cannot_be_kept_is_no_obstacle(header, tmp_path):
    (tmp_path / "file").write_text("")
    choices = MeasuredChoices(tmp_path / "file" / "choices.json")
    choices.remember(header(), FASTER)
    choices.forget(header())
    assert choices.choice_for(header()) is None


def test_the_record_stays_small(record, header, monkeypatch):
    monkeypatch.setattr(measured_choice, "MOST_ENTRIES", 2)
    choices = MeasuredChoices(record)
    for blocks in (1, 2, 3):
        choices.remember(header(block_count=blocks), FASTER)
    assert [choices.choice_for(header(block_count=blocks)) is not None for blocks in (1, 2, 3)] == [
        False,
        True,
        True,
    ]
