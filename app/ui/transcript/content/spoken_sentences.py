"""An answer sentence by sentence, for those who hear it while it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.ui.transcript.content.blocks import Block, Container, MarkdownBlock, TextBlock
from app.ui.transcript.content.plain_text import with_marker

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s|[。！？][」』）]*")


class SpokenSentences:
    """Finds what is new of an answer and complete. Thoughts and tool calls are not read out."""

    def __init__(self) -> None:
        self._block = 0
        self._said = 0
        """Characters of that block."""

    def new_in(self, blocks: Sequence[Block], *, is_finished: bool = False) -> str:
        """The sentences that have been completed since the last time; all that is left at the end."""
        words = [block for block in blocks if _is_read_out(block)]
        found: list[str] = []
        while self._block < len(words):
            block = words[self._block]
            is_complete = is_finished or self._block + 1 < len(words)
            text = with_marker(block, block.plain_text()).strip()
            end = len(text) if is_complete else _end_of_sentences(block, text)
            if end > self._said:
                found.append(text[self._said : end].strip())
                self._said = end
            if not is_complete:
                break
            self._block, self._said = self._block + 1, 0
        return "\n\n".join(filter(None, found))


def _is_read_out(block: Block) -> bool:
    return isinstance(block, MarkdownBlock) and Container.CARD not in block.place.containers


def _end_of_sentences(block: Block, text: str) -> int:
    """Up to where a growing paragraph is complete; code and tables are read once they are.

    Words with a bar may still become the head of a table.
    """
    if not isinstance(block, TextBlock) or "|" in text:
        return 0
    return max((match.end() for match in _SENTENCE_END.finditer(text)), default=0)
