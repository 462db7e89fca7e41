"""Long code, of which only the beginning is shown until the reader wants more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.ui.transcript.content.blocks import Block, CodeBlock
from app.ui.transcript.content.expansion import ExpansionState

FOLDED_FROM = 31
"""Lines of code that is folded."""
LINES_SHOWN = 20
ALL_CODE = "code"
"""The key that stands for all code of a message, where the reader has not said it of one."""


def with_folds(entry_id: str, blocks: Iterable[Block], expansion: ExpansionState) -> list[Block]:
    """The blocks of a message with long code folded, unless the reader has opened it."""
    are_open = expansion.is_open(entry_id, ALL_CODE, False)
    folded: list[Block] = []
    for block in blocks:
        if isinstance(block, CodeBlock) and block.code.count("\n") + 1 >= FOLDED_FROM:
            key = f"{ALL_CODE} {len(folded)}"
            is_open = expansion.is_open(entry_id, key, are_open)
            block = replace(block, fold_key=key, is_folded=not is_open)
        folded.append(block)
    return folded


def shown_code(block: CodeBlock) -> str:
    """What is seen of code at the moment."""
    if not block.is_folded:
        return block.code
    return "\n".join(block.code.split("\n", LINES_SHOWN)[:LINES_SHOWN])
