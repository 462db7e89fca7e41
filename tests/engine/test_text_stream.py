"""Any split of any text into tokens gives back the text, whole characters at a time."""

from hypothesis import given
from hypothesis import strategies as st

from app.engine.text_stream import TextStream


def split_bytes(draw, data):
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@st.composite
def texts_in_tokens(draw):
    text = draw(st.text(st.sampled_from("ab<|>é日👩\u200d💻 \n"), max_size=40))
    return text, split_bytes(draw, text.encode())


def written(stream, tokens):
    pieces = []
    for token in tokens:
        piece = stream.feed(token)
        if piece:
            pieces.append(piece)
        if stream.has_stopped:
            return pieces
    rest = stream.finish()
    return [*pieces, rest] if rest else pieces


@given(texts_in_tokens())
def test_every_split_gives_the_same_text(case):
    text, tokens = case
    pieces = written(TextStream(), tokens)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text and "\ufffd" not in piece.text for piece in pieces)


@given(texts_in_tokens(), st.lists(st.text(st.sampled_from("ab<|>é日"), min_size=1, max_size=4), max_size=3))
def test_nothing_of_a_stop_string_is_ever_sent(case, stops):
    text, tokens = case
    stream = TextStream(stops)
    sent = "".join(piece.text for piece in written(stream, tokens))
    assert text.startswith(sent)
    assert not any(stop in sent for stop in stops)
    assert stream.has_stopped == any(stop in text for stop in stops)
    if not stream.has_stopped:
        assert sent == text


@given(texts_in_tokens())
def test_every_token_is_counted_once(case):
    text, tokens = case
    pieces = written(TextStream(["never"]), tokens)
    if text and tokens[-1]:
        assert sum(piece.token_count for piece in pieces) == len(tokens)


def test_an_unfinished_character_at_the_end_is_not_shown():
    stream = TextStream()
    assert stream.feed(b"ok " + "日".encode()[:2]).text == "ok "
    assert stream.finish() is None


def test_a_byte_that_is_no_text_at_all_is_shown_as_unknown():
    assert TextStream().feed(b"a\xffb").text == "a\ufffdb"


def test_what_only_looked_like_a_stop_string_is_sent_late():
    stream = TextStream(["</end>"])
    assert stream.feed(b"text </en").text == "text "
    piece = stream.feed(b"try>")
    assert (piece.text, piece.token_count) == ("</entry>", 1)
