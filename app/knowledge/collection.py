"""Collections: what the user has put together to be looked things up in."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.errors import UserError
from app.core.folding import folded
from app.core.translation import tr
from app.files.converter import converted, plain
from app.files.toml_file import read_toml, write_toml

log = logging.getLogger(__name__)

LONGEST_NAME = 60
_NAME_IN_TEXT = re.compile(r"(?<!\S)#([^\s#]+)")
_NO_NAME = re.compile(r"[\W_]+")


class CollectionError(UserError):
    """A collection cannot be made or changed as it was asked for."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Files and folders under a name."""

    name: str
    sources: tuple[Path, ...] = ()
    """What the user has added: files, and folders with all that is in them."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def tag(self) -> str:
        """What it is asked with: `#field-notes`, in small letters and without blanks."""
        return "#" + _NO_NAME.sub("-", self.name.casefold()).strip("-")


class CollectionFile:
    """All collections, in a file that people can read. What was read of their files is kept elsewhere.

    Attributes:
        collections: in the order in which they were made.
        is_paused: the user has the indexing wait.
        notice: a sentence for the user where the file was broken; empty otherwise.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        values, self.notice = read_toml(path)
        self.collections = tuple(_legible(values.get("collection", ())))
        self.is_paused = values.get("is_paused") is True

    def put(self, collection: Collection) -> None:
        """Adds a collection, or takes what one has become.

        Raises:
            CollectionError: its name is empty, or another one has it.
            SettingsError: it could not be saved.
        """
        name = " ".join(collection.name.split())[:LONGEST_NAME]
        collection = replace(collection, name=name)
        if len(collection.tag) < 2:
            raise CollectionError(
                tr("A collection needs a name with letters or digits."), tr("Type another name.")
            )
        others = [it for it in self.collections if it.id != collection.id]
        if any(folded(it.tag) == folded(collection.tag) for it in others):
            raise CollectionError(
                tr("There is a collection called “{name}” already.", name=name), tr("Type another name.")
            )
        known = [it.id for it in self.collections]
        if collection.id in known:
            changed = [collection if it.id == collection.id else it for it in self.collections]
        else:
            changed = [*self.collections, collection]
        self._save(changed)

    def remove(self, collection_id: str) -> None:
        """Raises SettingsError: it could not be saved."""
        self._save([it for it in self.collections if it.id != collection_id])

    def pause(self, is_paused: bool) -> None:
        """Raises SettingsError: it could not be saved."""
        self.is_paused = is_paused
        self._save(self.collections)

    def _save(self, collections: Sequence[Collection]) -> None:
        paused = {"is_paused": True} if self.is_paused else {}
        write_toml(self._path, {**paused, "collection": [plain(collection) for collection in collections]})
        self.collections = tuple(collections)


def asked_in(text: str, collections: Iterable[Collection]) -> list[Collection]:
    """The collections that a message asks with `#name`."""
    tags = {folded(tag.rstrip(".,;:!?")) for tag in _NAME_IN_TEXT.findall(text)}
    return [it for it in collections if folded(it.tag)[1:] in tags]


def _legible(values: object) -> Iterable[Collection]:
    for value in values if isinstance(values, list | tuple) else ():
        if isinstance(value, dict) and value.get("name") and value.get("id"):
            collection = converted(Collection, value, _note_fault)
            if collection.name and collection.id:
                yield collection


def _note_fault(name: str, _value: object, problem: str) -> None:
    log.warning("A collection's %s is not used: %s", name, problem)
