"""Tests that need something which this machine has only if it is told where."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "bundle": ("TARN_BUNDLE",),
    "servers": ("TARN_LLAMA_CPP_PYTHON", "TARN_LLAMA_SERVER", "TARN_VLLM"),
}
"""By the mark of the tests; one of the variables is enough."""


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes them off rather than skip them, so that a skip in the summary is worth a look."""
    missing = [mark for mark, names in VARIABLES.items() if not any(map(os.environ.get, names))]
    deselected = [item for item in items if any(map(item.get_closest_marker, missing))]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in deselected]
