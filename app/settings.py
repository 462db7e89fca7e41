"""What the user can set: typed, with defaults, kept as TOML."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.core.spoken_answers import SpokenAnswers
from app.core.translation import sentences, tr
from app.files.converter import converted, plain
from app.files.toml_file import as_written, read_toml, write_toml

log = logging.getLogger(__name__)


class ThemeChoice(StrEnum):
    """The colours of the window."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"
    HIGH_CONTRAST = "high_contrast"


class ConversationSort(StrEnum):
    """The order of the conversations in the sidebar."""

    LAST_USED = "last_used"
    CREATED = "created"
    TITLE = "title"


class ColumnWidth(StrEnum):
    """How wide the column of the conversation is at most."""

    NARROW = "narrow"
    MEDIUM = "medium"
    WIDE = "wide"
    FULL = "full"
    """As wide as the window."""


class ReadAhead(StrEnum):
    """When the model reads, after an answer, what the next question needs."""

    ON_MAINS = "on_mains"
    ALWAYS = "always"
    NEVER = "never"


class DictationLanguage(StrEnum):
    """What is spoken in recordings that are written down: there are models for these two."""

    AUTOMATIC = "automatic"
    """As in what the user wrote last in the chat, else as the system is set."""
    ENGLISH = "english"
    JAPANESE = "japanese"


FEWEST_ROUNDS, MOST_ROUNDS = 1, 64
MOST_STATE_GB = 1000
SMALLEST_FONT_SCALE, LARGEST_FONT_SCALE = 0.7, 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices. Changes are made with `dataclasses.replace`."""

    theme: ThemeChoice = ThemeChoice.SYSTEM
    language: str = ""
    """The code of the window's language; empty follows the system."""
    model_folders: tuple[Path, ...] = ()
    """Folders that the user added; the program's own models folder is not among them."""
    download_folder: Path | None = None
    """The one of these where new models go; None for the program's own."""
    last_model: Path | None = None
    """The model that is loaded at the next start."""
    is_sidebar_visible: bool = True
    conversation_sort: ConversationSort = ConversationSort.LAST_USED
    closed_folders: tuple[str, ...] = ()
    """The ids of folders whose conversations the sidebar does not show."""
    is_settings_panel_visible: bool = False
    """The settings of the conversation on screen stand beside it."""
    window_geometry: str = ""
    """Place and size of the window, in the form that the window gave it; empty before the first end."""
    font_scale: float = 1.0
    """1 is the size that the system asks for; 0.7 to 2."""
    sends_with_enter: bool = True
    """Enter sends and Shift+Enter starts a new line; otherwise Ctrl+Enter sends."""
    writes_titles: bool = True
    """The model names a conversation after its first answer."""
    shows_speed: bool = False
    """How fast an answer was written stands under each, not only under the one in use."""
    notifies_when_done: bool = True
    """A long answer or a download that ends while another program is in front is told on the desktop."""
    new_chat_tools: tuple[str, ...] = ()
    """The names of the tools that are on where neither the conversation nor its preset says otherwise. They
    make every prompt longer."""
    tool_folders: tuple[Path, ...] = ()
    """Folders in which tools may read."""
    wraps_code: bool = False
    """Long lines of code are broken instead of being scrolled."""
    shows_line_numbers: bool = False
    """Code has them."""
    column_width: ColumnWidth = ColumnWidth.MEDIUM
    is_compact: bool = False
    """Lines and paragraphs of the conversation stand closer together."""
    shows_outline: bool = True
    """The questions of a long conversation stand at its edge, to go to."""
    reduces_motion: bool = False
    """Nothing moves while the model works, also where the system does not ask for that."""
    spoken_answers: SpokenAnswers = SpokenAnswers.WHEN_DONE
    """When a screen reader says an answer by itself."""
    most_tool_rounds: int = 8
    """How many answers in a row may call tools, 1 to 64."""
    keeps_calls_well_formed: bool = True
    """Models of the LFM family can only write tool calls that fit the tools' schemas."""
    reads_ahead: ReadAhead = ReadAhead.ON_MAINS
    reads_drafts: bool = True
    """The model reads what is typed before it is sent; never on battery."""
    guesses_repeated_text: bool = True
    """Where an answer repeats what is in the conversation, several tokens are read at once."""
    most_state_gb: int = 2
    """How much of the disk may hold what models remember of the last conversations, in GB; 0 to 1,000."""
    keeps_original_pictures: bool = True
    keeps_original_documents: bool = True
    """Attached documents are kept as they are; else only the text in them."""
    """Attached pictures are kept as they are; otherwise 2,048 pixels of their longer side are."""
    looks_closely: bool = False
    """The next picture is looked at in tiles, as the last one was: that takes longer and shows more."""
    dictation_language: DictationLanguage = DictationLanguage.AUTOMATIC
    reads_aloud: bool = False
    """Answers are read aloud as they are written, where the system has a voice."""
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

    def downloads_folder(self, usual: Path) -> Path:
        """Where new models go: the folder that was chosen, as long as it is searched for models too."""
        is_searched = self.download_folder in self.model_folders
        return self.download_folder if self.download_folder and is_searched else usual

    def with_model_folder(self, folder: Path) -> tuple[Path, ...]:
        """The folders with one more, each only once."""
        return self.model_folders if folder in self.model_folders else (*self.model_folders, folder)


