"""What the trial has passed cannot take the window down, and what it refuses, it says why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import ModelFileError, UserError
from app.engine.gguf import LONGEST_NAME, read_header
from app.engine.model_checks import describe
from app.engine.probe import Probe
from tests.support.effort import EFFORT
from tests.support.model_mutations import Array, Parsed, parse

ROOT = Path(__file__).parents[2]
SEEDS = 20 * EFFORT

STRING, FLOAT, ARRAY = 8, 6, 9


def with_value(parsed: Parsed, key: str, kind: int, value: object) -> None:
    parsed.values = [one for one in parsed.values if one[0] != key.encode()]
    parsed.values.append((key.encode(), kind, value))


def tokens_of(parsed: Parsed) -> Array:
    tokens = next(value for key, _, value in parsed.values if key == b"tokenizer.ggml.tokens")
    assert isinstance(tokens, Array)
    return tokens


def heads_that_are_no_numbers(parsed: Parsed) -> None:
    with_value(parsed, "lfm2.attention.head_count_kv", ARRAY, Array(FLOAT, [float("nan")] * 4))


def endless_heads(parsed: Parsed) -> None:
    with_value(parsed, "lfm2.attention.head_count_kv", ARRAY, Array(FLOAT, [float("inf")] * 4))


def a_vocabulary_without_bytes(parsed: Parsed) -> None:
    with_value(parsed, "tokenizer.ggml.model", STRING, b"llama")


def a_vocabulary_with_scores_and_without_bytes(parsed: Parsed) -> None:
    a_vocabulary_without_bytes(parsed)
    with_value(parsed, "tokenizer.ggml.scores", ARRAY, Array(FLOAT, [-1.0] * len(tokens_of(parsed).items)))


def unseen_letters(parsed: Parsed) -> None:
    """Six kilobytes of them in every word."""
    tokens = tokens_of(parsed)
    tokens.items = [bytes(str(item), "utf-8") + "\u200b".encode() * 2000 for item in range(len(tokens.items))]


def a_template_that_prints_a_list_of_lists(parsed: Parsed) -> None:
    template = (
        "{% set ns = namespace(x=['aaaa']) %}"
        "{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
        "{{ ns.x }}"
    )
    with_value(parsed, "tokenizer.chat_template", STRING, template.encode())


@pytest.mark.parametrize(
    "change",
    [
        heads_that_are_no_numbers,
        endless_heads,
        a_vocabulary_without_bytes,
        a_vocabulary_with_scores_and_without_bytes,
        unseen_letters,
        a_template_that_prints_a_list_of_lists,
    ],
)
def test_a_file_that_would_crash_or_hang_the_window_is_refused_in_words(
    tmp_path: Path, tiny_path: Path, change: Callable[[Parsed], None]
) -> None:
    parsed = parse(tiny_path)
    change(parsed)
    path = tmp_path / "changed.gguf"
    path.write_bytes(parsed.bytes())
    describe(path)
    with pytest.raises(UserError, match=r"\.$") as refusal:
        Probe(tmp_path / "trials.json").check_model(path)
    assert refusal.value.hint


def test_names_of_strangers_fit_into_a_line(tmp_path: Path, tiny_path: Path) -> None:
    parsed = parse(tiny_path)
    with_value(parsed, "general.name", STRING, ("A\nmodel\u202e \x1b[31m" + "x" * 1_000_000).encode())
    path = tmp_path / "named.gguf"
    path.write_bytes(parsed.bytes())
    name = describe(path).name
    assert name.startswith("A model [31mx")
    assert len(name) == LONGEST_NAME


def test_a_header_with_absurd_counts_is_refused_at_once(tmp_path: Path, tiny_path: Path) -> None:
    parsed = parse(tiny_path)
    parsed.values += [(f"key {number}".encode(), 0, 1) for number in range(70_000)]
    path = tmp_path / "many.gguf"
    path.write_bytes(parsed.bytes())
    with pytest.raises(ModelFileError, match="more than any model has"):
        read_header(path)


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="The files are tried in forks on one core, as Linux has them"
)
@pytest.mark.parametrize("name", ["tiny-lfm2", "tiny-lfm2moe-q8"])
def test_what_the_trial_has_passed_cannot_take_the_window_down(name: str) -> None:
    """With seeds that stay the same; `tests/support/changed_model_trials.py` takes any."""
    model = ROOT / "tests" / "data" / f"{name}.gguf"
    command = [sys.executable, "-m", "tests.support.changed_model_trials", str(model), "0", str(SEEDS)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=True)
    *fallen, summary = map(json.loads, run.stdout.splitlines())
    assert fallen == []
    assert summary["passed"] > SEEDS // 10
