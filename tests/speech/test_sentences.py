"""Texts are taken apart into sentences where a person would breathe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.speech.sentences import sentences_of, whole_sentences_of


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello. How are you?", ["Hello.", "How are you?"]),
        ("One sentence without an end", ["One sentence without an end"]),
        ("Really?! Yes…  It is.", ["Really?!", "Yes…", "It is."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("", []),
        ("   ", []),
    ],
)
def test_plain_sentences(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith met Mr. Jones at St. James.",
        "Use a tool, e.g. a saw, i.e. something sharp.",
        "J. R. R. Tolkien wrote it.",
        "It costs 3.50 euros, or 1.200,50 in all.",
        "Version 2.5.1 of app.py is at example.com today.",
        "See fig. 3 and vol. 2 for more.",
        "Wir treffen uns am 3. Mai um ca. 10 Uhr.",
        "Das ist z.B. ein See, d.h. Wasser.",
        "Il habite av. Foch avec M. Dupont.",
        "Well... that is it.",
        "The U.S. has lakes.",
    ],
)
def test_points_that_end_nothing(text: str) -> None:
    assert sentences_of(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It was in 1999. Then came 2000.", ["It was in 1999.", "Then came 2000."]),
        ("Bring pens, paper, etc. Then sit down.", ["Bring pens, paper, etc.", "Then sit down."]),
        ("We met at 5 p.m. It rained.", ["We met at 5 p.m.", "It rained."]),
        ("So do I. You too.", ["So do I.", "You too."]),
        ("Well... That is it.", ["Well...", "That is it."]),
    ],
)
def test_points_that_end_something_after_all(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("今日はいい天気です。散歩に行きましょう！", ["今日はいい天気です。", "散歩に行きましょう！"]),
        ("「本当ですか？」と彼は聞いた。はい。", ["「本当ですか？」", "と彼は聞いた。", "はい。"]),
        ("値段は3.5ドルです。安い。", ["値段は3.5ドルです。", "安い。"]),
        ("你好。你叫什么名字？", ["你好。", "你叫什么名字？"]),
        ("هل أنت بخير؟ نعم.", ["هل أنت بخير؟", "نعم."]),
        ("यह झील है। यह गहरी है।", ["यह झील है।", "यह गहरी है।"]),
        ("Это озеро. Оно глубокое!", ["Это озеро.", "Оно глубокое!"]),
    ],
)
def test_other_scripts(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello. How ar", ["Hello."]),
        ("Hello.", []),
        ("Hello. ", ["Hello."]),
        ("It is Dr.", []),
        ("It is Dr. Sm", []),
        ("今日はいい天気です。", ["今日はいい天気です。"]),
        ("今日はいい", []),
    ],
)
def test_what_may_still_change_is_held_back(text: str, sentences: list[str]) -> None:
    assert whole_sentences_of(text) == sentences


@given(st.text(alphabet="aAbB .!?。3\n\"'(", max_size=60))
def test_nothing_is_lost(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())
