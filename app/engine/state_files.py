"""Files with what a model remembers of conversations, which go on after a restart as quickly as before it.

A file is: a mark, the length of the head, the head as JSON, the tokens, the state, the checkpoints, and a
checksum of all that. The head holds a key of the model and of how it was loaded; a state fits nothing else.
A token is four bytes; a position of a picture too, with the number of the picture in the head.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import struct
import threading
from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.engine.checkpoints import Checkpoint, Checkpoints
from app.engine.kept_states import Found, KeptState, reach
from app.engine.media_positions import is_media, media_at, position_of
from app.files.atomic_write import replace_file_by_pieces

log = logging.getLogger(__name__)

LEAST_FREE_BYTES = 1024**3
"""Of the disk; the states do not take the last of it."""
_MARK = b"Tarn state 1\n"
_LENGTH = struct.Struct("<I")
_CHECKSUM_BYTES = 32
_SUFFIX = ".state"
_LARGEST_HEAD = 1024 * 1024
_MOST_CHECKPOINT_BYTES = 32 * 1024 * 1024
_FOR_OWNER_ONLY, _FOLDER_FOR_OWNER_ONLY = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class SavedState:
    """A state with the key of the model that it fits."""

    key: str
    kept: KeptState


@dataclass(frozen=True, slots=True)
class _Head:
    """The beginning of a file: what it is good for."""

    path: Path
    key: str
    token_count: int
    read_length: int
    state_bytes: int
    checkpoints: tuple[tuple[int, int, bool], ...]
    """Position, bytes, and whether an answer begins there."""
    pictures: tuple[int, ...]
    """The identities of those that are in it."""
    tokens: list[int]
    written: bytes
    """All that stands before the tokens."""

    @property
    def start(self) -> int:
        """Where the state begins, in bytes."""
        return len(self.written) + self.token_count * array("i").itemsize

    @property
    def file_bytes(self) -> int:
        checkpoint_bytes = sum(size for _, size, _ in self.checkpoints)
        return self.start + self.state_bytes + checkpoint_bytes + _CHECKSUM_BYTES


class StateFiles:
    """A folder with one file for each of the last conversations, within a number of bytes.

    What was used least recently goes first. A file that is damaged, cut short or of another kind is taken
    away and otherwise passed over; no fault of the disk is anybody's trouble. Safe from any thread.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._key = ""
        self._lock = threading.RLock()
        self._heads: dict[Path, _Head] = {}
        """Those that fit the loaded model."""

    @property
    def size(self) -> int:
        """Of all files together, in bytes."""
        return sum(size for _, size, _ in self._files())

    def open(self, key: str) -> None:
        """From now on offers the states of the model with this key; none for an empty one."""
        with self._lock:
            self._key = key
            self._heads = {}
            for path, _, _ in self._files() if key else ():
                head = _head_of(path)
                if head is None:
                    self._remove(path)
                elif head.key == key:
                    self._heads[path] = head

    def best(self, prompt: list[int], longest: int, is_cuttable: bool, only_read: bool) -> Found:
        """The state that leaves most of a prompt in memory; see `KeptStates.best`."""
        found = Found()
        for head in tuple(self._heads.values()):
            most = min(longest, head.read_length) if only_read else longest
            positions = None if is_cuttable else [position for position, _, _ in head.checkpoints]
            length = reach(head.tokens, positions, prompt, most)
            if length > found.length:
                found = Found(length, partial(self._load, head), partial(self._remove, head.path))
        return found

    def write(self, conversation_id: str, saved: SavedState) -> None:
        """Writes a conversation's state in place of the one before, and takes older ones away."""
        path = self._path_of(conversation_id)
        kept = saved.kept
        checkpoints = tuple(Checkpoints(_MOST_CHECKPOINT_BYTES, kept.checkpoints))
        pieces = _pieces(saved.key, kept, checkpoints)
        size = sum(map(len, pieces)) + _CHECKSUM_BYTES
        try:
            self._folder.mkdir(_FOLDER_FOR_OWNER_ONLY, parents=True, exist_ok=True)
            has_room = shutil.disk_usage(self._folder).free - size >= LEAST_FREE_BYTES
            if size > self._most_bytes or not has_room:
                log.info("A conversation's state is not kept: there is no room for it")
                self._remove(path)
                return
            replace_file_by_pieces(path, (*pieces, _checksum(pieces)), _FOR_OWNER_ONLY)
        except OSError as error:
            log.warning("A conversation's state cannot be kept: %s", error)
            return
        head = _head_of(path)
        with self._lock:
            self._heads.pop(path, None)
            if head is not None and head.key == self._key:
                self._heads[path] = head
            self._make_room()

    def delete(self, conversation_id: str) -> None:
        """Takes the file of a conversation away."""
        self._remove(self._path_of(conversation_id))

    def keep_only(self, conversation_ids: Iterable[str]) -> None:
        """Takes the files of all other conversations away, and what is left of a write that was cut off."""
        known = {self._path_of(conversation_id) for conversation_id in conversation_ids}
        for path, _, _ in self._files():
            if path not in known:
                self._remove(path)
        with suppress(OSError):
            for part in self._folder.glob(".*.tmp"):
                self._remove(part)

    def limit(self, most_bytes: int) -> None:
        """Gives the files more room, or less."""
        with self._lock:
            self._most_bytes = most_bytes
            self._make_room()

    def clear(self) -> None:
        """Takes all files away."""
        for path, _, _ in self._files():
            self._remove(path)

    def _path_of(self, conversation_id: str) -> Path:
        # An id may come from a file by somebody else; a hash is a name for a file in any case.
        name = hashlib.blake2b(conversation_id.encode("utf-8", "replace"), digest_size=16).hexdigest()
        return self._folder / f"{name}{_SUFFIX}"

    def _files(self) -> list[tuple[Path, int, float]]:
        """Each with its size and when it was used, the one that was not used for longest first."""
        found = []
        with suppress(OSError):
            for path in self._folder.glob(f"*{_SUFFIX}"):
                with suppress(OSError):
                    status = path.stat()
                    found.append((path, status.st_size, status.st_mtime))
        return sorted(found, key=lambda file: file[2])

    def _make_room(self) -> None:
        files = self._files()
        total = sum(size for _, size, _ in files)
        for path, size, _ in files:
            if total <= self._most_bytes:
                return
            self._remove(path)
            total -= size

    def _remove(self, path: Path) -> None:
        with self._lock:
            self._heads.pop(path, None)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                log.warning("A conversation's state cannot be taken away: %s", error)

    def _load(self, head: _Head) -> KeptState | None:
        try:
            kept = _state_of(head)
        except (OSError, ValueError, MemoryError) as error:
            log.info("A conversation's state cannot be used: %s", error)
            self._remove(head.path)
            return None
        with self._lock, suppress(OSError):
            if kept is not None:
                os.utime(head.path)
            elif self._heads.get(head.path) is head:
                del self._heads[head.path]
        return kept


