"""How a model is loaded: what the catalog knows of it, and what its preset asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.model_file import LoadOptions, ModelFile
from app.hub.catalog import Catalog
from app.ui.chat.sibling import entry_of


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """How a file is to be loaded."""

    options: LoadOptions
    catalog_context: int = 0
    """The context length of the model's card, where it is known; headers often claim more."""


class LoadRequests:
    """Makes the requests, and remembers while the program runs where a longer context was wanted."""

    def __init__(self, catalog: Catalog, options_to_load: Callable[[str], LoadOptions]) -> None:
        """`options_to_load` gives what the preset of a model asks for, by the model's key."""
        self._catalog = catalog
        self._options_to_load = options_to_load
        self._longer_contexts: dict[Path, tuple[int, int]] = {}
        """By model: the context that its preset asks for, and the longer one that was chosen instead."""

    def key(self, model: ModelFile) -> str:
        """The name by which presets remember a model: the same for all files of one in the catalog."""
        entry = entry_of(model, self._catalog)
        return entry.id if entry else model.path.name

    def request(self, model: ModelFile) -> LoadRequest:
        entry = entry_of(model, self._catalog)
        options = self._options_to_load(self.key(model))
        asked, longer = self._longer_contexts.get(model.path, (0, 0))
        if longer and asked == options.context_length:
            options = replace(options, context_length=longer)
        return LoadRequest(options, (entry and entry.context_length) or 0)

    def lengthen(self, path: Path, asked: int, tokens: int) -> None:
        """Asks for a longer context of a model, until its preset asks for another one than `asked`."""
        self._longer_contexts[path] = (asked, tokens)
