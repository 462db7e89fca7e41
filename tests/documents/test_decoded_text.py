"""Texts in the encodings that programs write, and what is no text."""

import codecs

import pytest

from app.documents.decoded_text import decoded

WORDS = "Fünf weiße Gänse überqueren die Straße.\n"


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode(),
        codecs.BOM_UTF8 + WORDS.encode(),
        codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"),
        WORDS.encode("utf-16-le"),
        WORDS.encode("utf-16-be"),
        WORDS.encode("cp1252"),
    ],
)
def test_german_is_read_in_every_encoding(data: bytes) -> None:
    assert decoded(data) == (WORDS, True)


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Съешь же ещё этих мягких французских булок, да выпей чаю. " * 3, "cp1251"),
        ("これは日本語の文章です。今日は天気がいいですね。散歩に行きましょう。" * 3, "shift_jis"),
        ("これは日本語の文章です。今日は天気がいいですね。散歩に行きましょう。" * 3, "euc_jp"),
        ("我们今天去公园散步，天气非常好，大家都很高兴。" * 3, "gb18030"),
    ],
)
def test_other_scripts_are_read_in_their_old_encodings(words: str, encoding: str) -> None:
    assert decoded(words.encode(encoding)) == (words, True)


def test_a_damaged_letter_does_not_change_the_others() -> None:
    text, is_whole = decoded(b"\xff" + WORDS.encode() * 3) or ("", True)
    assert text == "\ufffd" + WORDS * 3
    assert not is_whole


def test_line_ends_of_every_system_are_one() -> None:
    assert decoded(b"a\r\nb\rc\n") == ("a\nb\nc\n", True)


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x7fELF" + bytes(400), b"\0\1\2\3" * 50])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert decoded(data) is None
