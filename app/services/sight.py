"""What happens where a picture meets a model that cannot see."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.model_file import ModelFile
from app.core.turn_request import TurnRequest
from app.hub.catalog import Catalog, CatalogModel, ModelKind, ModelLifecycle
from app.services.models import ModelService
from app.services.notices import NoticeService, Offer

UNSEEN = "pictures that the model does not see"
"""The topic of these notices."""


class SightService(QObject):
    """Tells the user that a model cannot see, and who can.

    Signals:
        download_requested(str): the user wants to fetch a model that can see, by its id in the catalog.
    """

    download_requested = Signal(str)

    def __init__(
        self, models: ModelService, catalog: Catalog, notices: NoticeService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._catalog = catalog
        self._notices = notices
        self._told: set[tuple[str, str]] = set()
        """Conversations whose user knows that a model does not see their pictures."""

    @property
    def seeing_model(self) -> ModelFile | None:
        """The largest model on this computer that can see; None where there is none."""
        found = [model for model in self._models.models if model.projector is not None and not model.problem]
        return max(found, key=lambda model: model.size_bytes, default=None)

    def refuse(self) -> None:
        """Says why a picture was not sent, and offers a model that can see it."""
        chosen = self._models.chosen
        sentence = f"{chosen.name} cannot see pictures." if chosen else "No model is chosen."
        if other := self.seeing_model:
            self._notices.post(
                sentence,
                f"{other.name} on this computer can.",
                Offer(f"Switch to {other.name}", lambda: self._models.choose(other.path)),
                topic=UNSEEN,
            )
        elif entry := self._downloadable:
            self._notices.post(
                sentence,
                "Download one that can, or take the picture off your message.",
                Offer(f"Show {entry.title}", lambda: self.download_requested.emit(entry.id)),
                topic=UNSEEN,
            )
        else:
            self._notices.post(sentence, "Take the picture off your message.", topic=UNSEEN)

    def note_asked(self, conversation_id: str, request: TurnRequest) -> None:
        """Says once in a conversation that its pictures are not seen by the model that answers now."""
        has_pictures = any(node.message.attachments for node in request.path)
        chosen = self._models.chosen
        key = (conversation_id, request.model_path)
        if not has_pictures or self._models.can_see or chosen is None or key in self._told:
            return
        self._told.add(key)
        self._notices.post(
            f"{chosen.name} cannot see the pictures in this chat.",
            "It is told that there are some, and answers by the words alone.",
            topic=UNSEEN,
        )

    @property
    def _downloadable(self) -> CatalogModel | None:
        return next(
            (
                entry
                for entry in self._catalog.models
                if entry.kind is ModelKind.VISION
                and entry.status is ModelLifecycle.CURRENT
                and entry.runs_here
            ),
            None,
        )
