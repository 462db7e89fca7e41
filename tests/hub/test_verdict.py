"""Whether a model fits: figures in, a verdict and a sum out."""

import pytest

from app.hub.verdict import Fit, context_bytes_per_token, judge

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("free", "fit"),
    [
        (16 * GB, Fit.RUNS_WELL),
        (1.31 * GB, Fit.RUNS_WELL),
        (1.29 * GB, Fit.TIGHT),
        (1.07 * GB, Fit.TOO_LARGE),
    ],
)
def test_the_verdict_follows_the_free_memory(free, fit):
    # LFM2.5-1.2B in Q4_K_M: 0.731 + 8,192 x 12 KiB + 0.15 = 0.98 GB.
    assert judge(731_000_000, int(free), 12_288).fit is fit


def test_the_sentence_gives_the_whole_sum():
    verdict = judge(5_200_000_000, 8 * GB, 12_288, context_length=32_768)
    assert verdict.needed_bytes == 5_200_000_000 + 32_768 * 12_288 + 150_000_000
    assert verdict.label == "Runs well"
    assert verdict.sentence == (
        "This model runs well on this computer. It needs about 5.8 GB: 5.2 GB for the model, 403 MB for "
        "a conversation of 32,768 tokens and 150 MB for the engine. 8.0 GB are free now."
    )


def test_a_longer_context_may_be_too_large_where_a_short_one_is_not():
    assert judge(5 * GB, 8 * GB, 131_072, context_length=2_048).fit is Fit.RUNS_WELL
    assert judge(5 * GB, 8 * GB, 131_072, context_length=32_768).fit is Fit.TOO_LARGE


def test_the_context_memory_of_lfm2_is_known_and_of_others_estimated():
    assert context_bytes_per_token("lfm2", 731_000_000) == 12_288
    assert context_bytes_per_token("lfm2moe", 5_155_000_000) == 12_288
    assert context_bytes_per_token("lfm2", 2_870_000_000) == 16_384
    assert 56 * 1024 < context_bytes_per_token("llama", 4_920_000_000, 8_030_000_000) < 2 * 128 * 1024
    assert context_bytes_per_token("qwen3", 500_000_000) > 0
