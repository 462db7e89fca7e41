"""What is read out of an answer while it is written."""

from __future__ import annotations

import pytest

from app.ui.transcript.content.blocks import CardHeader
from app.ui.transcript.content.cards import in_card
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.content.spoken_sentences import SpokenSentences
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown

ANSWER = """# Rain

It *rained*. Then it "stopped." And so on

1. First item. It is long.
2. Second

```python
x = 1.
```

| a | b |
|---|---|
| 1 | 2 |

「雨です。」と言った。
"""


def said_while_written(text: str, step: int) -> list[str]:
    sentences, markdown = SpokenSentences(), StreamingMarkdown()
    said = []
    for start in range(0, len(text), step):
        markdown.feed(text[start : start + step])
        said.append(sentences.new_in(markdown.blocks))
    said.append(sentences.new_in(parse(text), is_finished=True))
    return [words for words in said if words]


@pytest.mark.parametrize("step", [1, 3, 7, 1000])
def test_every_word_is_said_once_and_in_order(step: int) -> None:
    said = said_while_written(ANSWER, step)
    assert "".join("".join(said).split()) == "".join(plain_text(parse(ANSWER)).split())


def test_a_sentence_is_said_as_soon_as_it_is_complete() -> None:
    assert said_while_written("One. Two? Three.4 is more", 1) == ["One.", "Two?", "Three.4 is more"]
    assert said_while_written("雨です。晴れ", 1) == ["雨です。", "晴れ"]


def test_code_and_tables_are_said_when_they_are_complete() -> None:
    said = said_while_written("```\na. b\nc. d\n```\n\nSo. And", 1)
    assert said == ["a. b\nc. d", "So.", "And"]


def test_thoughts_and_cards_are_not_read_out() -> None:
    thought = in_card(parse("Hmm. Well.")[0], is_first=True)
    blocks = [CardHeader("0", "lightbulb", "Thinking"), thought, *parse("So. It is.")]
    assert SpokenSentences().new_in(blocks) == "So."
