"""Where data, models, settings and logs live on each system."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

from app.core.translation import tr

NAME = "tarn" if sys.platform not in ("win32", "darwin") else "Tarn"


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of the program. None of them needs to exist before `create_folders`."""

    data: Path
    models: Path
    config: Path
    logs: Path
    cache: Path

    @classmethod
    def of_user(cls) -> Paths:
        """Where this system wants a user's files to be.

        Raises:
            StoreError: the system knows no home folder for this user.
        """
        dirs = platformdirs.PlatformDirs(NAME, appauthor=False)
        try:
            data = dirs.user_data_path
            return cls(data, data / "models", dirs.user_config_path, dirs.user_log_path, dirs.user_cache_path)
        except RuntimeError as error:
            from app.core.errors import StoreError  # Late, as all that holds words: the language comes first.

            raise StoreError(
                tr("The system knows no home folder for this user, so there is no place for chats."),
                tr("Start Tarn with --data-dir and a folder that may be written."),
            ) from error

    @classmethod
    def below(cls, folder: Path) -> Paths:
        """Everything in one folder, as `--data-dir` asks for."""
        root = folder.expanduser().absolute()
        return cls(root, root / "models", root / "config", root / "logs", root / "cache")

    @property
    def conversations(self) -> Path:
        return self.data / "conversations.db"

    @property
    def presets(self) -> Path:
        return self.config / "presets.toml"

    @property
    def settings(self) -> Path:
        return self.config / "settings.toml"

    @property
    def collections(self) -> Path:
        """Which files and folders questions are looked up in."""
        return self.config / "collections.toml"

    @property
    def knowledge_index(self) -> Path:
        """What was read of them; it can be made again."""
        return self.data / "knowledge.db"

    @property
    def servers(self) -> Path:
        """The user's servers, without their keys."""
        return self.config / "servers.toml"

    @property
    def trials(self) -> Path:
        """What was found when model files were tried."""
        return self.cache / "trials.json"

    @property
    def measured_choices(self) -> Path:
        """Which way to load models was measured to be faster."""
        return self.cache / "measured-choices.json"

    @property
    def states(self) -> Path:
        """What models remember of the last conversations."""
        return self.cache / "states"

    @property
    def marks(self) -> Path:
        """What is being worked on now, for the case that it ends the program."""
        return self.data / "marks"

    def create_folders(self) -> None:
        """Makes the folders that are missing.

        Raises:
            StoreError: one cannot be made; the sentence says which and why.
        """
        for field in fields(self):
            _create(getattr(self, field.name))


def resources() -> Path:
    """The folder of icons, themes and the catalog.

    It is beside the package `app`, in a clone as in an installed or packaged program.
    """
    unpacked = getattr(sys, "_MEIPASS", None)  # Set by PyInstaller.
    return (Path(unpacked) if unpacked else Path(__file__).resolve().parent.parent) / "resources"


def _create(folder: Path) -> None:
    from app.core.errors import StoreError

    hint = tr("Choose another folder with --data-dir, or fix this one and start Tarn again.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        in_the_way = next((step for step in (folder, *folder.parents) if step.is_file()), folder)
        raise StoreError(
            tr(
                "The folder {folder} cannot be created: {in_the_way} is there and is not a folder.",
                folder=folder,
                in_the_way=in_the_way,
            ),
            hint,
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            tr("The folder {folder} cannot be created: {reason}.", folder=folder, reason=reason), hint
        ) from error