def key_of(*parts: str) -> str:
    """A key of a model and of how it was loaded, made of what says that."""
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _pieces(
    key: str, kept: KeptState, checkpoints: tuple[Checkpoint, ...]
) -> list[bytes | bytearray | memoryview]:
    seen = (media_at(token)[0] for token in kept.tokens if is_media(token))
    pictures = {identity: number for number, identity in enumerate(dict.fromkeys(seen))}
    head = {
        "key": key,
        "pictures": [f"{identity:x}" for identity in pictures],
        "tokens": len(kept.tokens),
        "read_length": kept.read_length,
        "state_bytes": len(kept.state),
        "checkpoints": [[one.position, len(one.state), one.starts_answer] for one in checkpoints],
    }
    written = json.dumps(head).encode()
    tokens = array("i", (_short(token, pictures) for token in kept.tokens)).tobytes()
    states = (checkpoint.state for checkpoint in checkpoints)
    return [_MARK, _LENGTH.pack(len(written)), written, tokens, kept.state, *states]


def _checksum(pieces: Iterable[bytes | bytearray | memoryview]) -> bytes:
    checksum = hashlib.blake2b(digest_size=_CHECKSUM_BYTES)
    for piece in pieces:
        checksum.update(piece)
    return checksum.digest()


def _head_of(path: Path) -> _Head | None:
    """The head of a file; None where it is not one of ours, or not as long as its head says."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MARK)) != _MARK:
                return None
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
            if length > _LARGEST_HEAD:
                return None
            written = file.read(length)
            head = _parsed(path, json.loads(written), _MARK + _LENGTH.pack(length) + written)
            if os.fstat(file.fileno()).st_size != head.file_bytes:
                return None
            head.tokens.extend(_tokens_in(file.read(head.start - len(head.written)), head.pictures))
            return head
    except (OSError, ValueError, LookupError, TypeError, struct.error, RecursionError):
        return None


def _parsed(path: Path, values: dict[str, Any], written: bytes) -> _Head:
    """Raises KeyError, TypeError or ValueError: it is not a head."""
    checkpoints = tuple((int(at), int(size), bool(starts)) for at, size, starts in values["checkpoints"])
    count, state_bytes, read_length = (int(values[name]) for name in ("tokens", "state_bytes", "read_length"))
    if min(count, state_bytes, read_length, *(min(at, size) for at, size, _ in checkpoints)) < 0:
        raise ValueError("a size is negative")
    pictures = tuple(int(identity, 16) for identity in values["pictures"])
    return _Head(
        path, str(values["key"]), count, read_length, state_bytes, checkpoints, pictures, [], written
    )


def _short(token: int, pictures: Mapping[int, int]) -> int:
    """A token, or a position of a picture with the picture's number in place of its identity."""
    if not is_media(token):
        return token
    identity, place = media_at(token)
    return position_of(pictures[identity], place)


def _tokens_in(data: bytes | memoryview, pictures: Sequence[int]) -> list[int]:
    """Raises IndexError: it names a picture that is not there."""
    short = array("i")
    short.frombytes(data)
    return [_long(token, pictures) if is_media(token) else token for token in short]


def _long(position: int, pictures: Sequence[int]) -> int:
    number, place = media_at(position)
    return position_of(pictures[number], place)


def _state_of(head: _Head) -> KeptState | None:
    """The whole of a file; None where another one has taken its place meanwhile.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not as it was written.
    """
    data = bytearray(head.path.stat().st_size)
    with head.path.open("rb") as file:
        if file.readinto(data) != len(data):
            raise ValueError("it is cut short")
    content = memoryview(data)[:-_CHECKSUM_BYTES]
    if _checksum((content,)) != data[-_CHECKSUM_BYTES:]:
        raise ValueError("it is damaged")
    is_same = content[: len(head.written)] == head.written
    if not is_same or _tokens_in(content[len(head.written) : head.start], head.pictures) != head.tokens:
        return None
    end = head.start + head.state_bytes
    state = content[head.start : end]
    checkpoints = []
    for position, size, starts_answer in head.checkpoints:
        checkpoints.append(Checkpoint(position, bytes(content[end : end + size]), starts_answer))
        end += size
    return KeptState(head.tokens, head.read_length, state, tuple(checkpoints))
