"""Which parts of a document are given to a model that has no room for all of it."""

from app.core.document import Document, DocumentPage
from app.core.fitting_passages import LONGEST_PASSAGE, beginning_of, fitting_passages, passages_of


def words(text: str) -> int:
    return len(text.split())


LAKES = ("Ohrid", "Geneva", "Garda", "Balaton", "Vänern", "Ladoga")
DEPTHS = Document(
    "lakes.pdf",
    "application/pdf",
    tuple(
        DocumentPage(number, "", f"The lake of {name} is described here. " + "Nothing else is said. " * 40)
        for number, name in enumerate(LAKES, 1)
    ),
)


def test_passages_are_all_words_once() -> None:
    for place, page in enumerate(DEPTHS.pages):
        pieces = [it for it in passages_of(DEPTHS) if it.page == place]
        assert "".join(it.text for it in pieces) == page.text
        assert all(len(it.text) <= LONGEST_PASSAGE for it in pieces)


def test_passages_end_with_paragraphs() -> None:
    text = ("A sentence of some words. " * 12 + "\n\n") * 8
    document = Document("a.txt", "text/plain", (DocumentPage(None, "", text),))
    assert all(it.text.endswith(". \n\n") for it in passages_of(document))


def test_the_passage_that_answers_is_given_first() -> None:
    chosen = fitting_passages(DEPTHS, "Where is Balaton?", 250, words)
    assert [it.page for it in chosen] == [LAKES.index("Balaton")]


def test_japanese_is_found_by_its_letters() -> None:
    pages = (DocumentPage(1, "", "猫は魚が好きです。"), DocumentPage(2, "", "日本の首都は東京です。"))
    chosen = fitting_passages(Document("a", "text/plain", pages), "首都はどこですか", 1, words)
    assert [it.page for it in chosen] == [1]


def test_a_question_that_fits_nothing_gets_the_beginning() -> None:
    chosen = fitting_passages(DEPTHS, "xyzzy", 250, words)
    assert chosen[0] == next(passages_of(DEPTHS))


def test_the_beginning_is_what_has_room() -> None:
    chosen = beginning_of(DEPTHS, 400, words)
    assert [it.page for it in chosen] == sorted(it.page for it in chosen)
    assert 200 < sum(words(it.text) for it in chosen) <= 400
