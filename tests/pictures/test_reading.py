"""Pictures as they are attached, kept and given to the model."""

from hashlib import sha256
from pathlib import Path

import pytest

from app.core.attachment import Attachment
from app.core.errors import PictureError
from app.core.message import PicturePart
from app.core.picture_size import PictureDetail
from app.pictures.reading import KEPT_SIDE, open_file, open_picture, pixels_of, png_of
from tests.support.picture_files import an_image, with_orientation, written

PHOTOGRAPH = with_orientation(written(an_image(width=3000, height=1000), "jpeg"), 6)


def test_a_picture_is_kept_as_it_is() -> None:
    found = open_picture(PHOTOGRAPH, "a.jpg", keeps_original=True)
    assert (found.data, found.media_type, found.name) == (PHOTOGRAPH, "image/jpeg", "a.jpg")
    assert (found.width, found.height) == (1000, 3000)


def test_a_large_one_can_be_kept_smaller() -> None:
    found = open_picture(PHOTOGRAPH, "a.jpg", keeps_original=False)
    assert (found.width, found.height) == (683, KEPT_SIDE)
    assert len(found.data) < len(PHOTOGRAPH)
    again = open_picture(found.data, "a.jpg", keeps_original=False)
    assert (again.width, again.height) == (683, KEPT_SIDE)


def test_a_small_one_stays_as_it_is() -> None:
    data = written(an_image(), "webp")
    assert open_picture(data, "a.webp", keeps_original=False).data == data


@pytest.mark.parametrize("detail", PictureDetail)
@pytest.mark.parametrize("size", [(33, 20), (640, 480), (3000, 1000), (1, 700)])
def test_the_model_is_given_whole_rows(size: tuple[int, int], detail: PictureDetail) -> None:
    data = png_of(an_image("Format_RGB32", *size))
    part = PicturePart(Attachment(sha256(data).hexdigest(), "image/png", "a.png", len(data)), *size, detail)
    pixels = pixels_of(data, part)
    assert len(pixels.rgb) == 3 * pixels.width * pixels.height
    middle = pixels.height // 2 * pixels.width * 3
    row = pixels.rgb[middle : middle + 3 * pixels.width]
    if pixels.width > 2:
        assert row[0] < 60
        assert row[-1] > 190


def test_a_file_is_called_by_its_name_and_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(PHOTOGRAPH)
    found = open_file(path, keeps_original=True)
    assert (found.name, found.media_type) == ("photo.png", "image/jpeg")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="cannot be read"):
        open_file(tmp_path / "gone.png", keeps_original=True)
    with pytest.raises(PictureError, match="cannot be read"):
        open_file(tmp_path, keeps_original=True)
