"""What lets a loaded model see: its projector, and what it made of the pictures of the conversation.

Encoding a picture takes seconds on a processor. What came of it is kept by what the picture is, so that
another turn, an edit and a regeneration need not do it again.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import psutil

from app.core.errors import EngineError, ModelFileError
from app.core.language_model import PictureProgress, PictureStep
from app.core.message import Message, PicturePart
from app.core.picture_size import lfm2_positions, seen_size
from app.core.pixels import Pixels, ReadPixels
from app.engine.library_thread import Stop, Tell, run_beside
from app.engine.picture_positions import (
    PictureLayout,
    Tile,
    identity_of_picture,
    picture_at,
    pictures_in,
    position_of,
)
from app.engine.prompt_cache import ReadingStopped

if TYPE_CHECKING:
    from app.engine import llama
    from app.engine.llama.projector import PictureChunks, Projector, Run

LOG = logging.getLogger(__name__)

MOST_EMBEDDING_BYTES = 256 * 1024 * 1024
"""Kept of pictures; one tile of LFM2.5-VL-1.6B takes 2 MB. What one prompt needs is kept in any case."""
LEAST_FREE_BYTES = 512 * 1024 * 1024
"""With less free memory than this the projector is freed after an answer, and loaded again when needed."""
POSITIONS_OF_TILE = 256
WORK_SECONDS_A_MEGABYTE = 0.03
"""Of one core, for a tile, by the projector's size; measured with AVX2: 0.029 for the So400m tower of
LFM2.5-VL-1.6B in Q8_0 (583 MB), 0.037 for the base tower of 450M (103 MB)."""
_AGAIN = "Download the model again with its second file, or choose another model."

Embeddings = ctypes.Array[ctypes.c_float]


class PictureReader:
    """Looks at pictures for one loaded model.

    One thread uses it, but for `positions_of`, which is safe from any.
    """

    def __init__(
        self,
        path: Path,
        model: llama.Model,
        thread_count: int,
        use_gpu: bool,
        read_pixels: ReadPixels,
        most_bytes: int = MOST_EMBEDDING_BYTES,
    ) -> None:
        """`path` is the projector's file, which is loaded when the first picture is to be looked at."""
        self._path = path
        self._model = model
        self._thread_count = thread_count
        self._use_gpu = use_gpu
        self._read_pixels = read_pixels
        self._most_bytes = most_bytes
        self._projector: Projector | None = None
        self._key = f"{path.name} {_size_of(path)}"
        self._layouts: dict[int, PictureLayout] = {}
        self._pictures: dict[int, PicturePart] = {}
        self._embeddings: OrderedDict[tuple[int, int], Embeddings] = OrderedDict()
        self._width = 0
        work = _size_of(path) / 1e6 * WORK_SECONDS_A_MEGABYTE
        self._seconds_a_position = work / max(1, thread_count) / POSITIONS_OF_TILE
        """Guessed by the file's size, and corrected by each tile that is encoded."""

    @property
    def is_loaded(self) -> bool:
        """Whether the projector is in memory."""
        return self._projector is not None

    def close(self) -> None:
        """Frees the projector; before the model is freed."""
        projector, self._projector = self._projector, None
        if projector is not None:
            projector.close()

    def close_if_memory_is_short(self) -> None:
        """Frees the projector where other programs need the memory more. What it has made is kept."""
        if self.is_loaded and psutil.virtual_memory().available < LEAST_FREE_BYTES:
            LOG.info("Freed the projector, as the memory is short")
            self.close()

    def layout_of(self, picture: PicturePart) -> PictureLayout | None:
        """What a picture is in a prompt; None where it was not opened, or its file is missing."""
        return self._layouts.get(identity_of_picture(picture, self._key))

    def positions_of(self, picture: PicturePart) -> Sequence[int]:
        """What a picture is in a prompt; as long as it is for LFM2-VL where it was not opened."""
        layout = self.layout_of(picture)
        if layout is not None:
            return layout.positions
        count = lfm2_positions(*seen_size(picture.width, picture.height, picture.detail))
        identity = identity_of_picture(picture, self._key)
        return [position_of(identity, place) for place in range(count)]

    def seconds_for(self, picture: PicturePart) -> float:
        """About how long it will take to encode a picture; 0 where that has been done."""
        layout = self.layout_of(picture)
        if layout is not None and self.is_ready_for(layout.positions):
            return 0.0
        return len(self.positions_of(picture)) * self._seconds_a_position

    def is_ready_for(self, prompt: Sequence[int]) -> bool:
        """Whether a prompt can be read without any picture being encoded first."""
        return all(
            (layout := self._layouts.get(identity)) is not None
            and (identity, layout.tile_at(place)) in self._embeddings
            for identity, place in pictures_in(prompt, 0)
        )

    def open(self, messages: Sequence[Message], cancel: threading.Event) -> Iterator[PictureProgress]:
        """Finds out what the pictures of a conversation are in a prompt; loads the projector where needed.

        Raises:
            ModelFileError: the projector cannot be used.
            EngineError: the library refused a picture.
            ReadingStopped: `cancel` was set.
        """
        for message in messages:
            for picture in message.attachments:
                identity = identity_of_picture(picture, self._key)
                self._pictures[identity] = picture
                if identity not in self._layouts and (pixels := self._read_pixels(picture)) is not None:
                    yield from self._load(cancel)
                    with closing(self._chunks(picture, pixels)) as chunks:
                        self._layouts[identity] = _layout(identity, chunks)

    def encode(self, prompt: Sequence[int], start: int, cancel: threading.Event) -> Iterator[PictureProgress]:
        """Makes the embeddings that are needed to read a prompt from an index on.

        Raises:
            ModelFileError, EngineError: as `open`; also where the file of a picture has gone meanwhile.
            ReadingStopped: `cancel` was set; what was encoded whole is kept.
        """
        needed: dict[tuple[int, int], None] = {}
        for identity, place in pictures_in(prompt, start):
            needed[identity, self._layouts[identity].tile_at(place)] = None
        for key in needed:
            if key in self._embeddings:
                self._embeddings.move_to_end(key)
        missing = [key for key in needed if key not in self._embeddings]
        identities = list(dict.fromkeys(identity for identity, _ in missing))
        done = 0
        for number, identity in enumerate(identities):
            picture = self._pictures[identity]
            pixels = self._read_pixels(picture)
            if pixels is None:
                raise EngineError(
                    f"The picture {picture.file.name} is not there any more.",
                    "Send your message again without it.",
                )
            yield from self._load(cancel)
            with closing(self._chunks(picture, pixels)) as chunks:
                tiles = [run for run in chunks.runs if run.count]
                for tile in (tile for one, tile in missing if one == identity):
                    for event in self._encoded(tiles[tile], cancel):
                        if isinstance(event, float):
                            share = (done + event) / len(missing)
                            yield PictureProgress(PictureStep.LOOK, share, number + 1, len(identities))
                        else:
                            self._keep((identity, tile), event, needed)
                    done += 1

    def rows_of(self, positions: Sequence[int]) -> tuple[Embeddings, int, int, int]:
        """As `EmbeddingSource.rows_of`."""
        identity, place = picture_at(positions[0])
        layout = self._layouts[identity]
        number = layout.tile_at(place)
        tile = layout.tiles[number]
        skipped = place - tile.first
        return (
            self._embeddings[identity, number],
            skipped,
            min(len(positions), tile.count - skipped),
            self._width,
        )

    def _keep(
        self, key: tuple[int, int], embeddings: Embeddings, needed: dict[tuple[int, int], None]
    ) -> None:
        self._embeddings[key] = embeddings
        excess = sum(map(ctypes.sizeof, self._embeddings.values())) - self._most_bytes
        for old in [key for key in self._embeddings if key not in needed]:
            if excess <= 0:
                break
            excess -= ctypes.sizeof(self._embeddings.pop(old))

    def _chunks(self, picture: PicturePart, pixels: Pixels) -> PictureChunks:
        from app.engine import llama

        assert self._projector is not None
        try:
            return self._projector.chunks(pixels)
        except llama.NativeFailure as error:
            raise EngineError(
                f"The model could not take the picture {picture.file.name}: {error}.",
                "Send your message again without it.",
            ) from error

    def _encoded(self, run: Run, cancel: threading.Event) -> Iterator[float | Embeddings]:
        from app.engine import llama
        from app.engine.llama.projector import EncodingStopped

        projector = self._projector
        assert projector is not None
        began = time.perf_counter()
        try:
            yield from run_beside(lambda stop, tell: projector.encode(run, stop, tell), cancel)
            self._seconds_a_position = (time.perf_counter() - began) / run.count
        except EncodingStopped as error:
            raise ReadingStopped from error
        except llama.NativeFailure as error:
            raise EngineError(
                f"The picture could not be looked at: {error}.", "Send your message again without it."
            ) from error

    def _load(self, cancel: threading.Event) -> Iterator[PictureProgress]:
        if self._projector is not None:
            return

        def load(stop: Stop, tell: Tell) -> Projector:
            def on_progress(share: float) -> bool:
                tell(share)
                return not stop.is_set()

            native = projector_library()
            opened: Projector = native.Projector(
                self._path, self._model, self._thread_count, self._use_gpu, on_progress
            )
            return opened

        from app.engine import llama

        try:
            for event in run_beside(load, cancel):
                if isinstance(event, float):
                    yield PictureProgress(PictureStep.LOAD, event)
                else:
                    self._take(event)
        except llama.LoadFailed as error:
            if cancel.is_set():
                raise ReadingStopped from error
            raise load_failure(self._path, str(error)) from error

    def _take(self, projector: Projector) -> None:
        problem = unusable_because(projector, self._path)
        if problem is not None:
            projector.close()
            raise problem
        self._projector, self._width = projector, projector.width


