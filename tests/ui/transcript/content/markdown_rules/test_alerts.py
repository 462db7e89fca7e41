"""Quotes that are alerts, as on GitHub."""

import random

import pytest

from app.ui.transcript.content.blocks import Alert, Container, TextBlock, joined
from app.ui.transcript.content.html import html_of
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.markdown_text import markdown_of_blocks
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown

LINES = (
    *("> [!NOTE]\n", "> [!warning]\n", "> [!TIP] a\n", "> [!NOTE]  \n", "[!NOTE]\n", ">\n", "> a **b** c\n"),
    *(
        "> - a\n",
        ">   > [!CAUTION]\n",
        ">   > a\n",
        "\n",
        "a\n",
        "> | a | b |\n",
        "> |--|--|\n",
        "> ```\n",
        "- ",
    ),
    *("> some words that go on for a while, so that the paragraph is long " * 12 + "\n",),
)


def texts(source: str) -> list[tuple[Alert | None, str]]:
    return [(it.alert, joined(it.spans)) for it in parse(source) if isinstance(it, TextBlock)]


@pytest.mark.parametrize("alert", Alert)
def test_the_first_line_of_a_quote_makes_it_an_alert(alert: Alert) -> None:
    assert texts(f"> [!{alert.name}]\n> Some **words**.\n>\n> More.") == [
        (alert, "Some words."),
        (None, "More."),
    ]
    assert texts(f"> [!{alert}]") == [(alert, "")]


@pytest.mark.parametrize(
    "source",
    [
        "[!NOTE]\nwords",
        "> words\n> [!NOTE]",
        "> [!NOTE] words",
        "> [!HINT]\n> words",
        "> a\n>\n> [!NOTE]\n> b",
    ],
)
def test_anything_else_stays_as_it_is_written(source: str) -> None:
    assert [alert for alert, _ in texts(source)] == [None] * len(texts(source))
    assert "[!" in plain_text(parse(source))


def test_an_alert_lies_in_lists_and_alerts_and_holds_other_blocks() -> None:
    (item, outer, inner, code) = parse(
        "- a\n\n  > [!NOTE]\n  > b\n  >\n  > > [!TIP]\n  > > c\n  >\n  > ```\n  > d\n  > ```"
    )
    assert [getattr(it, "alert", None) for it in (item, outer, inner, code)] == [
        None,
        Alert.NOTE,
        Alert.TIP,
        None,
    ]
    assert code.place.containers == (Container.LIST, Container.QUOTE)


def test_it_is_copied_with_its_title() -> None:
    source = "> [!NOTE]\n> Some **words**."
    blocks = [(block, block.plain_text(), True) for block in parse(source)]
    assert markdown_of_blocks(blocks) == source
    assert html_of(blocks) == "<blockquote><p><b>Note</b></p><p>Some <b>words</b>.</p></blockquote>"
    assert plain_text(parse(source)) == "Note\nSome words."


def test_a_growing_text_has_the_same_alerts_as_the_whole() -> None:
    chance = random.Random(14)
    for _ in range(60):
        live, text = StreamingMarkdown(), ""
        for _ in range(chance.choice((4, 12, 40))):
            line = chance.choice(LINES)
            for start in range(0, len(line), 9):
                live.feed(line[start : start + 9])
                text += line[start : start + 9]
            assert live.blocks == parse(text, is_unfinished=True)
