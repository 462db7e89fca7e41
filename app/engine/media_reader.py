"""What lets a loaded model see and hear: its projector encodes the conversation's pictures and recordings,
and what came of them is kept.

Encoding a picture takes seconds on a processor. Its embeddings are kept by what the picture is, so that
another turn, an edit and a regeneration need not do it again.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import EngineError
from app.core.language_model import MediaProgress, MediaStep
from app.core.media import Media, ReadMedia, SoundSamples
from app.core.message import MediaPart, Message, PicturePart
from app.core.model_file import Sense
from app.core.picture_size import lfm2_positions, seen_size
from app.core.sound_pieces import estimated_positions, pieces_of
from app.core.translation import tr
from app.engine.lazy_projector import LazyProjector
from app.engine.library_thread import run_beside
from app.engine.media_positions import (
    MediaLayout,
    Tile,
    media_at,
    media_identity,
    media_in,
    position_of,
)
from app.engine.prompt_cache import ReadingStopped

if TYPE_CHECKING:
    from app.engine import llama
    from app.engine.llama.projector import MediaChunks, Run

MOST_EMBEDDING_BYTES = 256 * 1024 * 1024
"""Kept of pictures and sound; one tile of LFM2.5-VL-1.6B takes 2 MB. What one prompt needs is kept anyway."""
POSITIONS_OF_TILE = 256
WORK_SECONDS_A_MEGABYTE = 0.03
"""Of one core, for a tile, by the projector's size; measured with AVX2: 0.029 for the So400m tower of
LFM2.5-VL-1.6B in Q8_0 (583 MB), 0.037 for the base tower of 450M (103 MB)."""
WORK_SECONDS_OF_SOUND = 0.012
"""Of one core, for a position; measured with AVX2 for a conformer of LFM2.5-Audio's shape: 4.4 for 30 s."""

Embeddings = ctypes.Array[ctypes.c_float]


