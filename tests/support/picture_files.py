"""Picture files of all kinds, and files that are none or mean harm."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QColorSpace, QImage, QImageWriter

WIDTH, HEIGHT = 33, 20

_FORMATS = (
    *("Format_Mono", "Format_MonoLSB", "Format_Indexed8", "Format_Grayscale8", "Format_Grayscale16"),
    *("Format_RGB32", "Format_ARGB32", "Format_ARGB32_Premultiplied", "Format_RGB16", "Format_RGB888"),
    *("Format_RGBA8888", "Format_RGBA64", "Format_RGBX64", "Format_BGR888", "Format_RGB30"),
)


def an_image(format_name: str = "Format_RGB32", width: int = WIDTH, height: int = HEIGHT) -> QImage:
    """A picture that is dark on its left half and light on its right one."""
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(QColor(20, 20, 20))
    for x in range(width // 2, width):
        for y in range(height):
            image.setPixelColor(x, y, QColor(230, 230, 230))
    return image.convertToFormat(getattr(QImage.Format, format_name))


def written(
    image: QImage, format_name: str, quality: int = -1, *, is_progressive: bool = False, compression: int = -1
) -> bytes:
    """A picture as a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(format_name.encode()))
    writer.setQuality(quality)
    writer.setProgressiveScanWrite(is_progressive)
    writer.setCompression(compression)
    assert writer.write(image), writer.errorString()
    return bytes(buffer.data().data())


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG with the EXIF mark of how the camera was held, 1 to 8."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def a_gif(frame_count: int = 1, *, is_transparent: bool = False) -> bytes:
    """A GIF of 4 by 2 pixels, made by hand: Qt reads the format and does not write it."""
    palette = bytes((255, 0, 0, 0, 0, 255))
    head = b"GIF89a" + struct.pack("<HHBBB", 4, 2, 0b1111_0000, 0, 0) + palette
    control = b"\x21\xf9\x04" + bytes((1 if is_transparent else 0, 0, 0, 0, 0))
    pixels = b"\x02\x04" + bytes((0x84, 0x8F, 0x09, 0x05)) + b"\0"
    frame = control + b"\x2c" + struct.pack("<HHHHB", 0, 0, 4, 2, 0) + pixels
    return head + frame * frame_count + b"\x3b"


def good_files() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of files that are pictures."""
    for format_name in _FORMATS:
        yield f"png {format_name}", written(an_image(format_name), "png")
    for format_name in ("Format_RGB32", "Format_Grayscale8", "Format_Mono", "Format_ARGB32", "Format_RGBA64"):
        yield f"tiff {format_name}", written(an_image(format_name), "tiff")
        yield f"webp {format_name}", written(an_image(format_name), "webp")
        yield f"bmp {format_name}", written(an_image(format_name), "bmp")
    yield "tiff packed", written(an_image(), "tiff", compression=1)
    for quality in (1, 50, 100):
        yield f"jpeg {quality}", written(an_image(), "jpeg", quality)
        yield f"webp {quality}", written(an_image("Format_ARGB32"), "webp", quality)
    yield "jpeg grey", written(an_image("Format_Grayscale8"), "jpeg")
    yield "jpeg progressive", written(an_image(), "jpeg", is_progressive=True)
    for orientation in range(1, 9):
        yield f"jpeg turned {orientation}", with_orientation(written(an_image(), "jpeg", 95), orientation)
    for space in (QColorSpace.NamedColorSpace.DisplayP3, QColorSpace.NamedColorSpace.AdobeRgb):
        image = an_image()
        image.setColorSpace(QColorSpace(space))
        yield f"png {space.name}", written(image, "png")
        yield f"jpeg {space.name}", written(image, "jpeg")
    for width, height in ((1, 1), (1, 900), (900, 1), (2, 3), (5, 1), (640, 480), (1021, 7)):
        yield f"png {width}x{height}", written(an_image(width=width, height=height), "png")
    yield "gif", a_gif()
    yield "gif with frames", a_gif(3)
    yield "gif transparent", a_gif(is_transparent=True)


def a_png_that_says(width: int, height: int, *, depth: int = 8, colour: int = 2) -> bytes:
    """A small PNG whose head promises any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def bad_files() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of files that cannot be opened as pictures."""
    yield "nothing", b""
    yield "a byte", b"\x89"
    yield "words", b"These are words."
    yield "zeros", bytes(10_000)
    yield "html", b"<html><img src='http://example.org/a.png'></html>"
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    yield "svg with a head", b'<?xml version="1.0"?><svg width="10" height="10"></svg>'
    yield "xpm", b'/* XPM */ static char *a[] = {"1 1 1 1", "a c #000", "a"};'
    yield "pbm", b"P1\n2 2\n0 1 1 0\n"
    yield "ppm", b"P6\n1 1\n255\n\x01\x02\x03"
    yield "icon", b"\0\0\1\0\1\0\1\1\0\0\1\0\x20\0" + bytes(60)
    yield "pdf", b"%PDF-1.7\n1 0 obj\n"
    yield "zip", b"PK\x03\x04" + bytes(60)
    yield "model", b"GGUF\x03\0\0\0" + bytes(60)
    yield "heic", b"\0\0\0\x18ftypheic" + bytes(60)
    yield "heif", b"\0\0\0\x18ftypmif1" + bytes(60)
    yield "avif", b"\0\0\0\x18ftypavif" + bytes(60)
    yield "video", b"\0\0\0\x18ftypisom" + bytes(60)
    for width, height in ((30_000, 30_000), (100_000, 100), (2**31 - 1, 2**31 - 1), (0, 0), (2**31 - 1, 1)):
        yield f"png of {width}x{height}", a_png_that_says(width, height)
    yield "png of 16 bits", a_png_that_says(7_000, 7_000, depth=16, colour=6)
    yield "png of one bit", a_png_that_says(20_000, 20_000, depth=1, colour=0)
    yield "gif of 65535x65535", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b"\x3b"
    yield "gif without a frame", a_gif()[:19] + b"\x3b"
    yield "gif cut", a_gif()[:25]
    bmp = bytearray(written(an_image(), "bmp"))
    for name, width, height in (("huge", 60_000, 60_000), ("negative", -5, -5), ("flat", 0, 5)):
        struct.pack_into("<ii", bmp, 18, width, height)
        yield f"bmp {name}", bytes(bmp)
    for format_name in ("png", "webp", "tiff", "bmp"):
        whole = written(an_image(width=200, height=150), format_name)
        yield f"{format_name} of its head", whole[:30]
        if format_name != "bmp":  # Of that, the rows that are there are shown.
            yield f"{format_name} of a third", whole[: len(whole) // 3]
    yield "jpeg of its head", written(an_image(), "jpeg")[:30]
    jpeg = bytearray(written(an_image(), "jpeg"))
    place = jpeg.index(b"\xff\xc0")
    struct.pack_into(">HH", jpeg, place + 5, 65_500, 65_500)
    yield "jpeg of 65500x65500", bytes(jpeg)
    tiff = bytearray(written(an_image(), "tiff"))
    tiff[4:8] = b"\xff\xff\xff\x7f"
    yield "tiff that points nowhere", bytes(tiff)
