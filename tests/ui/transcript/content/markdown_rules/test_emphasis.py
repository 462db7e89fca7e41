"""Emphasis beside Chinese, Japanese and Korean characters, and unchanged in other scripts."""

from __future__ import annotations

import pytest

from app.ui.transcript.content.blocks import Span, TextBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown


def styled(text: str) -> list[tuple[str, str]]:
    """The pieces of a paragraph, each with the first letters of its styles."""
    (block,) = parse(text)
    assert isinstance(block, TextBlock)
    return [(span.text, styles_of(span)) for span in block.spans]


def styles_of(span: Span) -> str:
    flags = {"b": span.is_bold, "i": span.is_italic, "s": span.is_struck, "c": span.is_code, "l": span.link}
    return "".join(letter for letter, holds in flags.items() if holds)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("含**「重点」**内容", [("含", ""), ("「重点」", "b"), ("内容", "")]),
        (
            "**注意：**本文です。彼は**「はい。」**と言った。",
            [("注意：", "b"), ("本文です。彼は", ""), ("「はい。」", "b"), ("と言った。", "")],
        ),
        ("これは~~（旧）~~版", [("これは", ""), ("（旧）", "s"), ("版", "")]),
        ("これは*（注）*です", [("これは", ""), ("（注）", "i"), ("です", "")]),
        ("これは***「重要」***です", [("これは", ""), ("「重要」", "bi"), ("です", "")]),
        ("重点は**(A)**です", [("重点は", ""), ("(A)", "b"), ("です", "")]),
        ("**100%**です", [("100%", "b"), ("です", "")]),
        ("価格は**$100**です", [("価格は", ""), ("$100", "b"), ("です", "")]),
        ("使用**`git`**命令", [("使用", ""), ("git", "bc"), ("命令", "")]),
        ("参照**[頁](http://a.b)**です", [("参照", ""), ("頁", "bl"), ("です", "")]),
        ("**「Tarn」**2.0です", [("「Tarn」", "b"), ("2.0です", "")]),
        ("**「Tarn」**Desktop", [("「Tarn」", "b"), ("Desktop", "")]),
        ("版本**（新）**v2", [("版本", ""), ("（新）", "b"), ("v2", "")]),
        ("他说**“你好”**2024", [("他说", ""), ("“你好”", "b"), ("2024", "")]),
        ("**서울(Seoul)**은 크다", [("서울(Seoul)", "b"), ("은 크다", "")]),
        ('그는 **"안녕"**이라고', [("그는 ", ""), ('"안녕"', "b"), ("이라고", "")]),
        ("이것은~~(구)~~판", [("이것은", ""), ("(구)", "s"), ("판", "")]),
        ("これは**🎉**です", [("これは", ""), ("🎉", "b"), ("です", "")]),
        ("葛󠄀**(城)**市", [("葛󠄀", ""), ("(城)", "b"), ("市", "")]),
        ("ｱｲｳ**｢ｴ｣**ｵ", [("ｱｲｳ", ""), ("｢ｴ｣", "b"), ("ｵ", "")]),
    ],
)
def test_words_between_cjk_characters_are_emphasised_as_they_are_meant(
    text: str, pieces: list[tuple[str, str]]
) -> None:
    assert styled(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        *("2 * 3 * 4", "snake_case_name", "** alone", "a**(b)**c", "a*'b'*c", "x~~.y~~z"),
        *("これは ** です", "a **b **c", "これは_強調_です", "5*3*2は30です", "🎉**(a)**b"),
    ],
)
def test_what_is_no_emphasis_stays_as_it_is(text: str) -> None:
    assert all("b" not in styles and "s" not in styles for _, styles in styled(text))
    if "5*3*2" not in text:
        assert "".join(piece for piece, _ in styled(text)) == text


def test_emphasis_is_the_same_while_it_streams() -> None:
    text = "**注意：**本文です。彼は**「はい。」**と言った。これは~~（旧）~~版。"
    live = StreamingMarkdown()
    for end, character in enumerate(text, 1):
        live.feed(character)
        assert live.blocks == parse(text[:end], is_unfinished=True)
    (block,) = live.blocks
    assert isinstance(block, TextBlock)
    assert [span.text for span in block.spans if span.is_bold] == ["注意：", "「はい。」"]
