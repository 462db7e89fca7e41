"""What the meter's tip says besides the figures."""

from __future__ import annotations

import pytest

from app.core.context_use import ContextUse
from app.ui.chat.context_remark import remark_on


@pytest.mark.parametrize(
    ("tokens", "seconds", "remark"),
    [
        (0, None, ""),
        (200, None, ""),
        (3120, None, "The next answer reads 3,120 tokens again."),
        (3120, 9.2, "The next answer reads 3,120 tokens again, about 9 s."),
        (3120, 130.0, "The next answer reads 3,120 tokens again, about 2 min 10 s."),
        (3120, 0.4, ""),
    ],
)
def test_a_long_reading_is_told_before_it_comes(tokens: int, seconds: float | None, remark: str) -> None:
    assert remark_on(ContextUse(4096, reread_tokens=tokens), seconds) == remark


def test_each_remark_is_a_sentence_of_its_own() -> None:
    use = ContextUse(4096, reread_tokens=3120, first_seen_id="a")
    assert remark_on(use, 9.0) == (
        "The oldest messages are left out. The next answer reads 3,120 tokens again, about 9 s."
    )


def test_a_refusal_says_enough() -> None:
    assert remark_on(ContextUse(4096, reread_tokens=3120, refusal="Too long."), 9.0) == "Too long."


def test_an_estimate_is_marked() -> None:
    assert "This is an estimate" in remark_on(ContextUse(4096, is_estimated=True), None)
