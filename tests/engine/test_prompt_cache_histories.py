"""Whatever a conversation has been through, an answer is that of an engine that reads it anew."""

from pathlib import Path

import pytest

from app.engine import state_files
from tests.support.histories import Difference, Pair, history


@pytest.fixture(autouse=True)
def _disk_with_room(monkeypatch) -> None:
    monkeypatch.setattr(state_files, "LEAST_FREE_BYTES", 0)


def differences(
    path: Path,
    folder: Path,
    seeds: range,
    most_written: int,
    always_ahead: bool = False,
    projector: Path | None = None,
    flash_attention: str = "auto",
) -> list[Difference]:
    pair = Pair(path, folder, projector, flash_attention)
    found = [one for seed in seeds for one in history(pair, seed, most_written, always_ahead)]
    pair.close()
    assert sum(difference.cached_tokens > 0 for difference in found) > len(found) / 2
    return found


@pytest.mark.parametrize(("model", "seeds"), [("tiny_path", range(10)), ("starter_path", range(1))])
def test_what_was_read_before_makes_no_difference_at_all(request, tmp_path, model, seeds):
    found = differences(request.getfixturevalue(model), tmp_path, seeds, most_written=1)
    assert all(difference.same_text and not difference.logits for difference in found)


def test_what_was_written_before_makes_no_other_answers(tiny_path, tmp_path):
    found = differences(tiny_path, tmp_path, range(4), most_written=32)
    assert all(difference.same_text and difference.logits < 0.002 for difference in found)


def test_what_was_written_and_read_ahead_makes_no_difference_but_to_its_own_continuation(tiny_path, tmp_path):
    found = differences(tiny_path, tmp_path, range(4), most_written=32, always_ahead=True)
    assert all(difference.same_text and difference.logits < 0.002 for difference in found)
    assert not any(difference.logits for difference in found if not difference.is_continued)


def test_flash_attention_whose_kernels_differ_with_the_size_of_a_batch_makes_no_other_answers(
    tiny_path, tmp_path
):
    found = differences(tiny_path, tmp_path, range(3), most_written=1, flash_attention="on")
    assert all(difference.same_text and difference.logits < 0.001 for difference in found)


@pytest.mark.parametrize("most_written", [1, 32])
@pytest.mark.parametrize("projector", ["tiny-mmproj.gguf", "tiny-audio-mmproj.gguf"])
def test_pictures_and_recordings_of_before_make_no_other_answers(
    tiny_path, tmp_path, most_written, projector
):
    found = differences(tiny_path, tmp_path, range(3), most_written, projector=tiny_path.with_name(projector))
    assert all(difference.same_text and difference.logits < 0.002 for difference in found)
