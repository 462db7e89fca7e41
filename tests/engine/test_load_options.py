"""Context length, threads and GPU layers, chosen for a file and a machine."""

import pytest

from app.core.errors import OutOfMemoryError
from app.core.model_file import LoadOptions
from app.engine.gguf import read_header
from app.engine.load_options import (
    LoadPlan,
    Machine,
    context_bytes_per_token,
    overhead_bytes,
    physical_cores,
    plan_load,
)
from app.engine.measured_choice import MeasuredChoice
from tests.support.gguf_file import gguf_bytes

ROOMY = Machine(free_bytes=64 * 10**9, core_count=6)

LFM_1_2B = {
    "lfm2.block_count": 16,
    "lfm2.context_length": 128_000,
    "lfm2.embedding_length": 2048,
    "lfm2.shortconv.l_cache": 3,
    "lfm2.attention.head_count": 32,
    "lfm2.attention.head_count_kv": [0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0],
}
"""LFM2.5-1.2B's own figures."""


@pytest.fixture
def lfm(tmp_path):
    path = tmp_path / "lfm.gguf"
    path.write_bytes(gguf_bytes("lfm2", LFM_1_2B))
    return read_header(path)


def test_only_attention_layers_cost_memory_for_each_token(lfm):
    """12 KiB: 6 layers of 8 heads of 64 keys and 64 values in two bytes."""
    assert context_bytes_per_token(lfm, "f16") == 12 * 1024
    assert context_bytes_per_token(lfm, "q8_0") == 12 * 1024 * 17 // 32
    assert context_bytes_per_token(lfm, "q4_0") == 12 * 1024 * 9 // 32


def test_nine_states_of_its_convolutions_are_counted_where_tokens_can_be_taken_back(lfm, tmp_path):
    """160 KiB each: 10 layers of 2048 times 2 numbers in four bytes."""
    path = tmp_path / "plain.gguf"
    path.write_bytes(gguf_bytes("lfm2", {**LFM_1_2B, "lfm2.shortconv.l_cache": 0}))
    plain = read_header(path)
    assert plan_load(lfm, LoadOptions(), 0, ROOMY).take_back_length == 8
    assert plan_load(plain, LoadOptions(), 0, ROOMY).take_back_length == 0
    assert overhead_bytes(lfm) - overhead_bytes(plain) == 9 * 160 * 1024


def test_the_cards_context_is_taken_before_the_headers(lfm):
    assert plan_load(lfm, LoadOptions(), 32_768, ROOMY).context_length == 32_768


def test_without_a_card_the_context_is_kept_moderate(lfm):
    assert plan_load(lfm, LoadOptions(), 0, ROOMY).context_length == 32_768


def test_a_longer_context_can_be_asked_for(lfm):
    assert plan_load(lfm, LoadOptions(context_length=100_000), 32_768, ROOMY).context_length == 100_096


def test_no_more_is_given_than_the_model_was_trained_for(starter_path):
    plan = plan_load(read_header(starter_path), LoadOptions(context_length=20_000), 0, ROOMY)
    assert plan.context_length == 8192
    assert plan.notice == "The context is 8,192 tokens. That is this model’s maximum."


def test_the_context_shrinks_to_the_free_memory_and_says_so(lfm):
    enough_for_10_000 = overhead_bytes(lfm) + lfm.weight_bytes + 10_000 * 12 * 1024
    plan = plan_load(lfm, LoadOptions(), 32_768, Machine(int(enough_for_10_000 / 0.9) + 1, 2))
    assert plan.context_length == 9984
    assert (
        plan.notice
        == "The context is 9,984 tokens instead of 32,768: more does not fit into the free memory."
    )
    assert plan.total_bytes <= enough_for_10_000


def test_a_model_that_does_not_fit_is_refused_with_the_sum(lfm):
    with pytest.raises(
        OutOfMemoryError, match=r"lfm\.gguf needs about \d+ MB of memory .* only 50 MB are free"
    ):
        plan_load(lfm, LoadOptions(), 32_768, Machine(50 * 10**6, 2))


