"""Models that other programs have fetched already: found, and used where they are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.parsing import ParseError
from app.files.json_file import read_json
from app.hub.library.found_model import FoundModel
from app.hub.library.library import gguf_files

log = logging.getLogger(__name__)

_MODEL_LAYER = "application/vnd.ollama.image.model"


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """What one program has. Ask the user once whether it is to be used."""

    program: str
    folder: Path
    models: tuple[FoundModel, ...]

    @property
    def size_bytes(self) -> int:
        return sum(model.size_bytes for model in self.models)


def find_models(home: Path, platform: str, environment: Mapping[str, str]) -> list[FoundFolder]:
    """The models of Hugging Face's cache, LM Studio, Ollama, llama.cpp and GPT4All.

    Folders without any are left out. Reads folders, so it belongs on a worker thread. Give it `Path.home()`,
    `sys.platform` and `os.environ`.
    """
    places = _Places(home, platform, environment)
    programs: list[tuple[str, Iterable[Path], Callable[[Path], Iterable[tuple[Path, str]]]]] = [
        ("Hugging Face", places.hugging_face(), _in_snapshots),
        ("LM Studio", places.lm_studio(), _in_folders),
        ("Ollama", places.ollama(), _in_manifests),
        ("llama.cpp", places.llama_cpp(), _in_folders),
        ("GPT4All", places.gpt4all(), _in_folders),
    ]
    found = [
        _folder(name, folder, list_files) for name, folders, list_files in programs for folder in folders
    ]
    return [one for one in found if one.models]


class _Places:
    """Where each program keeps its models, on each system."""

    def __init__(self, home: Path, platform: str, environment: Mapping[str, str]) -> None:
        self._home = home
        self._platform = platform
        self._environment = environment

    def hugging_face(self) -> list[Path]:
        named = self._named("HF_HUB_CACHE")
        if named:
            return [named]
        base = self._named("HF_HOME")
        return [base / "hub" if base else self._linux_cache() / "huggingface" / "hub"]

    def lm_studio(self) -> list[Path]:
        home = self._home / ".lmstudio"
        pointer = self._home / ".lmstudio-home-pointer"
        try:
            home = Path(pointer.read_text(encoding="utf-8").strip() or home)
        except (OSError, UnicodeDecodeError):
            log.debug("LM Studio has not been moved")
        chosen = _text_of(home / "settings.json", "downloadsFolder")
        return _different(
            [Path(chosen)] if chosen else [], [home / "models"], [self._cache() / "lm-studio" / "models"]
        )

    def ollama(self) -> list[Path]:
        named = self._named("OLLAMA_MODELS")
        services = [Path("/usr/share/ollama/.ollama/models"), Path("/var/lib/ollama/models")]
        return _different(
            [named] if named else [],
            [self._home / ".ollama" / "models"],
            services if self._platform == "linux" else [],
        )

    def llama_cpp(self) -> list[Path]:
        named = self._named("LLAMA_CACHE")
        return [named or self._cache() / "llama.cpp"]

    def gpt4all(self) -> list[Path]:
        return [self._data() / "nomic.ai" / "GPT4All"]

    def _named(self, variable: str) -> Path | None:
        value = self._environment.get(variable, "")
        return Path(value).expanduser() if value else None

    def _linux_cache(self) -> Path:
        return self._named("XDG_CACHE_HOME") or self._home / ".cache"

    def _cache(self) -> Path:
        if self._platform == "darwin":
            return self._home / "Library" / "Caches"
        return self._local_windows() if self._platform == "win32" else self._linux_cache()

    def _data(self) -> Path:
        if self._platform == "darwin":
            return self._home / "Library" / "Application Support"
        if self._platform == "win32":
            return self._local_windows()
        return self._named("XDG_DATA_HOME") or self._home / ".local" / "share"

    def _local_windows(self) -> Path:
        return self._named("LOCALAPPDATA") or self._home / "AppData" / "Local"


def _folder(
    program: str, folder: Path, list_files: Callable[[Path], Iterable[tuple[Path, str]]]
) -> FoundFolder:
    models: dict[tuple[int, int], FoundModel] = {}
    for path, name in list_files(folder):
        try:
            status = path.stat()
        except OSError:  # A link whose file was cleaned up.
            continue
        models.setdefault((status.st_dev, status.st_ino), FoundModel(path, name, program, status.st_size))
    return FoundFolder(program, folder, tuple(models.values()))


def _in_folders(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in gguf_files(folder):
        if not path.name.startswith("incomplete-"):  # GPT4All's name for what is still arriving.
            yield path, path.stem


def _in_snapshots(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files of Hugging Face's cache by their names; the newest snapshot first."""
    snapshots = _entries(folder, "models--*/snapshots/*")
    for snapshot in sorted(snapshots, key=_changed_at, reverse=True):
        yield from ((path, path.stem) for path in gguf_files(snapshot))


def _in_manifests(folder: Path) -> Iterator[tuple[Path, str]]:
    """Ollama's blobs, which have checksums for names, with the names that its manifests give them."""
    for manifest in _entries(folder / "manifests", "*/*/*/*"):
        digest = _model_digest(manifest)
        if digest:
            owner, model, tag = manifest.parts[-3:]
            name = f"{model}:{tag}" if owner == "library" else f"{owner}/{model}:{tag}"
            yield folder / "blobs" / digest.replace(":", "-"), name


def _model_digest(manifest: Path) -> str:
    try:
        layers = read_json(manifest)["layers"]
        digests = [layer["digest"] for layer in layers if layer["mediaType"] == _MODEL_LAYER]
    except (OSError, ParseError, KeyError, TypeError, IndexError):
        return ""
    digest = str(digests[0]) if digests else ""
    # A manifest is somebody else's file: what it says must not lead elsewhere.
    return digest if digest.removeprefix("sha256:").isalnum() else ""


def _entries(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError as error:
        log.info("A folder of another program cannot be read: %s", error.strerror)
        return []


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _text_of(path: Path, key: str) -> str:
    try:
        value = read_json(path)[key]
    except (OSError, ParseError, KeyError, TypeError, IndexError):
        return ""
    return value if isinstance(value, str) else ""


def _different(*groups: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(path for group in groups for path in group))
