"""An answer that is read while it grows."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.ui.transcript.content.blocks import CodeBlock, MarkdownBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown


def closed(blocks: Sequence[MarkdownBlock]) -> list[MarkdownBlock]:
    """Without the note that a code block is still being written, which only the live reader can make."""
    return [replace(block, is_open=False) if isinstance(block, CodeBlock) else block for block in blocks]


def pieces_of(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def random_pieces(text: str, chance: random.Random, sizes: Sequence[int]) -> Iterator[str]:
    start = 0
    while start < len(text):
        size = chance.choice(sizes)
        yield text[start : start + size]
        start += size


def assert_reads_the_same(pieces: Iterable[str], name: str = "") -> None:
    """A text that comes in pieces is at every step what it is when it is read at once."""
    live, text = StreamingMarkdown(), ""
    for piece in pieces:
        live.feed(piece)
        text += piece
        assert closed(live.blocks) == closed(parse(text, is_unfinished=True)), (name, text)
