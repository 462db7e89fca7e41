"""Whether a model fits: figures in, a verdict and a sum out."""

import pytest

from app.core.errors import OutOfMemoryError
from app.core.memory_estimate import ModelMemory, typical_memory
from app.core.model_file import LoadOptions
from app.core.speed_estimate import active_share
from app.engine.gguf import read_header
from app.engine.load_options import Machine, model_memory, plan_load
from app.hub.verdict import CHAT_CONTEXT, Capacity, Fit, judge
from tests.support.gguf_file import gguf_bytes

GB = 1_000_000_000
OVERHEAD = 150_000_000

SHAPES = {
    "lfm2": {
        "lfm2.block_count": 16,
        "lfm2.context_length": 128_000,
        "lfm2.embedding_length": 2048,
        "lfm2.feed_forward_length": 8192,
        "lfm2.attention.head_count": 32,
        "lfm2.attention.head_count_kv": [0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0],
    },
    "llama": {
        "llama.block_count": 32,
        "llama.context_length": 131_072,
        "llama.embedding_length": 4096,
        "llama.feed_forward_length": 14_336,
        "llama.attention.head_count": 32,
        "llama.attention.head_count_kv": 8,
    },
}
"""The figures in the headers of LFM2.5-1.2B and Llama-3.1-8B."""


@pytest.mark.parametrize(
    ("free", "fit"),
    [
        (16 * GB, Fit.FITS),
        (1.31 * GB, Fit.FITS),
        (1.29 * GB, Fit.TIGHT),
        (1.07 * GB, Fit.TOO_LARGE),
    ],
)
def test_the_verdict_follows_the_free_memory(free, fit):
    # LFM2.5-1.2B in Q4_K_M: 0.731 + 8,192 x 12 KiB + 0.15 = 0.98 GB.
    assert judge(typical_memory("lfm2", 731_000_000), Capacity(int(free))).fit is fit


def test_the_sentence_gives_the_whole_sum():
    verdict = judge(ModelMemory(5_200_000_000, 12_288, OVERHEAD), Capacity(8 * GB), context_length=32_768)
    assert verdict.needed_bytes == 5_200_000_000 + 32_768 * 12_288 + 150_000_000
    assert verdict.label == ""
    assert verdict.sentence == (
        "This model fits into the memory of this computer. It needs about 5.8 GB: 5.2 GB for the model, "
        "403 MB for a chat of 32,768 tokens and 150 MB for the engine. 8.0 GB are free now."
    )


def test_a_longer_context_may_be_too_large_where_a_short_one_is_not():
    memory = ModelMemory(5 * GB, 131_072, OVERHEAD)
    assert judge(memory, Capacity(8 * GB), context_length=2_048).fit is Fit.FITS
    assert judge(memory, Capacity(8 * GB), context_length=32_768).fit is Fit.TOO_LARGE


def test_where_only_a_short_conversation_fits_the_sentence_says_how_short():
    memory = typical_memory("lfm2", 731_000_000)
    tight = judge(memory, Capacity(int(1.07 * GB)))
    assert "Only a short chat, of 6,656 tokens, fits" in tight.sentence
    none = judge(memory, Capacity(int(0.9 * GB)))
    assert none.sentence.startswith("This model is too large for the memory")


@pytest.mark.parametrize(
    ("name", "weight_bytes", "bytes_per_second", "label", "is_slow"),
    [
        ("LFM2.5-1.2B-Instruct", 731_000_000, 40e9, "", False),
        ("LFM2.5-1.2B-Instruct", 731_000_000, 10e9, "About 14 tokens/s", False),
        ("Qwen3-32B", 19_000_000_000, 45e9, "Slow, about 2 tokens/s", True),
        ("Qwen3-32B", 19_000_000_000, 20e9, "Slow, about 1 token/s", True),
        ("Llama-3.3-70B", 42_000_000_000, 20e9, "Slow, under 1 token/s", True),
        ("Qwen3-30B-A3B", 18_600_000_000, 20e9, "Slow, about 8 tokens/s", True),
        ("LFM2.5-8B-A1B", 5_200_000_000, 20e9, "About 23 tokens/s", False),
        ("Qwen3-30B-A3B", 18_600_000_000, 0.0, "", False),
    ],
)
def test_a_badge_tells_of_speed_where_the_model_fits(name, weight_bytes, bytes_per_second, label, is_slow):
    capacity = Capacity(200 * GB, bytes_per_second)
    verdict = judge(ModelMemory(weight_bytes, 12_288, OVERHEAD), capacity, share=active_share(name))
    assert (verdict.label, verdict.is_slow) == (label, is_slow)
    assert ("It writes" in verdict.sentence) is bool(bytes_per_second)


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("LFM2.5-8B-A1B-GGUF", 1 / 8 + 0.04),
        ("qwen3-30b-a3b-instruct-2507-q4_k_m.gguf", 0.14),
        ("gpt-oss-20b", 1.0),
        ("Llama-3.1-8B-Instruct", 1.0),
        ("LFM2.5-1.2B-A", 1.0),
        ("0B-A0B", 1.0),
        ("", 1.0),
    ],
)
def test_the_active_part_of_a_mixture_is_read_from_its_name(name, share):
    assert active_share(name) == pytest.approx(share)


@pytest.mark.parametrize(("architecture", "weights"), [("lfm2", 731_000_000), ("llama", 4_920_000_000)])
def test_the_engine_loads_what_the_models_screen_says_and_refuses_nothing_else(
    architecture, weights, tmp_path
):
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf_bytes(architecture, SHAPES[architecture]))
    header = read_header(path)
    for free in range(GB // 2, 9 * GB, GB // 7):
        # The file here holds no weights: their share of the memory is taken off what is free.
        machine = Machine(free - int(weights / 0.9), 4)
        verdict = judge(model_memory(header, "f16", weights), Capacity(free))
        try:
            plan = plan_load(header, LoadOptions(context_length=CHAT_CONTEXT), 0, machine)
        except OutOfMemoryError:
            assert verdict.fit is Fit.TOO_LARGE
            assert "too large for the memory" in verdict.sentence
        else:
            assert (plan.context_length == CHAT_CONTEXT) == (verdict.fit is not Fit.TOO_LARGE)


@pytest.mark.parametrize(("architecture", "weights"), [("lfm2", 731_000_000), ("llama", 4_920_000_000)])
def test_before_the_download_the_sum_is_about_what_the_header_will_say(architecture, weights, tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf_bytes(architecture, SHAPES[architecture]))
    known = model_memory(read_header(path), "f16", weights)
    guessed = typical_memory(architecture, weights)
    assert guessed.total_bytes(CHAT_CONTEXT) == pytest.approx(known.total_bytes(CHAT_CONTEXT), rel=0.1)
    assert guessed.overhead_bytes >= known.overhead_bytes
