"""Picture files become pixels: turned upright, on white, in sRGB, and never larger than they may be.

A file is a stranger's. Its kind is told by its content, its size is looked at before anything is decoded, and
of several pictures in it only the first one is read. Everything here may run on any thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageIOHandler, QImageReader, QPainter

from app.core import formatting
from app.core.errors import PictureError
from app.core.translation import tr

MEDIA_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
}
"""The formats that are read on every system, by Qt's names for them."""
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif")
"""What the names of picture files end in; the last three are told about in a sentence where need be."""
ONLY_SOMEWHERE = ("heic", "heif")
"""Formats that some systems bring along: macOS does."""
LARGEST_FILE = 100 * 1024 * 1024
"""Bytes."""
MOST_PIXELS = 120_000_000
"""More than the largest cameras of phones take."""
MOST_DECODED_BYTES = 256 * 1024 * 1024
"""Of a picture that has to be decoded in full size; Qt refuses more by itself."""
LONGEST_SIDE = 30_000
_SAVE_AGAIN = tr("Save the picture as JPEG or PNG with another program, then add that file.")
_MAKE_SMALLER = tr("Make the picture smaller with another program, then add that file.")
_TURNED = QImageIOHandler.Transformation.TransformationRotate90
_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"hevc": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"avif": "AVIF",
    b"avis": "AVIF",
}


@dataclass(frozen=True, slots=True)
class PictureFile:
    """What a picture's file says of itself, before it is decoded."""

    format: str
    """As Qt calls it, such as `jpeg`."""
    width: int
    """In pixels, of the picture when it is upright."""
    height: int
    has_more: bool
    """Whether the file holds further pictures, as an animation does."""


def look_at(data: bytes) -> PictureFile:
    """What a picture's file says of itself; nothing is decoded.

    Raises:
        PictureError: it is no picture that can be opened, or a far too large one.
    """
    check_file_size(len(data))
    with _reader_of(data) as reader:
        return _checked(reader, data)


def check_file_size(size: int) -> None:
    """Raises PictureError: a file of so many bytes is too large to be read."""
    if size > LARGEST_FILE:
        raise PictureError(
            tr(
                "This file has {size}, and a picture may have {most} at most.",
                size=formatting.size(size),
                most=formatting.size(LARGEST_FILE),
            ),
            _MAKE_SMALLER,
        )


def decode(data: bytes, width: int, height: int) -> QImage:
    """The picture in a file as opaque pixels, in the size that is asked for.

    Raises:
        PictureError: it cannot be opened.
    """
    check_file_size(len(data))
    with _reader_of(data) as reader:
        found = _checked(reader, data)
        wanted = QSize(min(width, found.width), min(height, found.height))
        if found.format == "jpeg":
            # It is decoded at an eighth, a quarter or half of its size where that is enough.
            rough = QSize(min(2 * width, found.width), min(2 * height, found.height))
            reader.setScaledSize(rough.transposed() if _is_turned(reader) else rough)
        image = reader.read()
    if image.isNull():
        raise _damaged()
    if image.size() != wanted:
        image = image.scaled(
            wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return _in_srgb_on_white(image)


@contextmanager
def _reader_of(data: bytes) -> Iterator[QImageReader]:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    try:
        yield reader
    finally:
        # The readers of some formats look at the buffer once more when they end.
        reader.setDevice(None)  # type: ignore[arg-type]


def _checked(reader: QImageReader, data: bytes) -> PictureFile:
    """What a file says of itself.

    Raises:
        PictureError: it is no picture, or too large a one.
    """
    name = bytes(reader.format().data()).decode("ascii", "replace")
    if name not in MEDIA_TYPES and name not in ONLY_SOMEWHERE:
        raise _unknown(data)
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        raise _damaged()
    width, height = size.width(), size.height()
    depth = max(32, QImage.toPixelFormat(reader.imageFormat()).bitsPerPixel())
    is_decoded_whole = name != "jpeg"
    if (
        width * height > MOST_PIXELS
        or max(width, height) > LONGEST_SIDE
        or (is_decoded_whole and width * height * depth // 8 > MOST_DECODED_BYTES)
    ):
        raise PictureError(
            tr(
                "This picture has {width:,} × {height:,} pixels, which is more than can be opened.",
                width=width,
                height=height,
            ),
            _MAKE_SMALLER,
        )
    if _is_turned(reader):
        width, height = height, width
    return PictureFile(name, width, height, reader.imageCount() > 1)


def _is_turned(reader: QImageReader) -> bool:
    """Whether upright means that width and height are exchanged."""
    return bool(reader.transformation() & _TURNED)


def _in_srgb_on_white(image: QImage) -> QImage:
    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    if image.colorSpace().isValid() and image.colorSpace() != srgb:
        converted = image.convertedToColorSpace(srgb, QImage.Format.Format_ARGB32)
        if not converted.isNull():
            image = converted
    if image.hasAlphaChannel():
        flat = QImage(image.size(), QImage.Format.Format_RGB32)
        flat.fill(Qt.GlobalColor.white)
        with QPainter(flat) as painter:
            painter.drawImage(0, 0, image)
        image = flat
    return image.convertToFormat(QImage.Format.Format_RGB888)


def _unknown(data: bytes) -> PictureError:
    is_container = data[4:8] == b"ftyp"
    name = _BRANDS.get(data[8:12], "") if is_container else ""
    if name:
        return PictureError(tr("{name} pictures cannot be opened here.", name=name), _SAVE_AGAIN)
    return PictureError(
        tr("This file is no picture that can be opened: PNG, JPEG, WebP, GIF, TIFF and BMP can be."),
        _SAVE_AGAIN,
    )


def _damaged() -> PictureError:
    return PictureError(tr("This picture is damaged and cannot be opened."), _SAVE_AGAIN)