class MediaReader:
    """Looks at pictures and listens to recordings for one loaded model.

    One thread uses it, but for `takes` and `positions_of`, which are safe from any.
    """

    def __init__(
        self,
        path: Path,
        model: llama.Model,
        thread_count: int,
        use_gpu: bool,
        read_media: ReadMedia,
        senses: frozenset[Sense] = frozenset(Sense),
        most_bytes: int = MOST_EMBEDDING_BYTES,
    ) -> None:
        """`path` is the projector's file, which is loaded for the first picture or recording; `senses` says
        what it is for."""
        self.projector = LazyProjector(path, model, thread_count, use_gpu, senses)
        self._read_media = read_media
        self._senses = senses
        self._most_bytes = most_bytes
        self._key = f"{path.name} {_size_of(path)}"
        self._layouts: dict[int, MediaLayout] = {}
        self._parts: dict[int, MediaPart] = {}
        self._embeddings: OrderedDict[tuple[int, int], Embeddings] = OrderedDict()
        work = _size_of(path) / 1e6 * WORK_SECONDS_A_MEGABYTE
        cores = max(1, thread_count)
        self._seconds_a_position = {
            Sense.SIGHT: work / cores / POSITIONS_OF_TILE,
            Sense.HEARING: WORK_SECONDS_OF_SOUND / cores,
        }
        """Guessed, and corrected by each tile and piece that is encoded."""

    def close(self) -> None:
        """Frees the projector; before the model is freed. What it has made is kept."""
        self.projector.close()

    def takes(self, part: MediaPart) -> bool:
        """Whether the projector is for that kind of thing."""
        return sense_of(part) in self._senses

    def layout_of(self, part: MediaPart) -> MediaLayout | None:
        """What it is in a prompt; None where it was not opened, or its file is missing."""
        return self._layouts.get(media_identity(part, self._key))

    def positions_of(self, part: MediaPart) -> Sequence[int]:
        """What it is in a prompt; as long as it is for LFM2-VL and LFM2-Audio where it was not opened."""
        layout = self.layout_of(part)
        if layout is not None:
            return layout.positions
        if isinstance(part, PicturePart):
            count = lfm2_positions(*seen_size(part.width, part.height, part.detail))
        else:
            count = estimated_positions(part.milliseconds)
        identity = media_identity(part, self._key)
        return [position_of(identity, place) for place in range(count)]

    def seconds_for(self, part: MediaPart) -> float:
        """About how long it will take to encode a picture or a recording; 0 where that has been done."""
        layout = self.layout_of(part)
        if layout is not None and self.is_ready_for(layout.positions):
            return 0.0
        return len(self.positions_of(part)) * self._seconds_a_position[sense_of(part)]

    def is_ready_for(self, prompt: Sequence[int]) -> bool:
        """Whether a prompt can be read without any picture being encoded first."""
        return all(
            (layout := self._layouts.get(identity)) is not None
            and (identity, layout.tile_at(place)) in self._embeddings
            for identity, place in media_in(prompt, 0)
        )

    def open(self, messages: Sequence[Message], cancel: threading.Event) -> Iterator[MediaProgress]:
        """Finds out what the pictures and recordings of a conversation are in a prompt.

        Loads the projector where needed.

        Raises:
            ModelFileError: the projector cannot be used.
            EngineError: the library refused a picture or a recording.
            ReadingStopped: `cancel` was set.
        """
        for part in (part for message in messages for part in message.media if self.takes(part)):
            identity = media_identity(part, self._key)
            self._parts[identity] = part
            if identity not in self._layouts and (media := self._read_media(part)) is not None:
                yield from self._load(part, cancel)
                pieces = _pieces_of(media)
                if pieces:
                    self._layouts[identity] = self._layout(identity, part, pieces)

    def encode(self, prompt: Sequence[int], start: int, cancel: threading.Event) -> Iterator[MediaProgress]:
        """Makes the embeddings that are needed to read a prompt from an index on.

        Raises:
            ModelFileError, EngineError: as `open`; also where a file has gone meanwhile.
            ReadingStopped: `cancel` was set; what was encoded whole is kept.
        """
        needed: dict[tuple[int, int], None] = {}
        for identity, place in media_in(prompt, start):
            needed[identity, self._layouts[identity].tile_at(place)] = None
        for key in needed:
            if key in self._embeddings:
                self._embeddings.move_to_end(key)
        missing = [key for key in needed if key not in self._embeddings]
        identities = list(dict.fromkeys(identity for identity, _ in missing))
        done = 0
        for identity in identities:
            part = self._parts[identity]
            alike = [it for it in identities if sense_of(self._parts[it]) is sense_of(part)]
            yield from self._load(part, cancel)
            for tile, run in self._runs(identity, [tile for one, tile in missing if one == identity]):
                for event in self._encoded(part, run, cancel):
                    if isinstance(event, float):
                        yield MediaProgress(
                            MediaStep.ENCODE,
                            (done + event) / len(missing),
                            sense_of(part) is Sense.HEARING,
                            alike.index(identity) + 1,
                            len(alike),
                        )
                    else:
                        self._keep((identity, tile), event, needed)
                done += 1

    def _runs(self, identity: int, tiles: Sequence[int]) -> Iterator[tuple[int, Run]]:
        """What is to be encoded of these tiles, as long as none after it is asked for."""
        part, layout = self._parts[identity], self._layouts[identity]
        media = self._read_media(part)
        if media is None:
            raise EngineError(
                tr("{name} is not there any more.", name=part.file.name),
                tr("Send your message again without it."),
            )
        pieces = _pieces_of(media)
        for piece in dict.fromkeys(layout.tiles[tile].piece for tile in tiles):
            with closing(self._chunks(part, pieces[piece])) as chunks:
                runs = [run for run in chunks.runs if run.count]
                for tile in tiles:
                    if layout.tiles[tile].piece == piece:
                        yield tile, runs[layout.tiles[tile].number]

    def rows_of(self, positions: Sequence[int]) -> tuple[Embeddings, int, int, int]:
        """As `EmbeddingSource.rows_of`."""
        identity, place = media_at(positions[0])
        layout = self._layouts[identity]
        number = layout.tile_at(place)
        tile = layout.tiles[number]
        skipped = place - tile.first
        return (
            self._embeddings[identity, number],
            skipped,
            min(len(positions), tile.count - skipped),
            self.projector.width,
        )

    def _load(self, part: MediaPart, cancel: threading.Event) -> Iterator[MediaProgress]:
        for share in self.projector.load(cancel):
            yield MediaProgress(MediaStep.LOAD, share, sense_of(part) is Sense.HEARING)

    def _keep(
        self, key: tuple[int, int], embeddings: Embeddings, needed: dict[tuple[int, int], None]
    ) -> None:
        self._embeddings[key] = embeddings
        excess = sum(map(ctypes.sizeof, self._embeddings.values())) - self._most_bytes
        for old in [key for key in self._embeddings if key not in needed]:
            if excess <= 0:
                break
            excess -= ctypes.sizeof(self._embeddings.pop(old))

    def _layout(self, identity: int, part: MediaPart, pieces: Sequence[Media]) -> MediaLayout:
        positions: list[int] = []
        tiles: list[Tile] = []
        for piece, media in enumerate(pieces):
            with closing(self._chunks(part, media)) as chunks:
                number = 0
                for run in chunks.runs:
                    if run.count:
                        tiles.append(Tile(len(positions), run.count, piece, number))
                        places = range(len(positions), len(positions) + run.count)
                        positions += (position_of(identity, place) for place in places)
                        number += 1
                    else:
                        positions += run.tokens
        return MediaLayout(identity, tuple(positions), tuple(tiles))

    def _chunks(self, part: MediaPart, media: Media) -> MediaChunks:
        from app.engine import llama

        try:
            return self.projector.loaded.chunks(media)
        except llama.NativeFailure as error:
            raise EngineError(
                tr("The model could not take {name}: {error}.", name=part.file.name, error=error),
                tr("Send your message again without it."),
            ) from error

    def _encoded(self, part: MediaPart, run: Run, cancel: threading.Event) -> Iterator[float | Embeddings]:
        from app.engine import llama
        from app.engine.llama.projector import EncodingStopped

        projector = self.projector.loaded
        began = time.perf_counter()
        try:
            yield from run_beside(lambda stop, tell: projector.encode(run, stop, tell), cancel)
            self._seconds_a_position[sense_of(part)] = (time.perf_counter() - began) / run.count
        except EncodingStopped as error:
            raise ReadingStopped from error
        except llama.NativeFailure as error:
            raise EngineError(
                tr("The model could make nothing of {name}: {error}.", name=part.file.name, error=error),
                tr("Send your message again without it."),
            ) from error


def sense_of(part: MediaPart) -> Sense:
    """What a model needs for a picture or a recording."""
    return Sense.SIGHT if isinstance(part, PicturePart) else Sense.HEARING


def _pieces_of(media: Media) -> list[Media]:
    """What is encoded on its own: a picture as a whole, a recording in pieces."""
    if isinstance(media, SoundSamples):
        return [media.cut(*piece) for piece in pieces_of(media)]
    return [media]


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