def unusable_because(projector: Projector, path: Path) -> ModelFileError | None:
    """Why a loaded projector cannot be used here; None where it can."""
    hint = "Choose a model of the LFM2.5-VL family for pictures."
    if not projector.can_see:
        return ModelFileError(f"{path.name} is not for pictures.", hint)
    if not projector.is_read_plainly:
        return ModelFileError(
            "This model reads pictures in a way that Tarn does not know yet, so it cannot look at any here.",
            hint,
        )
    return None


def projector_library() -> ModuleType:
    """The library that looks at pictures, loaded when it is first needed.

    Raises:
        EngineError: it cannot be loaded.
    """
    try:
        from app.engine.llama import projector
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise EngineError(
            f"The engine's library for pictures could not be loaded: {error}.", "Reinstall Tarn."
        ) from error
    return projector


def load_failure(path: Path, complaint: str) -> ModelFileError:
    """Why a projector could not be loaded, as a sentence."""
    if not path.is_file():
        return ModelFileError(
            f"The file {path.name}, which lets this model see, is not there any more.", _AGAIN
        )
    if "mismatch" in complaint:
        return ModelFileError(
            f"{path.name} belongs to another model, so this one cannot see with it.", _AGAIN
        )
    lines = [line for line in complaint.splitlines() if line]
    reason = lines[0].rsplit(": ", 1)[-1].rstrip(".") if lines else "no reason was given"
    return ModelFileError(f"{path.name}, which lets this model see, cannot be loaded: {reason}.", _AGAIN)


def _layout(identity: int, chunks: PictureChunks) -> PictureLayout:
    positions: list[int] = []
    tiles: list[Tile] = []
    for run in chunks.runs:
        if run.count:
            tiles.append(Tile(len(positions), run.count))
            places = range(len(positions), len(positions) + run.count)
            positions += (position_of(identity, place) for place in places)
        else:
            positions += run.tokens
    return PictureLayout(identity, tuple(positions), tuple(tiles))


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
