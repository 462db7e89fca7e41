"""The engine's libraries for this computer's processor, chosen so that a wrong one crashes nothing.

The packaged program holds the engine many times, once for every kind of processor (`ggml-cpu-haswell`,
`ggml-cpu-zen4`). The best that a processor claims to run may still die: a compiler wrote it wrongly, or a
hypervisor forbids instructions that it advertises. So the choice is made in a child, which loads the best one
and reads a word with it; if the child dies, it is made again without the library that it tried last. What
was found is remembered for this processor and this build.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import logging
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import EngineError, UserError
from app.core.parsing import ParseError
from app.core.translation import tr
from app.engine.loaded_model import native_library
from app.engine.model_trial import try_model
from app.engine.processor import instruction_sets, processor_name
from app.engine.trial_process import Ending, TrialLimits, run_trial
from app.files.atomic_write import replace_file
from app.files.json_file import read_json
from app.processes.own_process import die_quietly, own_command

log = logging.getLogger(__name__)

LONGEST_TRIAL = 60.0
"""Seconds for one try."""
TRIAL_MODEL = "engine-trial.gguf"
"""The name of a tiny model that the packaged program brings along for trials."""
_TRYING = "trying "
_REFUSED = 3
"""The child's exit code where it has said in words why nothing can be used."""
_DRIVER_VARIABLES = ("VK_DRIVER_FILES", "VK_ICD_FILENAMES", "GGML_VK_VISIBLE_DEVICES")
"""With these a user chooses among drivers and cards."""
_DRIVER_PLACES = (
    *("usr/share/vulkan/icd.d/*.json", "usr/local/share/vulkan/icd.d/*.json", "etc/vulkan/icd.d/*.json"),
    *("usr/lib/libvulkan.so.1", "usr/lib64/libvulkan.so.1", "usr/lib/*-linux-gnu/libvulkan.so.1"),
)
_PARTS = ("ggml-base",)
"""Libraries of this name belong to the engine itself and to no kind of processor."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """How a child's try ended: with libraries that work, or with the one that it died of."""

    libraries: tuple[str, ...] = ()
    culprit: str = ""


class Variants:
    """Knows which of the engine's libraries run here."""

    def __init__(
        self,
        record: Path,
        folder: Path | None = None,
        trial_model: Path | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        """
        Args:
            record: the file that the choice is kept in.
            folder: where the libraries are; None for those that belong to this program.
            trial_model: a small model to try a library with.
            command: starts a child that calls `main`.
        """
        self._record = record
        self._folder = folder or engine_folder()
        self._model = trial_model if trial_model and trial_model.exists() else None
        self._command = list(command or own_command("--try-engine"))
        self._chosen: tuple[Path, ...] | None = None
        self._lock = threading.Lock()

    def choose(self) -> tuple[Path, ...]:
        """The libraries to load; none where the engine was made for one kind of processor alone.

        Takes about a second on the first start and nothing later.

        Raises:
            EngineError: not one of them runs on this computer.
        """
        with self._lock:
            if self._chosen is None:
                self._chosen = self._choose()
            return self._chosen

    def _choose(self) -> tuple[Path, ...]:
        if self._folder is None or not processor_libraries(self._folder):
            return ()
        identity = _identity(self._folder)
        names = self._remembered(identity)
        if not names:
            names = self._try_all(self._folder)
            self._remember(identity, names)
        log.info("The engine uses %s", ", ".join(names))
        return tuple(self._folder / name for name in names)

    def _try_all(self, folder: Path) -> tuple[str, ...]:
        excluded: list[str] = []
        for _ in [*processor_libraries(folder), *other_libraries(folder)]:
            trial = self._try(folder, excluded)
            if trial.libraries:
                return trial.libraries
            if not trial.culprit or trial.culprit in excluded:
                break
            log.warning("The engine's library %s does not run on this computer", trial.culprit)
            excluded.append(trial.culprit)
        raise EngineError(
            tr(
                "The engine does not run on this computer's processor ({processor_name}).",
                processor_name=processor_name(),
            ),
            tr(
                "In a virtual machine, let it use the processor of its host. Or run Tarn from its source, "
                "which builds the engine for this computer."
            ),
        )

    def _try(self, folder: Path, excluded: Sequence[str]) -> _Trial:
        arguments = ["--folder", str(folder), *(["--model", str(self._model)] if self._model else [])]
        outcome = run_trial([*self._command, *arguments, *excluded], TrialLimits(LONGEST_TRIAL))
        lines = outcome.lines
        tried = [line.removeprefix(_TRYING) for line in lines if line.startswith(_TRYING)]
        if outcome.ending is Ending.BY_ITSELF and outcome.exit_code == 0:
            with contextlib.suppress(ValueError, IndexError, TypeError):
                return _Trial(libraries=tuple(map(str, json.loads(lines[-1]))))
        if not tried and lines and outcome.exit_code == _REFUSED:
            raise EngineError(lines[-1], tr("Reinstall Tarn, or unset LLAMA_CPP_LIB_PATH."))
        log.info("A trial of the engine ended with %s", outcome.exit_code)
        return _Trial(culprit=tried[-1] if tried else "")

    def _remembered(self, identity: str) -> tuple[str, ...]:
        try:
            entry = read_json(self._record)
            return tuple(map(str, entry["libraries"])) if entry["identity"] == identity else ()
        except (OSError, ParseError, KeyError, TypeError, IndexError):
            return ()

    def _remember(self, identity: str, names: Sequence[str]) -> None:
        try:
            self._record.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._record, json.dumps({"identity": identity, "libraries": list(names)}).encode())
        except OSError as error:
            log.warning("The choice of the engine's library could not be kept: %s", error)


