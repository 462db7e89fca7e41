"""Markdown that is hard to read: marks without end, blocks without number, and all of it again and again."""

from __future__ import annotations

import random

MARKS = (
    *("a", "a ", "*", "*a ", "**a ", "~~a", "[](a", "_a_b", "`a``b", "<a ", "$a ", "[^a", "![[]()](", "[a"),
    *(
        "]",
        "(",
        ")",
        "\\",
        "\\(",
        "$$",
        "|a",
        "|",
        "&amp;",
        "!",
        "https://a.b ",
        "<br>",
        "語",
        "**語**",
        "* ",
    ),
    *("`a` ", "[a](b) ", "[a] ", "**a** ", "\t", "\\[", "\\begin{align}", "<", "&", "***", "a*", "_", "__a "),
    *("![", "](", "]: ", "_*", "*~~", "*_`["),
)
LINES = (
    *("a\n", "a  \n", "\n", "- a\n", "1. a\n", "  - a\n", "> a\n", "# a\n", "```\n", "~~~\n", "    a\n"),
    *("===\n", "---\n", "[a]: b\n", "[^1]: a\n", "|a|b\n", "|-|-|\n", "- [ ] ", "+ ", "1) "),
)
BEGINNINGS = (
    *("- ", "> ", "# ", "1. ", "|", "[^1]: ", "    ", "- ```\n  ", "> > > > ", "- - - ", "|a|\n|-|\n|"),
    *("> - [ ] ", "- a\n\n  ", "   ```\n   "),
)


def repeated(chance: random.Random, length: int) -> str:
    """Some marks or lines again and again, up to a length."""
    unit = "".join(chance.choice(MARKS + LINES) for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))
    beginning = chance.choice(BEGINNINGS) if chance.random() < 0.6 else ""
    in_a_line = chance.choice((0, 1, 3, 20, 100))
    if not in_a_line:
        return (beginning + unit * (length // len(unit)))[:length]
    line = f"{beginning}{unit * in_a_line}\n"
    return (line * (length // len(line) + 1))[:length]


def mixed(chance: random.Random, length: int) -> str:
    """Pieces of `repeated` one after the other."""
    text = ""
    while len(text) < length:
        text += repeated(chance, chance.choice((10, 40, 200))) + chance.choice(("", "\n", "\n\n"))
    return text[:length]
