"""The memory's bandwidth is measured once, learned from answers, and kept."""

import pytest

from app.engine.bandwidth import Bandwidth


def test_it_is_measured_once_and_kept(tmp_path):
    file = tmp_path / "bandwidth.json"
    first = Bandwidth(file)
    assert first.bytes_per_second == 0
    first.measure()
    assert 1e8 < first.bytes_per_second < 2e12
    again = Bandwidth(file)
    assert again.bytes_per_second == pytest.approx(first.bytes_per_second, rel=0.01)


def test_answers_of_the_largest_model_count(tmp_path):
    bandwidth = Bandwidth(tmp_path / "bandwidth.json")
    bandwidth.note_answer(100_000_000, generated_tokens=200, decode_ms=1000)
    assert bandwidth.bytes_per_second == pytest.approx(20e9)
    bandwidth.note_answer(1_000_000_000, generated_tokens=150, decode_ms=10_000)
    assert bandwidth.bytes_per_second == pytest.approx(15e9)
    bandwidth.note_answer(100_000_000, generated_tokens=200, decode_ms=1000)
    assert bandwidth.bytes_per_second == pytest.approx(15e9)


def test_answers_of_a_busy_computer_do_not_lower_what_it_can(tmp_path):
    file = tmp_path / "bandwidth.json"
    bandwidth = Bandwidth(file)
    for tokens in (100, 20, 98, 15, 30, 99, 12, 97):
        bandwidth.note_answer(10**9, generated_tokens=max(tokens, 24), decode_ms=10_000)
    assert bandwidth.bytes_per_second == pytest.approx(9.8e9, rel=0.02)
    bandwidth.save()
    assert Bandwidth(file).bytes_per_second == pytest.approx(bandwidth.bytes_per_second)


def test_a_computer_that_stays_slower_is_believed_in_the_end(tmp_path):
    bandwidth = Bandwidth(tmp_path / "bandwidth.json")
    for tokens in [100] * 12 + [50] * 12:
        bandwidth.note_answer(10**9, generated_tokens=tokens, decode_ms=10_000)
    assert bandwidth.bytes_per_second == pytest.approx(5e9)


def test_a_first_answer_replaces_what_copying_promised(tmp_path):
    bandwidth = Bandwidth(tmp_path / "bandwidth.json")
    bandwidth.measure()
    bandwidth.note_answer(10**9, generated_tokens=100, decode_ms=100_000)
    assert bandwidth.bytes_per_second == pytest.approx(1e9)


def test_a_file_of_an_earlier_version_counts_until_a_model_has_answered(tmp_path):
    file = tmp_path / "bandwidth.json"
    file.write_text('{"weight_bytes": 1000000000, "bytes_per_second": 7000000000}')
    bandwidth = Bandwidth(file)
    assert bandwidth.bytes_per_second == 7e9
    bandwidth.note_answer(10**9, generated_tokens=100, decode_ms=10_000)
    assert bandwidth.bytes_per_second == pytest.approx(10e9)


def test_what_an_earlier_version_learned_from_a_tiny_model_is_measured_again(tmp_path):
    file = tmp_path / "bandwidth.json"
    file.write_text('{"weight_bytes": 1482880, "bytes_per_second": 710855093, "answers": [506553117]}')
    assert Bandwidth(file).bytes_per_second == 0


@pytest.mark.parametrize(
    "answer", [(10**9, 3, 100.0), (10**9, 100, 0.0), (0, 100, 100.0), (10**6, 100, 100.0)]
)
def test_answers_that_tell_nothing_are_left_out(tmp_path, answer):
    bandwidth = Bandwidth(tmp_path / "bandwidth.json")
    bandwidth.note_answer(*answer)
    assert bandwidth.bytes_per_second == 0


@pytest.mark.parametrize(
    "content",
    [
        *(
            "",
            "{",
            "[]",
            "[" * 1000,
            '{"weight_bytes": "many"}',
            '{"weight_bytes": 1, "bytes_per_second": NaN}',
        ),
        *(f'{{"weight_bytes": 1, "bytes_per_second": 9, "answers": {it}}}' for it in ("[-1]", "3", '["x"]')),
    ],
)
def test_a_damaged_file_is_forgotten(tmp_path, content):
    file = tmp_path / "bandwidth.json"
    file.write_text(content)
    bandwidth = Bandwidth(file)
    assert bandwidth.bytes_per_second == 0
    bandwidth.note_answer(10**9, 100, 10_000)
    assert bandwidth.bytes_per_second == pytest.approx(10e9)


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path):
    bandwidth = Bandwidth(tmp_path / "missing" / "bandwidth.json")
    bandwidth.note_answer(10**9, 100, 10_000)
    bandwidth.save()
    assert bandwidth.bytes_per_second == pytest.approx(10e9)
