"""The settings of the program: as they are now, and what changes in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.core.errors import UserError
from app.services.notices import NoticeService
from app.settings import Settings, SettingsFile


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """The settings before and after a change."""

    before: Settings
    now: Settings

    def concerns(self, *names: str) -> bool:
        """Whether one of these settings has another value now."""
        return any(getattr(self.before, name) != getattr(self.now, name) for name in names)


class SettingsService(QObject):
    """Keeps the settings and saves every change.

    Attributes:
        current: the settings as they are now.

    Signals:
        changed: a `SettingsChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        file: SettingsFile,
        notices: NoticeService,
        settings: Settings | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Reads the file, unless `settings` says what to begin with."""
        super().__init__(parent)
        self._file = file
        self._notices = notices
        self.current = file.load() if settings is None else settings

    def change(self, **values: object) -> None:
        """Changes some settings by their names, puts them into effect and saves them."""
        self.replace(replace(self.current, **values))  # type: ignore[arg-type]

    def replace(self, settings: Settings) -> None:
        """Changes all settings at once."""
        if settings == self.current:
            return
        before, self.current = self.current, settings
        self.changed.emit(SettingsChange(before, settings))
        try:
            self._file.save(settings)
        except UserError as error:
            self._notices.fail(error)
