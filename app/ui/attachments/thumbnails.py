"""Small pictures for chips and for the transcript, read beside the window's thread."""

from __future__ import annotations

import threading
from collections import OrderedDict

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.core.errors import PictureError
from app.pictures.decoding import decode, look_at
from app.services.background import Report, Stream, Worker
from app.store.attachments import AttachmentStore

SIDE = 640
"""Pixels of the longer side: what the transcript shows at most on a screen of double density."""
MOST_KEPT = 100


class Thumbnails(QObject):
    """Gives pictures that are kept in a store, made small; those shown last stay in memory.

    Signals:
        changed(str): the picture of this SHA-256 can be drawn now, or is known to be missing.
    """

    changed = Signal(str)

    def __init__(self, store: AttachmentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._worker = Worker("thumbnails", self)
        self._images: OrderedDict[str, QImage] = OrderedDict()
        self._missing: set[str] = set()
        self._asked: set[str] = set()

    def image(self, sha256: str) -> QImage | None:
        """A picture, if it has been read; otherwise it is read now and `changed` follows."""
        image = self._images.get(sha256)
        if image is not None:
            self._images.move_to_end(sha256)
        elif sha256 not in self._asked and sha256 not in self._missing:
            self._read(sha256)
        return image

    def is_missing(self, sha256: str) -> bool:
        """Whether a picture that was asked for is not there, or damaged."""
        return sha256 in self._missing

    def forget(self, sha256: str) -> None:
        """Reads a picture anew when it is next drawn: its file may have gone, or come back."""
        self._images.pop(sha256, None)
        self._missing.discard(sha256)

    def shut_down(self) -> None:
        """Gives up what is being read."""
        self._worker.shut_down()

    def _read(self, sha256: str) -> None:
        self._asked.add(sha256)

        def work(cancel: threading.Event, report: Report) -> None:
            if not cancel.is_set():
                report(_made_small(self._store.read(sha256)))

        stream = Stream(work, self)
        stream.item.connect(lambda image: self._take(sha256, image))
        self._worker.start(stream)

    def _take(self, sha256: str, image: QImage | None) -> None:
        self._asked.discard(sha256)
        if image is None:
            self._missing.add(sha256)
        else:
            self._images[sha256] = image
            while len(self._images) > MOST_KEPT:
                self._images.popitem(last=False)
        self.changed.emit(sha256)


def _made_small(data: bytes | None) -> QImage | None:
    """None where the file is missing or cannot be opened."""
    if data is None:
        return None
    try:
        file = look_at(data)
        scale = min(1.0, SIDE / max(file.width, file.height))
        width, height = (max(1, round(side * scale)) for side in (file.width, file.height))
        return decode(data, width, height)
    except PictureError:
        return None
