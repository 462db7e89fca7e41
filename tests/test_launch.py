from __future__ import annotations

import gc

from app.launch import freeze_collected_objects


def test_what_was_built_at_the_start_is_not_looked_through_again() -> None:
    built = [[number] for number in range(1000)]
    gc.disable()
    try:
        freeze_collected_objects()
        assert gc.isenabled()
        looked_at = {id(found) for found in gc.get_objects()}
        assert not any(id(kept) in looked_at for kept in built)
        later = [0]
        assert any(found is later for found in gc.get_objects())
    finally:
        gc.unfreeze()
        gc.disable()  # As it is between tests.
