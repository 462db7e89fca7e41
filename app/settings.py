"""What the user can set: typed, with defaults, kept as TOML."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.files.toml_file import read_toml, write_toml

log = logging.getLogger(__name__)


class Theme(StrEnum):
    """The colours of the window."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


NARROWEST_SIDEBAR, WIDEST_SIDEBAR = 180, 480
FEWEST_ROUNDS, MOST_ROUNDS = 1, 64
SMALLEST_FONT_SCALE, LARGEST_FONT_SCALE = 0.7, 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices. Changes are made with `dataclasses.replace`."""

    theme: Theme = Theme.SYSTEM
    model_folders: tuple[Path, ...] = ()
    """Folders that the user added; the program's own models folder is not among them."""
    download_folder: Path | None = None
    """The one of these where new models go; None for the program's own."""
    last_model: Path | None = None
    """The model that is loaded at the next start."""
    is_sidebar_visible: bool = True
    sidebar_width: int = 260
    """In pixels, 180 to 480."""
    window_geometry: str = ""
    """Place and size of the window, in the form that the window gave it; empty before the first end."""
    font_scale: float = 1.0
    """1 is the size that the system asks for; 0.7 to 2."""
    sends_with_enter: bool = True
    """Enter sends and Shift+Enter starts a new line; otherwise Ctrl+Enter sends."""
    new_chat_tools: tuple[str, ...] = ()
    """The names of the tools that are on where neither the conversation nor its preset says otherwise. They
    make every prompt longer."""
    tool_folders: tuple[Path, ...] = ()
    """Folders in which tools may read."""
    most_tool_rounds: int = 8
    """How many answers in a row may call tools, 1 to 64."""
    keeps_calls_well_formed: bool = True
    """Models of the LFM family can only write tool calls that fit the tools' schemas."""
    is_offline: bool = False
    """Nothing is asked of the network."""
    has_accepted_lfm_licence: bool = False
    """The licence of Liquid AI's models has been shown and accepted."""
    has_hub_token: bool = False
    """The system's keyring keeps a token for the hub; where it does not, the keyring is never asked."""
    model_files: tuple[Path, ...] = ()
    """Files that are used where they are, in no folder of models."""
    answered_programs: tuple[str, ...] = ()
    """Other programs whose models were offered; nobody is asked twice."""
    used_programs: tuple[str, ...] = ()
    """Those of them whose models are used where they are."""

    def place_for_downloads(self, usual: Path) -> Path:
        """Where new models go: the folder that was chosen, as long as it is searched for models too."""
        is_searched = self.download_folder in self.model_folders
        return self.download_folder if self.download_folder and is_searched else usual

    def with_model_folder(self, folder: Path) -> tuple[Path, ...]:
        """The folders with one more, each only once."""
        return self.model_folders if folder in self.model_folders else (*self.model_folders, folder)


class SettingsFile:
    """The file that the settings are kept in.

    Attributes:
        notice: a sentence for the user where the file was broken; empty otherwise.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._unknown: dict[str, Any] = {}
        self._saved: dict[str, Any] | None = None

    def load(self) -> Settings:
        """The settings; defaults where the file, or a value in it, is missing or wrong."""
        values, self.notice = read_toml(self.path)
        self._unknown = {name: value for name, value in values.items() if name not in _READERS}
        if self._unknown:
            log.info("Settings that this version does not know are left alone: %s", ", ".join(self._unknown))
        return Settings(**{name: _read(name, values[name]) for name in _READERS if name in values})

    def save(self, settings: Settings) -> None:
        """Writes the settings, and with them what a newer version may have added, if anything changed.

        Raises:
            SettingsError: the file could not be written; the old one is untouched.
        """
        values = {**self._unknown, **_as_values(settings)}
        if values != self._saved:
            write_toml(self.path, values)
            self._saved = values


def _as_values(settings: Settings) -> dict[str, Any]:
    return {
        "theme": settings.theme.value,
        "model_folders": [str(folder) for folder in settings.model_folders],
        "download_folder": str(settings.download_folder or ""),
        "last_model": str(settings.last_model or ""),
        "is_sidebar_visible": settings.is_sidebar_visible,
        "sidebar_width": settings.sidebar_width,
        "window_geometry": settings.window_geometry,
        "font_scale": settings.font_scale,
        "sends_with_enter": settings.sends_with_enter,
        "new_chat_tools": list(settings.new_chat_tools),
        "tool_folders": [str(folder) for folder in settings.tool_folders],
        "most_tool_rounds": settings.most_tool_rounds,
        "keeps_calls_well_formed": settings.keeps_calls_well_formed,
        "is_offline": settings.is_offline,
        "has_accepted_lfm_licence": settings.has_accepted_lfm_licence,
        "has_hub_token": settings.has_hub_token,
        "model_files": [str(file) for file in settings.model_files],
        "answered_programs": list(settings.answered_programs),
        "used_programs": list(settings.used_programs),
    }


def _read(name: str, value: object) -> Any:
    try:
        return _READERS[name](value)
    except ValueError as error:
        log.warning("The setting %s is not used: %s", name, error)
        return getattr(Settings(), name)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("it should be a text")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it should be true or false")
    return value


def _theme(value: object) -> Theme:
    if value not in {theme.value for theme in Theme}:
        raise ValueError(f"it should be one of {', '.join(Theme)}")
    return Theme(value)


def _number(low: float, high: float) -> Callable[[object], float]:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"it should be a number from {low:g} to {high:g}")
        return value

    return read


def _whole_number(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"it should be a whole number from {low} to {high}")
        return value

    return read


def _path_or_none(value: object) -> Path | None:
    return Path(text) if (text := _text(value)) else None


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("it should be a list")
    return tuple(dict.fromkeys(_text(one) for one in value))


def _paths(value: object) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(Path(text) for text in _texts(value)))


_READERS: dict[str, Callable[[object], Any]] = {
    "theme": _theme,
    "model_folders": _paths,
    "download_folder": _path_or_none,
    "last_model": _path_or_none,
    "is_sidebar_visible": _switch,
    "sidebar_width": _whole_number(NARROWEST_SIDEBAR, WIDEST_SIDEBAR),
    "window_geometry": _text,
    "font_scale": _number(SMALLEST_FONT_SCALE, LARGEST_FONT_SCALE),
    "sends_with_enter": _switch,
    "new_chat_tools": _texts,
    "tool_folders": _paths,
    "most_tool_rounds": _whole_number(FEWEST_ROUNDS, MOST_ROUNDS),
    "keeps_calls_well_formed": _switch,
    "is_offline": _switch,
    "has_accepted_lfm_licence": _switch,
    "has_hub_token": _switch,
    "model_files": _paths,
    "answered_programs": _texts,
    "used_programs": _texts,
}
