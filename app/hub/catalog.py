"""The models that the program knows by name: what they are good at, how to sample them, what they need."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from app.core.model_file import ModelFile
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.core.translation import language, tr

_ALL_OFF = {"top_k": 0, "top_p": 1.0, "min_p": 0.0}
"""A card's values were tried without others: llama.cpp's own defaults would come on top of them."""


class ModelKind(StrEnum):
    """What a model takes and gives."""

    CHAT = "chat"
    VISION = "vision"
    AUDIO = "audio"
    BASE = "base"  # Continues a text; no conversation.
    EMBEDDING = "embedding"  # Compares texts, and writes none.
    TASK = "task"  # Made for one task, with a system prompt of its own.


class ModelLifecycle(StrEnum):
    """Whether its maker still recommends it."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    DEPRECATED = "deprecated"


class Thinking(StrEnum):
    """Whether a model thinks before it answers."""

    NONE = "none"
    ALWAYS = "always"
    PREFILLED = "prefilled"  # Always; the prompt itself opens the thought.
    SWITCHABLE = "switchable"


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """A file that was seen in a repository. It may have been replaced since: the hub's word counts."""

    name: str
    size_bytes: int | None = None
    sha256: str | None = None
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """One model, in all its quantisations."""

    id: str
    repository: str
    """Where its files are on the hub, as owner/name."""
    kind: ModelKind
    status: ModelLifecycle
    architecture: str
    thinking: Thinking
    has_tools: bool
    languages: tuple[str, ...]
    licence: str
    description: str
    """What it is good at, in one to three sentences."""
    file_pattern: str
    """The name of a file, with `{quant}` for the quantisation."""
    quantisations: tuple[str, ...]
    context_length: int | None = None
    """The longest context its maker supports, in tokens; a file's header may claim more."""
    parameters: int | None = None
    sampling: Sampling | None = None
    """What its maker recommends; values that it does not name are switched off."""
    sampling_source: str = ""
    """Who recommends them."""
    sampling_page: str = ""
    system_prompt: str = ""
    """The one it was trained with, where it needs one."""
    suggestions: tuple[str, ...] = ()
    """Four things to try, in a language that the model writes; none where it does not chat."""
    files: tuple[CatalogFile, ...] = ()
    extra_files: tuple[CatalogFile, ...] = ()
    """Files that go with it, such as the one that lets it see."""
    notes: str = ""
    needs: str = ""
    """What it needs that this program does not have; empty where it runs."""

    @property
    def title(self) -> str:
        """The name on screen."""
        return self.id.replace("-", " ")

    @property
    def runs_here(self) -> bool:
        return not self.needs

    @property
    def source(self) -> str:
        """Who recommends the sampling, and where."""
        return ": ".join(filter(None, (self.sampling_source, self.sampling_page)))

    def preset(self) -> Preset | None:
        """The recommended values as a built-in preset; None where nothing is recommended."""
        if self.sampling is None and not self.system_prompt:
            return None
        return Preset(
            name=self.id,
            sampling=self.sampling or Sampling(),
            system_prompt=self.system_prompt,
            source=self.source,
            is_builtin=True,
        )


@dataclass(frozen=True, slots=True)
class Catalog:
    """All known models, in the order in which they are shown."""

    models: tuple[CatalogModel, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Catalog:
        """Reads the catalog that comes with the program.

        Raises:
            ValueError, msgspec.ValidationError: the file is not a catalog; a fault of ours, as users do not
                write it.
        """
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["model"]
        for entry in entries:
            if "sampling" in entry:
                entry["sampling"] = _ALL_OFF | entry["sampling"]
            _translate(entry)
        return cls(msgspec.convert(entries, tuple[CatalogModel, ...]))

    def get(self, model_id: str) -> CatalogModel | None:
        return next((model for model in self.models if model.id == model_id), None)

    def match(self, name: str) -> CatalogModel | None:
        """The model that a file, or a name in a file's header, belongs to.

        Knows names with and without quantisation, part number and owner: `LFM2.5-350M-Q4_K_M.gguf`,
        `LiquidAI_LFM2.5-350M.Q8_0.gguf`, `LFM2.5 350M`. A name with another word at its end is another model.
        """
        words = _words(name)
        found = [model for model in self.models if _is_named(model, words)]
        return max(found, key=lambda model: len(model.id), default=None)

    def entry_of(self, model: ModelFile) -> CatalogModel | None:
        """The model that a file on this disk is of, by its name or by the one in its header."""
        return self.match(model.path.name) or self.match(model.name)

    def presets(self) -> list[Preset]:
        """The built-in presets, each named like its model."""
        return [preset for model in self.models if (preset := model.preset()) is not None]


def _translate(entry: dict[str, Any]) -> None:
    """Gives what people read of a model their language; things to try only where the model writes it too."""
    entry["description"] = tr(entry["description"])
    for name in ("sampling_source", "needs"):
        if name in entry:
            entry[name] = tr(entry[name])
    if language().partition("_")[0] in entry["languages"]:
        entry["suggestions"] = [tr(text) for text in entry.get("suggestions", ())]


OWNERS = ("liquidai", "huggingfacetb")

# What may stand behind a model's name: a quantisation, how it was made, a part of a split file.
_SUFFIX = re.compile(
    r"qad|ud|i1|imat|gguf|of|\d{5}"
    r"|i?q\d|tq\d|b?f(16|32)|fp(16|32)|mxfp\d|nvfp\d|moe|k|0|1|x{0,2}[sml]"
)


@lru_cache(maxsize=1024)
def _words(name: str) -> tuple[str, ...]:
    # A dot between digits belongs to a number, as in 2.5; any other one parts words.
    parts = re.split(r"[^a-z0-9.]+|\.(?!\d)|(?<!\d)\.", name.casefold().removesuffix(".gguf"))
    words = tuple(word for word in parts if word)
    return words[1:] if words and words[0] in OWNERS else words


def base_words(name: str) -> tuple[str, ...]:
    """The words of a file's name that name the model, in small letters: no quantisation, no part number."""
    return tuple(word for word in _words(name) if not _SUFFIX.fullmatch(word))


def _is_named(model: CatalogModel, words: tuple[str, ...]) -> bool:
    own = _words(model.id)
    return words[: len(own)] == own and all(_SUFFIX.fullmatch(word) for word in words[len(own) :])