def test_there_is_a_thread_for_each_core_unless_asked_otherwise(lfm):
    assert plan_load(lfm, LoadOptions(), 0, ROOMY).thread_count == 6
    assert plan_load(lfm, LoadOptions(thread_count=3), 0, ROOMY).thread_count == 3
    assert physical_cores() >= 1


def test_a_gpu_takes_all_layers_unless_asked_otherwise(lfm):
    machine = Machine(64 * 10**9, 6, has_gpu=True)
    assert plan_load(lfm, LoadOptions(), 0, machine).gpu_layers == -1
    assert plan_load(lfm, LoadOptions(gpu_layers=4), 0, machine).gpu_layers == 4
    assert plan_load(lfm, LoadOptions(), 0, ROOMY).gpu_layers == 0


def test_plain_attention_is_taken_where_there_is_memory_for_its_scores(lfm):
    plain = plan_load(lfm, LoadOptions(), 32_768, ROOMY)
    assert not plain.flash_attention
    assert plain.overhead_bytes - overhead_bytes(lfm) == 32_768 * 4 * 512 * 33
    short_of_memory = Machine(10**9, 6)
    assert plan_load(lfm, LoadOptions(), 32_768, short_of_memory).flash_attention
    assert plan_load(lfm, LoadOptions(), 32_768, short_of_memory).context_length == 32_768


def test_graphics_cards_and_quantised_memory_get_flash_attention(lfm):
    assert plan_load(lfm, LoadOptions(kv_cache_type="q8_0"), 32_768, ROOMY).flash_attention
    assert plan_load(lfm, LoadOptions(), 32_768, Machine(64 * 10**9, 6, has_gpu=True)).flash_attention


def planned(lfm, machine=ROOMY, measured: MeasuredChoice | None = None, **options) -> LoadPlan:
    return plan_load(lfm, LoadOptions(**options), 32_768, machine, measured=measured)


FLASH_IS_FASTER = MeasuredChoice(flash_attention=True, writing_threads=4)


def test_what_was_measured_is_taken_where_nothing_else_is_asked_for(lfm):
    plan = planned(lfm, measured=FLASH_IS_FASTER)
    assert (plan.flash_attention, plan.is_measured, plan.writing_threads) == (True, True, 4)
    assert plan.overhead_bytes == overhead_bytes(lfm)
    plan = planned(lfm, measured=MeasuredChoice())
    assert (plan.flash_attention, plan.is_measured, plan.writing_threads) == (False, True, 0)
    assert not planned(lfm).is_measured


def test_what_a_preset_asks_for_is_stronger_than_what_was_measured(lfm):
    plan = planned(lfm, measured=FLASH_IS_FASTER, flash_attention="off", thread_count=2)
    assert (plan.flash_attention, plan.is_measured) == (False, False)
    assert (plan.thread_count, plan.writing_threads) == (2, 0)
    plan = planned(lfm, measured=MeasuredChoice(), flash_attention="on")
    assert (plan.flash_attention, plan.is_measured) == (True, False)


def test_flash_attention_is_not_left_out_where_it_is_needed_and_that_is_said(lfm):
    short_of_memory = Machine(10**9, 6)
    plan = planned(lfm, short_of_memory, MeasuredChoice())
    assert (plan.flash_attention, plan.is_measured, plan.notice) == (True, False, "")
    plan = planned(lfm, short_of_memory, flash_attention="off")
    assert plan.flash_attention
    assert "does not fit into the free memory without it" in plan.notice
    plan = planned(lfm, kv_cache_type="q8_0", flash_attention="off")
    assert plan.flash_attention
    assert "a quantised KV cache needs it" in plan.notice


def test_a_graphics_card_has_flash_attention_unless_it_is_switched_off(lfm):
    card = Machine(64 * 10**9, 6, has_gpu=True)
    assert planned(lfm, card, MeasuredChoice()).flash_attention
    plan = planned(lfm, card, FLASH_IS_FASTER, flash_attention="off")
    assert (plan.flash_attention, plan.writing_threads) == (False, 0)
    assert plan.overhead_bytes == overhead_bytes(lfm)
