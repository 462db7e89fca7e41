"""What the transcript and the chips know of attached files: their pictures, and which recording is played."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.services.sound_player import SoundPlayer
from app.store.attachments import AttachmentStore
from app.ui.attachments.thumbnails import Thumbnails


class ShownAttachments(QObject):
    """Fits `AttachmentSource`.

    Attributes:
        thumbnails: the pictures, made small.

    Signals:
        changed(): something can be drawn now, is known to be missing, or is played or no longer.
    """

    changed = Signal()

    def __init__(self, store: AttachmentStore, player: SoundPlayer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails(store, self)
        self._store = store
        self._player = player
        self._gone: dict[str, bool] = {}
        self.thumbnails.changed.connect(self.changed)
        player.changed.connect(self.changed)

    def image(self, sha256: str) -> QImage | None:
        """As `AttachmentSource.image`."""
        return self.thumbnails.image(sha256)

    def is_missing(self, sha256: str) -> bool:
        """As `AttachmentSource.is_missing`."""
        return self.thumbnails.is_missing(sha256)

    def is_gone(self, sha256: str) -> bool:
        """As `AttachmentSource.is_gone`."""
        if sha256 not in self._gone:
            self._gone[sha256] = self._store.path_of(sha256) is None
        return self._gone[sha256]

    def is_playing(self, sha256: str) -> bool:
        """As `AttachmentSource.is_playing`."""
        return self._player.sha256 == sha256

    def forget(self, sha256: str) -> None:
        """Looks for a file anew when it is next drawn: it may have gone, or come back."""
        self.thumbnails.forget(sha256)
        self._gone.pop(sha256, None)

    def shut_down(self) -> None:
        """Gives up what is being read."""
        self.thumbnails.shut_down()
