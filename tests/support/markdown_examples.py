"""What CommonMark and GitHub's Markdown give as examples.

`tests/data/markdown_examples.json` holds, one a line, the name of each example, its Markdown, and the HTML
that is expected of it. They are the examples of the CommonMark specification (John MacFarlane,
CC BY-SA 4.0) and those of markdown-it-py's own tests (MIT licence), as its source distribution has them.
"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from typing_extensions import override

EXAMPLES: list[tuple[str, str, str]] = [
    (name, markdown, html)
    for name, markdown, html in json.loads(
        (Path(__file__).parents[1] / "data" / "markdown_examples.json").read_text(encoding="utf-8")
    )
]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = ""

    @override
    def handle_data(self, data: str) -> None:
        self.found += data


def words_of(html: str) -> str:
    """What a browser shows of it."""
    words = _Words()
    words.feed(html)
    return words.found
