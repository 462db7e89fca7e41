"""Engines with the tiny models that see and hear: they note which pictures and recordings were asked for."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Self

from app.core.generation import Statistics
from app.core.language_model import Piece, StreamEvent
from app.core.media import Media, SoundSamples
from app.core.message import AttachmentPart, Message, PicturePart, RecordingPart
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from tests.support.pictures import PROJECTOR, TINY, pixels_of
from tests.support.sounds import HEARING, recording

GREEDY = Sampling(temperature=0.0, max_tokens=24)


class Sensing:
    """An engine with the tiny model and a projector; its model is unloaded at the end of a `with`."""

    def __init__(self, projector: Path | None, context_length: int) -> None:
        self.asked_for: list[AttachmentPart] = []
        self.engine = Engine(read_media=self._read)
        options = LoadOptions(context_length=context_length)
        self.engine.load(TINY, options, lambda share: None, projector=projector)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.unload()

    def media_of(self, part: AttachmentPart) -> Media | None:
        """What is in its file; None where that is missing."""
        raise NotImplementedError

    def events(self, *messages: Message) -> list[StreamEvent]:
        return list(self.engine.answer(messages, (), GREEDY, threading.Event()))

    def ask(self, *messages: Message) -> tuple[str, Statistics]:
        events = self.events(*messages)
        last = events[-1]
        assert isinstance(last, Statistics)
        return "".join(event.text for event in events if isinstance(event, Piece)), last

    def _read(self, part: AttachmentPart) -> Media | None:
        self.asked_for.append(part)
        return self.media_of(part)


class Seeing(Sensing):
    """Is shown the pictures of `tests.support.pictures`."""

    def __init__(self, projector: Path | None = PROJECTOR) -> None:
        self.missing: set[AttachmentPart] = set()
        super().__init__(projector, context_length=4096)

    def media_of(self, part: AttachmentPart) -> Media | None:
        return pixels_of(part) if isinstance(part, PicturePart) and part not in self.missing else None


class Hearing(Sensing):
    """Is played what was recorded before."""

    def __init__(self, projector: Path | None = HEARING) -> None:
        self.samples: dict[str, Media] = {}
        super().__init__(projector, context_length=8192)

    def media_of(self, part: AttachmentPart) -> Media | None:
        return self.samples.get(part.file.sha256)

    def record(self, samples: SoundSamples) -> RecordingPart:
        part = recording(samples)
        self.samples[part.file.sha256] = samples
        return part