class SettingsFile:
    """The file that the settings are kept in.

    Attributes:
        notice: a sentence for the user where the file was broken or a value cannot be used; empty otherwise.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._written: Mapping[str, Any] = {}
        self._read: Mapping[str, Any] = {}
        self._saved: dict[str, Any] | None = None

    def load(self) -> Settings:
        """The settings; defaults where the file, or a value in it, is missing or wrong."""
        self._written, self.notice = read_toml(self.path)
        faults: list[str] = []

        def note(name: str, _value: object, problem: str) -> None:
            log.warning("The setting %s is not used: %s", name, problem)
            faults.append(tr("{name} is not used: {problem}.", name=name, problem=problem))

        settings = converted(Settings, _without_empty_paths(self._written), note, _fault)
        settings = _tidied(settings)
        self._read = _values(settings)
        if unknown := self._written.keys() - self._read.keys():
            log.info("Settings that this version does not know are left alone: %s", ", ".join(unknown))
        if faults:
            self.notice = tr(
                "{file}: {faults}",
                file=self.path.name,
                faults=sentences(*faults, tr("Correct it there, or set it in Settings.")),
            )
        return settings

    def save(self, settings: Settings) -> None:
        """Writes the settings if anything changed; all else in the file stays as it was written.

        That is what a newer version has added, and what was written by hand and could not be used.

        Raises:
            SettingsError: the file could not be written; the old one is untouched.
        """
        values = as_written(_values(settings), self._read, self._written)
        if values != self._saved:
            write_toml(self.path, values)
            self._saved = values


_OPTIONAL_PATHS = ("download_folder", "last_model")


def _without_empty_paths(values: Mapping[str, Any]) -> dict[str, Any]:
    """TOML has no word for nothing: an empty text stands for no path."""
    return {name: value for name, value in values.items() if name not in _OPTIONAL_PATHS or value != ""}


def _values(settings: Settings) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in plain(settings).items()}


def _tidied(settings: Settings) -> Settings:
    """Each path and name once, and `~` as the home folder."""
    changed: dict[str, Any] = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, tuple):
            changed[field.name] = tuple(dict.fromkeys(map(_at_home, value)))
        elif isinstance(value, Path):
            changed[field.name] = _at_home(value)
    return replace(settings, **changed)


def _at_home(value: Path | str) -> Path | str:
    try:
        return value.expanduser() if isinstance(value, Path) else value
    except RuntimeError:  # The system knows no home folder for this user, or for the one that is named.
        return value


def _fault(name: str, value: Any) -> str:
    """What is wrong with a value of the right type; empty where nothing is."""
    low, high = _RANGES.get(name, (None, None))
    if low is None or high is None or low <= value <= high:
        return ""
    return tr("it should be between {low:g} and {high:g}", low=low, high=high)


_RANGES: dict[str, tuple[float, float]] = {
    "font_scale": (SMALLEST_FONT_SCALE, LARGEST_FONT_SCALE),
    "most_state_gb": (0, MOST_STATE_GB),
    "most_tool_rounds": (FEWEST_ROUNDS, MOST_ROUNDS),
}
