"""Temperature and its relatives: what each is, its range and its default.

Defaults are neutral: a value at its default leaves the model's probabilities untouched, except for
`temperature`, `top_k`, `top_p` and `min_p`, which are the ones llama.cpp starts with.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from app.core.translation import localised, tr

RANDOM_SEED = -1


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen, and when to stop."""

    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    typical_p: float = 1.0
    repeat_penalty: float = 1.0
    penalty_window: int = 64
    """How many of the last tokens the penalties look at; -1 is the whole context."""
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    dry_window: int = -1
    """How many of the last tokens DRY looks at; -1 is the whole context."""
    xtc_probability: float = 0.0
    xtc_threshold: float = 0.1
    seed: int = RANDOM_SEED
    max_tokens: int = 0
    """The most tokens an answer may have; 0 is as many as the context holds."""
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for problem in self.problems().values():
            raise ValueError(problem)

    def problems(self) -> dict[str, str]:
        """Field name to what is wrong with its value, in words and with the range; empty if all is well."""
        found = {}
        for name, limit in LIMITS.items():
            value = getattr(self, name)
            if not limit.low <= value <= limit.high:
                found[name] = limit.refusal(value)
        return found

    def with_values(self, **values: Any) -> Sampling:
        """A copy with some fields changed.

        Raises:
            ValueError: a value is out of its range; the text says which and what the range is.
        """
        return replace(self, **values)


@dataclass(frozen=True, slots=True)
class SamplingLimit:
    """The range of one sampling value, ends included, and its name on screen."""

    label: str
    low: float
    high: float
    step: float
    explanation: str

    @property
    def range_text(self) -> str:
        """The range in words, as in "between 0 and 1,000"."""
        return tr("between {low} and {high}", low=figure(self.low), high=figure(self.high))

    def refusal(self, value: float) -> str:
        """The sentence that refuses a value out of the range."""
        return tr(
            "{label} must be {range_text}, not {value}.",
            label=self.label,
            range_text=self.range_text,
            value=figure(value),
        )


def figure(value: float) -> str:
    """A number as people read it: no needless decimals, thousands parted by commas."""
    if isinstance(value, int) or value.is_integer():
        return localised(f"{int(value):,}")
    return localised(f"{value:,.10g}")


LIMITS: dict[str, SamplingLimit] = {
    "temperature": SamplingLimit(
        tr("Temperature"), 0.0, 5.0, 0.05, tr("Higher is more creative, lower is more predictable.")
    ),
    "top_k": SamplingLimit(
        tr("Top-k"), 0, 1000, 1, tr("Only the k likeliest tokens are considered. 0 considers all.")
    ),
    "top_p": SamplingLimit(
        tr("Top-p"), 0.0, 1.0, 0.01, tr("The smallest set of tokens that reaches this probability. 1 is off.")
    ),
    "min_p": SamplingLimit(
        tr("Min-p"),
        0.0,
        1.0,
        0.01,
        tr("Tokens below this share of the likeliest one are left out. 0 is off."),
    ),
    "typical_p": SamplingLimit(
        tr("Typical-p"), 0.0, 1.0, 0.01, tr("Prefers tokens of typical information. 1 is off.")
    ),
    "repeat_penalty": SamplingLimit(
        tr("Repeat penalty"), 0.5, 2.0, 0.01, tr("Above 1, tokens seen lately become less likely.")
    ),
    "penalty_window": SamplingLimit(
        tr("Penalty window"), -1, 131072, 1, tr("How many tokens back the penalties look. -1: all of them.")
    ),
    "presence_penalty": SamplingLimit(
        tr("Presence penalty"), -2.0, 2.0, 0.05, tr("Taken off once for a token seen lately.")
    ),
    "frequency_penalty": SamplingLimit(
        tr("Frequency penalty"), -2.0, 2.0, 0.05, tr("Taken off for every time it was seen.")
    ),
    "dry_multiplier": SamplingLimit(
        tr("DRY multiplier"), 0.0, 5.0, 0.05, tr("Penalises repeated sequences. 0 is off.")
    ),
    "dry_base": SamplingLimit(
        tr("DRY base"), 1.0, 4.0, 0.05, tr("How fast the DRY penalty grows with the repeat's length.")
    ),
    "dry_allowed_length": SamplingLimit(
        tr("DRY allowed length"), 1, 100, 1, tr("Repeats up to this many tokens go unpunished.")
    ),
    "dry_window": SamplingLimit(
        tr("DRY window"), -1, 131072, 1, tr("How many tokens back DRY looks. -1: all of them.")
    ),
    "xtc_probability": SamplingLimit(
        tr("XTC probability"), 0.0, 1.0, 0.05, tr("How often the likeliest choices are left out.")
    ),
    "xtc_threshold": SamplingLimit(
        tr("XTC threshold"), 0.0, 0.5, 0.01, tr("Only choices above this probability are left out.")
    ),
    "seed": SamplingLimit(
        tr("Seed"), -1, 4294967295, 1, tr("The same seed gives the same answer. -1 is random.")
    ),
    "max_tokens": SamplingLimit(
        tr("Response limit"), 0, 131072, 1, tr("Maximum tokens per answer. 0 is no limit.")
    ),
}

FIELD_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Sampling))
WHOLE_NUMBERS: frozenset[str] = frozenset(
    field.name for field in fields(Sampling) if isinstance(field.default, int)
)
"""The fields of `LIMITS` that take no decimals."""
