"""What happens where a picture or a recording meets a model that cannot see or hear."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.core import translation
from app.core.message import AttachmentPart, MediaPart, PicturePart
from app.core.model_file import ModelFile, Sense
from app.core.translation import tr
from app.core.turn_request import TurnRequest
from app.hub.catalog import Catalog, CatalogModel, ModelKind, ModelLifecycle
from app.services.model_status import ModelPart, ModelsChange
from app.services.models import ModelService
from app.services.notices import NoticeService, Offer

UNSEEN = "what the model does not see or hear"
"""The topic of these notices."""
_KINDS = {Sense.SIGHT: ModelKind.VISION, Sense.HEARING: ModelKind.AUDIO}


class SenseService(QObject):
    """Tells the user that a model cannot see or hear, and who can.

    Signals:
        download_requested(str): the user wants to fetch a model that can, by its id in the catalog.
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
        models.changed.connect(self._on_models_changed)

    def able_model(self, sense: Sense) -> ModelFile | None:
        """The largest model on this computer that has a sense; None where there is none."""
        found = [model for model in self._models.local_models if sense in model.senses and not model.problem]
        return max(found, key=lambda model: model.size_bytes, default=None)

    def downloadable(self, sense: Sense, language: str = "") -> CatalogModel | None:
        """The first model of the catalog that has a sense and runs here, one of the language first.

        `language` is a code of two letters; empty for the window's.
        """
        found = [
            entry
            for entry in self._catalog.models
            if entry.kind is _KINDS[sense] and entry.status is ModelLifecycle.CURRENT and entry.runs_here
        ]
        language = language or translation.language().partition("_")[0]
        return min(found, key=lambda entry: language not in entry.languages, default=None)

    def missing_for(self, attachments: Sequence[AttachmentPart]) -> Sense | None:
        """The sense that the chosen model would need for what is attached, and has not."""
        needed = (sense_for(part) for part in attachments if isinstance(part, MediaPart))
        return next((sense for sense in needed if sense not in self._models.senses), None)

    def accepts(self, attachments: Sequence[AttachmentPart]) -> bool:
        """Whether the chosen model sees and hears what is attached; the user is told where it does not."""
        sense = self.missing_for(attachments)
        if sense is not None:
            self.refuse(sense)
        return sense is None

    def refuse(self, sense: Sense, language: str = "") -> None:
        """Says why a picture or a recording was not sent, and offers a model that can take it.

        `language` is that of the recording; see `downloadable`.
        """
        chosen = self._models.chosen
        sees = sense is Sense.SIGHT
        if chosen is None:
            sentence = tr("No model is chosen.")
        elif sees:
            sentence = tr("{name} cannot see pictures.", name=chosen.name)
        else:
            sentence = tr("{name} cannot hear recordings.", name=chosen.name)
        if other := self.able_model(sense):
            self._notices.post(
                sentence,
                tr("{name} on this computer can.", name=other.name),
                Offer(tr("Switch to {name}", name=other.name), lambda: self._models.choose(other.path)),
                topic=UNSEEN,
            )
        elif entry := self.downloadable(sense, language):
            self._notices.post(
                sentence,
                tr("Download one that can, or take the picture off your message.")
                if sees
                else tr("Download one that can, or take the recording off your message."),
                Offer(tr("Show {title}", title=entry.title), lambda: self.download_requested.emit(entry.id)),
                topic=UNSEEN,
            )
        else:
            hint = (
                tr("Take the picture off your message.")
                if sees
                else tr("Take the recording off your message.")
            )
            self._notices.post(sentence, hint, topic=UNSEEN)

    def note_asked(self, conversation_id: str, request: TurnRequest) -> None:
        """Says once in a conversation that the model that answers now does not see or hear all of it."""
        attached = [part for node in request.path for part in node.message.attachments]
        sense = self.missing_for(attached)
        chosen = self._models.chosen
        key = (conversation_id, request.model_path)
        if sense is None or chosen is None or key in self._told:
            return
        self._told.add(key)
        self._notices.post(
            tr("{name} cannot see the pictures in this chat.", name=chosen.name)
            if sense is Sense.SIGHT
            else tr("{name} cannot hear the recordings in this chat.", name=chosen.name),
            tr("It is told that there are some, and answers by the words alone."),
            topic=UNSEEN,
        )

    def _on_models_changed(self, change: ModelsChange) -> None:
        if change.concerns(ModelPart.LOADED):
            self._notices.withdraw(UNSEEN)  # It was said of the model before.


def sense_for(part: MediaPart) -> Sense:
    """What a model needs for a picture or a recording."""
    return Sense.SIGHT if isinstance(part, PicturePart) else Sense.HEARING
