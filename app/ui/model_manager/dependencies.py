"""What the models screen works with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import EngineError
from app.engine.bandwidth import Bandwidth
from app.engine.computer import Computer, free_memory, look_at_computer
from app.engine.loaded_model import native_library
from app.hub.catalog import Catalog
from app.hub.download.retry_policy import DEFAULT_RETRY_POLICY, RetryPolicy
from app.hub.hub import Hub
from app.hub.library.found_models import FoundFolder, find_models
from app.hub.library.records import LibraryRecords
from app.hub.verdict import Capacity


@dataclass(frozen=True, slots=True)
class ModelManagerDependencies:
    """The hub, the folders, and the ways to look around. The last three are called on worker threads."""

    hub: Hub
    catalog: Catalog
    records: LibraryRecords
    models_folder: Path
    """The program's own; models are fetched to it unless the user chose another folder."""
    downloads_folder: Path
    """Where it is written down what was ordered."""
    find: Callable[[], list[FoundFolder]]
    """Looks for models of other programs."""
    look: Callable[[], Computer]
    """Tells what this computer has."""
    bandwidth: Bandwidth
    """What the computer's memory has shown so far."""
    free_memory: Callable[[], int] = free_memory
    retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY
    """How long downloads wait."""

    def capacity(self) -> Capacity:
        """What the computer has for a model now."""
        return Capacity(self.free_memory(), self.bandwidth.bytes_per_second)

    @classmethod
    def of_this_computer(
        cls,
        hub: Hub,
        catalog: Catalog,
        records: LibraryRecords,
        data_folder: Path,
        models_folder: Path,
        bandwidth: Bandwidth,
        choose_libraries: Callable[[], Sequence[Path]] = tuple,
    ) -> ModelManagerDependencies:
        """The real ones, with what is remembered kept in the data folder.

        `choose_libraries` names the engine's libraries for this computer; see `Variants.choose`.
        """
        return cls(
            hub,
            catalog,
            records,
            models_folder,
            data_folder / "downloads",
            lambda: find_models(Path.home(), sys.platform, os.environ),
            lambda: look_at_computer(_has_graphics(choose_libraries), bandwidth),
            bandwidth,
        )


def _has_graphics(choose_libraries: Callable[[], Sequence[Path]]) -> bool:
    """The engine must be asked with its libraries loaded: else it looks for some in the folder one is in."""
    try:
        return bool(native_library(choose_libraries()).has_gpu())
    except EngineError:  # Said where a model is loaded.
        return False
