"""Has a model that hears write down what is said in a recording, beside the model of the chat.

It is loaded when it is needed, and freed a while later. Nothing here knows Qt; one thread uses it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from hashlib import sha256

from app.core.attachment import Attachment
from app.core.errors import SoundError
from app.core.language_model import MediaProgress, MediaStep, Piece
from app.core.media import Media, ReadMedia, SoundSamples
from app.core.message import MediaPart, Message, RecordingPart, Role
from app.core.model_file import LoadOptions, ModelFile
from app.core.sampling import Sampling
from app.core.sound_pieces import pieces_of
from app.core.translation import tr
from app.services.chat_engine import ChatEngine

CONTEXT = 2_048
"""Tokens: a piece of 30 seconds takes 375, and what is said in it about 150."""
MOST_TOKENS = 600
"""Of what is written of a piece; more is the model repeating itself."""
PROMPT, JAPANESE_PROMPT = "Perform ASR.", "Perform ASR in japanese."
"""What LFM2.5-Audio was trained with, by Liquid AI's documentation."""
_LOADING_SHARE = 0.2

Check = Callable[[ModelFile, threading.Event], str]
"""Tries a model before it is loaded, as `ModelLibrary.check`."""


class Transcriber:
    """Writes down recordings."""

    def __init__(self, make_engine: Callable[[ReadMedia], ChatEngine], check: Check) -> None:
        """`make_engine` makes an engine of its own, which is given the pieces of recordings."""
        self._make_engine = make_engine
        self._check = check
        self._engine: ChatEngine | None = None
        self._pieces: dict[str, SoundSamples] = {}

    def transcribe(
        self,
        model: ModelFile,
        samples: SoundSamples,
        cancel: threading.Event,
        on_progress: Callable[[float], None],
    ) -> str:
        """What is said in a recording; empty where the model hears nothing, and after a cancel.

        Args:
            model: one that hears.
            on_progress: is told 0.0 to 1.0.

        Raises:
            UserError: the model cannot be loaded, or failed.
            Cancelled: `cancel` was set while it was loaded.
        """
        engine = self._loaded(model, cancel, on_progress)
        pieces = pieces_of(samples)
        written: list[str] = []
        for number, piece in enumerate(pieces):
            if cancel.is_set():
                return ""
            part = self._keep(samples.cut(*piece))
            try:
                written.append(
                    self._write(
                        engine,
                        prompt_for(model),
                        part,
                        cancel,
                        lambda share, number=number: on_progress(  # type: ignore[misc]
                            _LOADING_SHARE + (1 - _LOADING_SHARE) * (number + share) / len(pieces)
                        ),
                    )
                )
            finally:
                self._pieces.clear()
        return "" if cancel.is_set() else joined(written)

    def free(self) -> None:
        """Frees the model; it is loaded again when it is needed."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.unload()

    def _loaded(
        self, model: ModelFile, cancel: threading.Event, on_progress: Callable[[float], None]
    ) -> ChatEngine:
        engine = self._engine
        if engine is None or engine.info is None or engine.info.path != model.path:
            problem = self._check(model, cancel)
            if problem:
                raise SoundError(problem, tr("Choose another model for dictation."))
            self.free()
            engine = self._make_engine(self._read)
            engine.load(
                model.path,
                LoadOptions(context_length=CONTEXT),
                lambda share: on_progress(_LOADING_SHARE * share),
                cancel,
                projector=model.projector,
            )
            self._engine = engine
        return engine

    def _read(self, part: MediaPart) -> Media | None:
        return self._pieces.get(part.file.sha256)

    def _keep(self, samples: SoundSamples) -> RecordingPart:
        name = sha256(samples.pcm).hexdigest()
        self._pieces[name] = samples
        file = Attachment(name, "audio/wav", tr("The recording"), len(samples.pcm))
        return RecordingPart(file, round(1000 * samples.seconds))

    def _write(
        self,
        engine: ChatEngine,
        prompt: str,
        part: RecordingPart,
        cancel: threading.Event,
        on_progress: Callable[[float], None],
    ) -> str:
        messages = (Message.of_text(Role.SYSTEM, prompt), Message(Role.USER, (part,)))
        sampling = Sampling(temperature=0.0, max_tokens=MOST_TOKENS)
        written: list[str] = []
        for event in engine.answer(messages, (), sampling, cancel):
            if isinstance(event, Piece):
                written.append(event.text)
            elif isinstance(event, MediaProgress) and event.step is MediaStep.ENCODE:
                on_progress(event.share / 2)
        return "".join(written)


def prompt_for(model: ModelFile) -> str:
    """What a model is told to do with a recording."""
    return JAPANESE_PROMPT if is_japanese(model) else PROMPT


def is_japanese(model: ModelFile) -> bool:
    """Whether a model was made for Japanese, as LFM2.5-Audio-1.5B-JP."""
    words = model.path.stem.casefold().replace("_", "-").split("-")
    return "jp" in words or "ja" in words


def joined(pieces: Sequence[str]) -> str:
    """What was written of the pieces, as one text: scripts without spaces get none between them."""
    text = ""
    for piece in (" ".join(piece.split()) for piece in pieces):
        is_apart = text and piece and not (_is_wide(text[-1]) or _is_wide(piece[0]))
        text += f" {piece}" if is_apart else piece
    return text


def _is_wide(character: str) -> bool:
    """Whether it is of a script, or punctuation of one, that sets no spaces between words."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\uffef"