def engine_folder() -> Path | None:
    """Where the engine's libraries are, without loading any."""
    override = os.environ.get("LLAMA_CPP_LIB_PATH")
    if override:
        return Path(override)
    spec = importlib.util.find_spec("llama_cpp")
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) / "lib" if places else None


def processor_libraries(folder: Path) -> list[Path]:
    """The libraries of which each is for one kind of processor."""
    return sorted(path for path in _libraries(folder) if _stem(path).startswith("ggml-cpu-"))


def other_libraries(folder: Path) -> list[Path]:
    """The libraries for graphics cards and the like."""
    return sorted(
        path
        for path in _libraries(folder)
        if _stem(path).startswith("ggml-") and not _stem(path).startswith(("ggml-cpu", *_PARTS))
    )


def _libraries(folder: Path) -> list[Path]:
    suffixes = (".dll",) if sys.platform == "win32" else (".so", ".dylib")
    return [path for suffix in suffixes for path in folder.glob(f"*{suffix}")]


def _stem(path: Path) -> str:
    return path.stem.removeprefix("lib")


def _identity(folder: Path) -> str:
    """Changes with the processor, with what its hypervisor lets through, with drivers and with the build."""
    others = other_libraries(folder)
    files = _states([*processor_libraries(folder), *others])
    facts = [processor_name(), *instruction_sets(), str(folder), files]
    if others:
        facts += [_states(_graphics_drivers()), [os.environ.get(name, "") for name in _DRIVER_VARIABLES]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _states(paths: Sequence[Path]) -> list[tuple[str, int, int]]:
    return [(path.name, path.stat().st_size, int(path.stat().st_mtime)) for path in paths]


def _graphics_drivers() -> list[Path]:
    """Files that come, change or go with a driver for a graphics card."""
    if sys.platform == "win32":
        places = [(Path(os.environ.get("SYSTEMROOT", "C:/Windows")), "System32/vulkan-1.dll")]
    else:
        places = [(Path("/"), pattern) for pattern in _DRIVER_PLACES]
    return sorted(path for root, pattern in places for path in root.glob(pattern) if path.exists())


# What follows runs in the child.


def main(arguments: Sequence[str]) -> int:
    """The child: `--folder DIR [--model FILE] [NAME TO LEAVE OUT]...`; prints the names of what works."""
    die_quietly()
    folder, rest = Path(arguments[1]), list(arguments[2:])
    model = None
    if rest[:1] == ["--model"]:
        model, rest = Path(rest[1]), rest[2:]
    try:
        working = try_libraries(folder, model, rest)
    except UserError as error:
        _say(str(error))
        return _REFUSED
    _say(json.dumps(working))
    return 0


def try_libraries(folder: Path, model: Path | None, excluded: Sequence[str]) -> list[str]:
    """Loads the best library for this processor, then those for other hardware, and uses them.

    Raises:
        EngineError: none claims to run here, or one cannot be loaded.
        ModelFileError: what it computes makes no sense.
    """
    native = native_library()
    best = _best([path for path in processor_libraries(folder) if path.name not in excluded])
    if best is None:
        raise EngineError(tr("No library fits this processor."), tr("Install a build for this processor."))
    working = [best]
    _say(_TRYING + best.name)
    native.load_libraries(working)
    if model is not None:
        try_model(model)
    for path in other_libraries(folder):
        if path.name not in excluded:
            _say(_TRYING + path.name)
            try:
                native.load_libraries([path])
            except OSError as error:  # What it needs of the system is not installed: most have no Vulkan.
                _say(str(error))
                continue
            working.append(path)
            if model is not None and native.has_gpu():
                try_model(model)
    return [path.name for path in working]


def _best(libraries: Sequence[Path]) -> Path | None:
    """The library that fits the processor most closely by its own account; 0 says that it cannot run."""
    scores: dict[Path, int] = {}
    for path in libraries:
        _say(_TRYING + path.name)
        try:
            scores[path] = int(ctypes.CDLL(str(path)).ggml_backend_score())
        except (OSError, AttributeError) as error:
            _say(f"{path.name} cannot be loaded: {error}")
    best = max(scores, key=lambda path: scores[path], default=None)
    return best if best is not None and scores[best] > 0 else None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
