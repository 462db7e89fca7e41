"""The sum of memory: what is known of families of models, and the longest context that fits."""

from app.core.memory_estimate import CONTEXT_STEP, ModelMemory, attention_bytes_per_token, typical_memory


def per_token(architecture, weight_bytes, parameters=0):
    return typical_memory(architecture, weight_bytes, parameters).context_bytes_per_token


def test_the_context_memory_of_lfm2_is_known_and_of_others_estimated():
    assert per_token("lfm2", 731_000_000) == 12_288
    assert per_token("lfm2moe", 5_155_000_000) == 12_288
    assert per_token("lfm2", 2_870_000_000) == 16_384
    assert 56 * 1024 < per_token("llama", 4_920_000_000, 8_030_000_000) < 2 * 128 * 1024
    assert per_token("qwen3", 500_000_000) > 0


def test_quantised_attention_memory_is_smaller():
    assert attention_bytes_per_token(48, 128) == 12_288
    assert attention_bytes_per_token(48, 128, "q8_0") == 12_288 * 17 // 32


def test_the_longest_context_fits_and_one_step_more_does_not():
    memory = ModelMemory(731_000_000, 12_288, 150_000_000)
    for free in range(1_000_000_000, 3_000_000_000, 123_456_789):
        longest = memory.longest_context(free)
        assert memory.total_bytes(longest) <= free * 0.9 < memory.total_bytes(longest + CONTEXT_STEP)


def test_a_model_without_attention_memory_has_no_longest_context():
    memory = ModelMemory(100, 0, 100)
    assert memory.longest_context(1_000) is None
    assert memory.longest_context(100) == 0
