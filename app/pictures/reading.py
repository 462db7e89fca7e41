"""Pictures that are attached to a message: read once, kept as a file, and given to the model as pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from app.core.errors import PictureError
from app.core.media import Pixels
from app.core.message import PicturePart
from app.core.picture_size import seen_size
from app.core.translation import tr
from app.pictures.decoding import MEDIA_TYPES, check_file_size, decode, look_at

KEPT_SIDE = 2048
"""Pixels of the longer side of a picture that is kept smaller than it was; more than any model looks at."""
_JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """A picture that can be attached."""

    data: bytes
    """The file that is kept."""
    media_type: str
    name: str
    width: int
    """In pixels, of the picture when it is upright."""
    height: int
    has_more: bool = False
    """The file holds further pictures, which are not seen."""


def open_file(path: Path, keeps_original: bool) -> OpenedPicture:
    """Reads a picture's file.

    Raises:
        PictureError: it cannot be read, or is no picture that can be opened.
    """
    try:
        check_file_size(path.stat().st_size)
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PictureError(
            tr("{name} cannot be read: {reason}.", name=path.name, reason=reason), tr("Choose another file.")
        ) from error
    return open_picture(data, path.name, keeps_original)


def open_picture(data: bytes, name: str, keeps_original: bool) -> OpenedPicture:
    """Looks whether the bytes of a file are a picture that can be shown.

    Args:
        data: the file.
        name: what it is called.
        keeps_original: a larger picture is kept as it is; else, 2,048 pixels of its longer side are.

    Raises:
        PictureError: it is none.
    """
    file = look_at(data)
    scale = min(1.0, KEPT_SIDE / max(file.width, file.height))
    width, height = (max(1, round(side * scale)) for side in (file.width, file.height))
    image = decode(data, width, height)
    media_type = MEDIA_TYPES.get(file.format, "")
    if media_type and (keeps_original or scale == 1.0):
        return OpenedPicture(data, media_type, name, file.width, file.height, file.has_more)
    is_photograph = file.format == "jpeg" or not media_type
    kept = _encoded(image, "JPEG" if is_photograph else "PNG")
    media_type = "image/jpeg" if is_photograph else "image/png"
    return OpenedPicture(kept, media_type, name, width, height, file.has_more)


def png_of(image: QImage) -> bytes:
    """A picture of the clipboard as a file."""
    return _encoded(image, "PNG")


def png_of_pixels(pixels: Pixels) -> bytes:
    """A drawn page as a file."""
    stride = 3 * pixels.width
    image = QImage(pixels.rgb, pixels.width, pixels.height, stride, QImage.Format.Format_RGB888)
    return _encoded(image, "PNG")


def pixels_of(data: bytes, picture: PicturePart) -> Pixels:
    """What a model is given of a picture.

    Raises:
        PictureError: its file cannot be opened any more.
    """
    file = look_at(data)
    width, height = seen_size(file.width, file.height, picture.detail)
    image = decode(data, width, height)
    bits, stride, row = bytes(image.constBits()), image.bytesPerLine(), 3 * width
    if stride != row:
        bits = b"".join(bits[y * stride : y * stride + row] for y in range(height))
    return Pixels(width, height, bits)


def _encoded(image: QImage, format_name: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, format_name, _JPEG_QUALITY if format_name == "JPEG" else -1)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
