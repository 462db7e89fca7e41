"""Words are found whatever their case, width and accents, and the marks sit on the words as written."""

import re
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.folding import folded
from app.store.search_text import find_folded
from app.store.store import open_store
from tests.support.old_schemas import make_database
from tests.support.sample_messages import a_conversation


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("AI", "ＡＩの話", "ＡＩ"),
        ("ＡＩ", "About AI", "AI"),
        ("カタカナ", "ｶﾀｶﾅで書く", "ｶﾀｶﾅ"),
        ("ｶﾀｶﾅ", "カタカナで書く", "カタカナ"),
        ("ガギ", "ｶﾞｷﾞです", "ｶﾞｷﾞ"),
        ("ひらがな", "ヒラガナの本", "ヒラガナ"),
        ("12", "１２個", "１２"),
        ("１２", "12 pieces", "12"),
        ("naive", "a naïve plan", "naïve"),
        ("cafe", "Cafe\u0301 au lait", "Café"),
        ("resume", "his RÉSUMÉ here", "RÉSUMÉ"),
        ("etude", "une étude", "étude"),
        ("étude", "an etude", "etude"),
        ("grosse", "die Größe", "Größe"),
        ("größe", "die GROSSE", "GROSSE"),
        ("strasse", "Straße", "Straße"),
        ("STRASSE", "Straße", "Straße"),
        ("istanbul", "in İstanbul", "İstanbul"),
        ("İSTANBUL", "in istanbul", "istanbul"),
        ("İ", "no. İ", "İ"),
        ("çİ", "no. Çİ", "Çİ"),
        ("Ԩ", "a ԩ", "ԩ"),
        ("ԫ", "a Ԫ", "Ԫ"),
        ("Ϳ", "a ϳ", "ϳ"),
        ("file", "a ﬁle", "ﬁle"),
        ("lodz", "nach Łódź", "Łódź"),
        ("مدرسة", "مُدَرِّسَة", "مُدَرِّسَة"),
        ("مدرسة", "مـدرسـة", "مـدرسـة"),
        ("שלום", "שָׁלוֹם לך", "שָׁלוֹם"),
        ("елка", "новогодняя Ёлка", "Ёлка"),
        ("α", "το ά", "ά"),
        ("vietnam", "Việt\u200bNam", "Việt\u200bNam"),
        ("softly", "soft\u00adly", "soft\u00adly"),
        ("株式会社", "㍿の話", "㍿"),
    ],
)
def test_a_word_is_found_in_any_form_and_marked_as_it_was_written(store, query, text, marked):
    store.conversations.create(a_conversation("good day", text, title="x"))
    (hit,) = store.search.search(query)
    assert [hit.snippet[start:end] for start, end in hit.marks] == [marked]
    # A title is found in the same way.
    titled = a_conversation("good day", title=text)
    store.conversations.create(titled)
    assert store.search.search(query)[0].conversation_id == titled.id


@pytest.mark.parametrize(
    ("query", "text"),
    [("мои", "мой дом"), ("かき", "かぎ"), ("ハバ", "ハハ"), ("कम", "काम"), ("กา", "กำ"), ("12", "1 2")],
)
def test_letters_of_their_own_stay_apart(store, query, text):
    store.conversations.create(a_conversation(text))
    assert store.search.search(query) == []


@pytest.mark.parametrize(
    ("query", "texts"), [("résumé", ["résumé", "resume"]), ("où", ["où", "ou"]), ("カナ", ["カナ", "かな"])]
)
def test_what_was_typed_exactly_comes_first(store, query, texts):
    newest_last = [*texts, "neither", *reversed(texts)]
    store.conversations.create(a_conversation(*(f"{text} {n}" for n, text in enumerate(newest_last))))
    found = [hit.snippet.split()[0] for hit in store.search.search(query)]
    assert found == [texts[0], texts[0], texts[1], texts[1]]
    assert [hit.snippet.split()[0] for hit in store.search.search(query, limit=3)] == found[:3]


def test_a_title_typed_exactly_comes_first(store):
    for title in ("Resume", "Résumé", "RESUME"):
        store.conversations.create(a_conversation("Q", title=title))
    assert store.search.search("résumé")[0].title == "Résumé"


def test_the_last_letters_of_a_message_are_found_too(store):
    for text in ("abc xy", "z", "湖"):
        store.conversations.create(a_conversation(text))
    for query, text in (("xy", "abc xy"), ("y", "abc xy"), ("z", "z"), ("湖", "湖")):
        assert [hit.snippet for hit in store.search.search(query)] == [text]


def test_an_old_file_is_searched_in_the_new_way(path):
    make_database(path, 5)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("update message set plain = 'Ｗｅｌｃｈｅ Größe' where number = 1")
    store = open_store(path)
    assert [hit.node_id for hit in store.search.search("welche grosse")] == ["m1"]
    assert [hit.node_id for hit in store.search.search("oh")] == ["m2"]
    assert (path.parent / "conversations.before-m006-1.db").exists()
    store.conversations.close()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    "aéßﬁＡｶﾞガがＩİı\u0301\u0308\u0327ё й\u200dمُـ한글\n …", max_size=900
)


@given(text=texts, start=st.integers(0, 900), length=st.integers(1, 5))
def test_every_piece_of_a_text_is_found_where_it_stands(text, start, length):
    line = text.split("\n")[0]
    word = folded(line[start : start + length])
    if not word or folded(line[:start]) + word != folded(line[: start + length]):
        return  # Letters that grow together cannot be parted.
    if not folded(line).startswith(folded(line[: start + length])):
        return
    found = list(find_folded(text, re.compile(re.escape(word))))
    assert found, (line, word)
    for begin, end in found:
        assert word in folded(text[begin:end])


@given(text=texts)
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)
