"""What a template does with a text, it does with the marks of its characters too."""

import random

import pytest

from app.engine.tracked_text import MarkupText, TrackedText, is_own, join_pieces, mark_of, own_text

OWN = "AB |(Zé"
CONTENT = "xy\n<[ß"
"""The letters of own text and of content differ, so every result shows which of them each letter was."""


def tracked(rng: random.Random) -> TrackedText:
    text = "".join(rng.choices(OWN + CONTENT, k=rng.randrange(12)))
    return TrackedText(text, bytes(letter in OWN for letter in text))


def is_marked_rightly(text: str) -> bool:
    return isinstance(text, TrackedText) and mark_of(text) == bytes(letter in OWN for letter in str(text))


def short(rng: random.Random) -> TrackedText:
    text = tracked(rng)
    return text[:2]


OPERATIONS = {
    "adds": lambda text, rng: text + tracked(rng),
    "multiplies": lambda text, rng: text * rng.randrange(4),
    "slices": lambda text, rng: text[rng.randrange(-4, 4) : rng.randrange(-4, 8) : rng.choice([1, 2, -1])],
    "takes letters": lambda text, rng: list(text),
    "strips": lambda text, rng: text.strip(rng.choice([None, "A x", ""])),
    "strips left": lambda text, rng: text.lstrip(rng.choice([None, "A\n"])),
    "strips right": lambda text, rng: text.rstrip(rng.choice([None, "y "])),
    "takes a beginning off": lambda text, rng: text.removeprefix(text[:2]),
    "takes an end off": lambda text, rng: text.removesuffix(short(rng)),
    "splits": lambda text, rng: text.split(rng.choice([None, "A", "x", "\n"]), rng.randrange(-1, 3)),
    "splits from the right": lambda text, rng: text.rsplit(
        rng.choice([None, "A", "y"]), rng.randrange(-1, 3)
    ),
    "splits into lines": lambda text, rng: text.splitlines(rng.random() < 0.5),
    "parts": lambda text, rng: text.partition(rng.choice(["A", "x", "no"])),
    "parts from the right": lambda text, rng: text.rpartition(rng.choice(["A", "x", "no"])),
    "joins": lambda text, rng: text.join(tracked(rng) for _ in range(rng.randrange(4))),
    "replaces": lambda text, rng: text.replace(short(rng), tracked(rng), rng.randrange(-1, 3)),
    "formats": lambda text, rng: (
        own_text("A%s|%%%s"[: rng.choice([3, 8])].replace("%%%s", "Z")) % tracked(rng)
    ),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_gives_what_it_gives_on_plain_text_with_the_marks_of_its_letters(operation):
    for seed in range(400):
        text = tracked(random.Random(f"text {seed}"))
        change = OPERATIONS[operation]
        made = change(text, random.Random(seed))
        plain = change("".join(map(str.__str__, [text])), random.Random(seed))
        assert made == plain
        for piece in [made] if isinstance(made, str) else made:
            assert is_marked_rightly(piece) or not piece


def test_letters_keep_their_marks_in_another_case():
    text = own_text("ab") + TrackedText("xy")
    assert mark_of(text.upper()) == mark_of(text.title()) == b"\1\1\0\0"
    assert text.upper() == "ABXY"


def test_what_is_not_known_how_it_was_made_is_content():
    text = own_text("ß<|x|>")
    assert text.upper() == "SS<|X|>"
    assert not any(mark_of(text.upper()))
    assert not any(mark_of(own_text("a\tb").expandtabs()))
    assert not any(mark_of(f"a{own_text('a')}"))


def test_plain_text_beside_tracked_text_is_content_and_what_a_template_writes_between_is_its_own():
    text = "plain" + own_text("own")
    assert mark_of(text) == b"\0" * 5 + b"\1" * 3
    assert is_own(join_pieces(["between", own_text("own")]))
    assert mark_of(join_pieces(["ab", TrackedText("c")])) == b"\1\1\0"


def test_a_text_that_is_safe_escapes_what_is_joined_to_it_as_jinja_does():
    text = MarkupText(own_text("<i>"))
    assert "a&b" + text + own_text('"') == "a&amp;b<i>&#34;"
    assert mark_of("&" + text) == b"\0" * 5 + b"\1" * 3
