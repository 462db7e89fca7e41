"""One repository on the hub: its model files, by quantisation."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.hub.json_answer import Json, count_in, is_gated, object_in, objects_in, text_in
from app.hub.quantisation import quality_note, quantisation_of, recommended_of
from app.hub.repository_name import is_repository_name

if TYPE_CHECKING:
    from app.hub.hub import Hub

_COMMIT = re.compile("[0-9a-f]{40}")
_SHA256 = re.compile("[0-9a-f]{64}")
_PART = re.compile(r"-\d{5}-of-(?P<count>\d{5})(?=\.gguf$)", re.IGNORECASE)
_COMPANION = re.compile(r"(?:^|[-_.])mmproj(?:[-_.]|$)|^vocoder-|^tokenizer-", re.IGNORECASE)
_PROJECTOR = re.compile(r"mmproj", re.IGNORECASE)
_PROJECTOR_ORDER = ("Q8_0", "F16", "BF16", "F32")


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file in a repository. `name` is its path there, with slashes."""

    name: str
    size_bytes: int = 0
    sha256: str = ""
    """Empty where the hub does not tell."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One quantisation of a model: a file, or all parts of a split one, with the files that go with it."""

    quantisation: str
    files: tuple[HubFile, ...]
    companions: tuple[HubFile, ...] = ()
    """What lets it see or hear (mmproj), fetched along with it. What would let it speak is no use here."""
    missing_parts: int = 0
    """Parts of a split model that the repository does not have; then it cannot be used."""

    @property
    def name(self) -> str:
        """The name of its first file, without folders."""
        return self.files[0].name.rsplit("/", 1)[-1]

    @property
    def size_bytes(self) -> int:
        """Without its companions."""
        return sum(file.size_bytes for file in self.files)

    @property
    def companion_bytes(self) -> int:
        return sum(file.size_bytes for file in self.companions)

    @property
    def all_files(self) -> tuple[HubFile, ...]:
        """Everything to fetch: the model first, then what goes with it."""
        return (*self.files, *self.companions)

    @property
    def quality(self) -> str:
        """What this quantisation costs in quality, in a sentence; may be empty."""
        return quality_note(self.quantisation)


@dataclass(frozen=True, slots=True)
class Repository:
    """What a repository holds, at one commit."""

    name: str
    """owner/name."""
    commit: str
    variants: tuple[Variant, ...]
    """Smallest first."""
    projectors: tuple[HubFile, ...] = ()
    is_gated: bool = False
    """Its terms must be accepted on its page, and a token given, before files can be fetched."""
    address: str = ""
    """Its page, for a browser."""
    licence: str = ""
    architecture: str = ""
    context_length: int = 0
    """In tokens; 0 where the hub does not tell."""

    @property
    def recommended(self) -> Variant | None:
        """The variant to take where nobody knows better."""
        usable = [variant for variant in self.variants if not variant.missing_parts]
        name = recommended_of(variant.quantisation for variant in usable)
        return next((variant for variant in usable if variant.quantisation == name), None)

    def variant(self, quantisation: str) -> Variant | None:
        """The variant of that quantisation, in any case; the first where there are several."""
        wanted = quantisation.casefold()
        return next((one for one in self.variants if one.quantisation.casefold() == wanted), None)


def read_repository(hub: Hub, name: str, cancel: threading.Event, revision: str = "main") -> Repository:
    """Asks the hub for a repository's files. Blocks; for a worker thread.

    Raises:
        HubError: it cannot be had; the kind says why.
        Cancelled: `cancel` was set.
    """
    details = hub.model_details(name, revision, cancel)
    files = [file for entry in objects_in(details, "siblings") if (file := _file(entry)) is not None]
    told_name, commit = text_in(details, "id"), text_in(details, "sha")
    repository = told_name if is_repository_name(told_name) else name
    described, card = object_in(details, "gguf"), object_in(details, "cardData")
    return Repository(
        name=repository,
        commit=commit if _COMMIT.fullmatch(commit) else revision,
        variants=variants_of(files),
        projectors=tuple(file for file in files if _is_projector(file.name)),
        is_gated=is_gated(details),
        address=hub.page_of(repository),
        licence=text_in(card, "license_name") or text_in(card, "license"),
        architecture=text_in(described, "architecture"),
        context_length=count_in(described, "context_length"),
    )


def _file(entry: Json) -> HubFile | None:
    name, large = text_in(entry, "rfilename"), object_in(entry, "lfs")
    if not name or name != entry.get("rfilename"):
        return None
    sha256 = text_in(large, "sha256").lower()
    size = count_in(entry, "size") or count_in(large, "size")
    return HubFile(name, size, sha256 if _SHA256.fullmatch(sha256) else "")


def variants_of(files: Iterable[HubFile]) -> tuple[Variant, ...]:
    """A repository's GGUF files as models to choose from, smallest first."""
    gguf = [file for file in files if file.name.casefold().endswith(".gguf")]
    companions = [file for file in gguf if _is_projector(file.name)]
    models: dict[str, list[HubFile]] = {}
    for file in sorted(gguf, key=lambda file: file.name):
        if not _is_companion(file.name):
            models.setdefault(_PART.sub(lambda part: f"-of-{part['count']}", file.name), []).append(file)
    variants = [_variant(parts, companions) for parts in models.values()]
    return tuple(sorted(variants, key=lambda variant: (variant.size_bytes, variant.name)))


def _variant(parts: Sequence[HubFile], companions: Sequence[HubFile]) -> Variant:
    numbered = _PART.search(parts[0].name)
    quantisation = quantisation_of(parts[0].name)
    return Variant(
        quantisation,
        tuple(parts),
        tuple(_companions_for(quantisation, companions)),
        missing_parts=int(numbered["count"]) - len(parts) if numbered else 0,
    )


def _companions_for(quantisation: str, companions: Sequence[HubFile]) -> list[HubFile]:
    """Of the same quantisation if there is one, else the smallest that loses nothing."""
    return [_closest(quantisation, companions)] if companions else []


def _closest(quantisation: str, files: Sequence[HubFile]) -> HubFile:
    order = (quantisation, *_PROJECTOR_ORDER)
    by_quantisation = {quantisation_of(file.name): file for file in reversed(files)}
    return next((by_quantisation[name] for name in order if name in by_quantisation), files[0])


def _is_companion(name: str) -> bool:
    return bool(_COMPANION.search(name.rsplit("/", 1)[-1]))


def _is_projector(name: str) -> bool:
    return name.casefold().endswith(".gguf") and bool(_PROJECTOR.search(name.rsplit("/", 1)[-1]))
