"""Whatever a conversation has been through, an answer is that of an engine that reads it anew."""

from pathlib import Path

import pytest

from tests.support.histories import Difference, Pair, history


def differences(path: Path, seeds: range, most_written: int) -> list[Difference]:
    pair = Pair(path)
    found = [difference for seed in seeds for difference in history(pair, seed, most_written)]
    pair.close()
    assert sum(difference.cached_tokens > 0 for difference in found) > len(found) / 2
    return found


@pytest.mark.parametrize(("model", "seeds"), [("tiny_path", range(10)), ("starter_path", range(1))])
def test_what_was_read_before_makes_no_difference_at_all(request, model, seeds):
    found = differences(request.getfixturevalue(model), seeds, most_written=1)
    assert all(difference.same_text and not difference.logits for difference in found)


def test_what_was_written_before_makes_no_other_answers(tiny_path):
    found = differences(tiny_path, range(4), most_written=32)
    assert all(difference.same_text and difference.logits < 0.002 for difference in found)
