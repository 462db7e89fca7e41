"""Whatever a conversation has been through, an answer is that of an engine that reads it anew."""

import pytest

from tests.engine.histories import Pair, history


@pytest.mark.parametrize(("model", "seeds"), [("tiny_path", range(8)), ("starter_path", range(1))])
def test_any_history_gives_the_answers_of_a_fresh_engine(request, model, seeds):
    pair = Pair(request.getfixturevalue(model))
    found = [difference for seed in seeds for difference in history(pair, seed)]
    pair.close()
    assert all(difference.is_none for difference in found)
    assert sum(difference.cached_tokens > 0 for difference in found) > len(found) / 2
