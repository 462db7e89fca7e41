"""Pictures of one colour, whose names the tiny model that sees has learned."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QColor, QImage

from app.core.attachment import Attachment
from app.core.media import Pixels
from app.core.message import Message, PicturePart, Role
from app.core.picture_size import PictureDetail, seen_size

DATA = Path(__file__).parents[1] / "data"
TINY, PROJECTOR = DATA / "tiny-lfm2.gguf", DATA / "tiny-mmproj.gguf"
QUESTION = "What colour is this image?"
COLOURS: Mapping[str, bytes] = {
    "red": b"\xff\x00\x00",
    "green": b"\x00\xff\x00",
    "blue": b"\x00\x00\xff",
    "white": b"\xff\xff\xff",
    "black": b"\x00\x00\x00",
    "yellow": b"\xff\xff\x00",
}


def said_of(colour: str) -> str:
    """What the tiny model says of a picture of that colour."""
    return f"The image is **{colour}**."


def picture(
    colour: str, width: int = 300, height: int = 200, detail: PictureDetail = PictureDetail.QUICK
) -> PicturePart:
    """A picture that `pixels_of` knows."""
    name = hashlib.sha256(f"{colour} {width}x{height}".encode()).hexdigest()
    return PicturePart(Attachment(name, "image/png", f"{colour}.png", 100), width, height, detail)


def shown(*pictures: PicturePart, text: str = QUESTION) -> Message:
    """A question about pictures."""
    return Message.of_text(Role.USER, text, pictures)


def pixels_of(part: PicturePart) -> Pixels | None:
    """The pixels of what `picture` made."""
    colour = part.file.name.removesuffix(".png")
    if colour not in COLOURS:
        return None
    width, height = seen_size(part.width, part.height, part.detail)
    return Pixels(width, height, COLOURS[colour] * (width * height))


def put_seeing_model(folder: Path) -> Path:
    """Puts the tiny model that sees into a folder, with its projector; gives the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECTOR, folder / "mmproj-Tiny-LFM2-VL-F16.gguf")
    return Path(shutil.copy(TINY, folder / "Tiny-LFM2-VL-F16.gguf"))


def put_picture(folder: Path, colour: str, name: str = "", width: int = 300, height: int = 200) -> Path:
    """Writes a picture of one colour."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(*COLOURS[colour]))
    path = folder / (name or f"{colour}.png")
    assert image.save(str(path))
    return path
