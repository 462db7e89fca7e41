"""What those who read a format may use besides the values themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.core.message import Part, PicturePart
from app.exchange.foreign_text import MOST_PICTURE_BYTES, attached_text, bytes_of_data_address
from app.exchange.imported import ReadPicture
from app.exchange.source_files import SourceFile


@dataclass(frozen=True, slots=True)
class ReadContext:
    """The file that is being read, and what becomes of the pictures in it."""

    file: SourceFile
    read_picture: ReadPicture | None = None
    """None where pictures are not wanted, as while a file is only looked through."""

    def picture_of_address(self, address: str, name: str = "picture") -> tuple[Part, ...]:
        """The picture in a `data:` address."""
        return self._picture(lambda: bytes_of_data_address(address), name)

    def picture_beginning_with(self, stem: str) -> tuple[Part, ...]:
        """The picture in the file beside this one whose name begins like that."""
        if self.read_picture is None:
            return ()
        found = self.file.folder.beginning_with(stem, self.file.name)
        if found is None:
            return attached_text("picture")
        return self._picture(lambda: found.read(MOST_PICTURE_BYTES), PurePosixPath(found.name).name)

    def _picture(self, read: Callable[[], bytes | None], name: str) -> tuple[Part, ...]:
        if self.read_picture is None:
            return ()
        data = read()
        part: PicturePart | None = self.read_picture(data, name) if data else None
        return (part,) if part is not None else attached_text(name)
