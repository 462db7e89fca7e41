"""Pictures of every kind are opened upright, on white and in sRGB; what is none is refused in a sentence."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage

from app.core.errors import PictureError
from app.pictures.decoding import LARGEST_FILE, decode, look_at
from tests.support.picture_files import a_gif, an_image, bad_files, good_files, with_orientation, written

GOOD, BAD = dict(good_files()), dict(bad_files())
pytestmark = pytest.mark.qt_log_ignore("", extend=False)
"""Qt says of damaged files what is wrong with them; here, that is no fault."""


def opened(data: bytes) -> QImage:
    found = look_at(data)
    return decode(data, found.width, found.height)


def test_there_are_enough_of_them() -> None:
    assert len(GOOD) >= 60
    assert len(BAD) >= 40


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_is_opened(name: str) -> None:
    found = look_at(GOOD[name])
    image = opened(GOOD[name])
    assert image.format() is QImage.Format.Format_RGB888
    assert (image.width(), image.height()) == (found.width, found.height)


@pytest.mark.parametrize("name", BAD)
def test_what_is_none_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(PictureError) as caught:
        opened(BAD[name])
    assert str(caught.value).endswith(".")
    assert caught.value.hint


@pytest.mark.parametrize(("name", "word"), [("heic", "HEIC"), ("heif", "HEIC"), ("avif", "AVIF")])
def test_formats_of_phones_are_named(name: str, word: str) -> None:
    with pytest.raises(PictureError, match=word):
        look_at(BAD[name])


def test_a_bomb_is_told_by_its_size() -> None:
    with pytest.raises(PictureError, match="30,000 × 30,000 pixels"):
        look_at(BAD["png of 30000x30000"])


def test_a_far_too_large_file_is_not_read() -> None:
    with pytest.raises(PictureError, match="at most"):
        look_at(bytes(LARGEST_FILE + 1))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_upright(orientation: int) -> None:
    """Its dark half is left, as the camera saw it, or wherever the mark turns it to."""
    data = with_orientation(written(an_image(), "jpeg", 95), orientation)
    image = opened(data)
    is_turned = orientation >= 5
    assert (image.width(), image.height()) == ((20, 33) if is_turned else (33, 20))
    first, last = image.pixelColor(1, 1), image.pixelColor(image.width() - 2, image.height() - 2)
    is_dark_first = orientation in (1, 4, 5, 6)
    assert (first.lightness() < last.lightness()) is is_dark_first


def test_what_is_transparent_is_white() -> None:
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    assert opened(written(image, "png")).pixelColor(4, 4) == QColor("white")


def test_an_animation_tells_that_there_is_more() -> None:
    assert look_at(a_gif(3)).has_more
    assert not look_at(a_gif(1)).has_more


def test_a_photograph_is_read_in_a_smaller_size() -> None:
    data = with_orientation(written(an_image(width=640, height=400), "jpeg"), 6)
    image = decode(data, 100, 160)
    assert (image.width(), image.height()) == (100, 160)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(GOOD)), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=8)
)
def test_damage_is_refused_or_borne(name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD[name])
    for place, value in changes:
        data[place % len(data)] = value
    with contextlib.suppress(PictureError):
        assert not opened(bytes(data)).isNull()
