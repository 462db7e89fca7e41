"""Writes conversations into files of other formats, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.errors import Cancelled, StoreError, UserError
from app.core.export import ExportOptions
from app.core.translation import tr
from app.exchange.export_format import ExportChoices, ExportFormat
from app.exchange.markdown_files import ReadFile, markdown_files
from app.exchange.plain_text import to_plain_text
from app.exchange.targets import ExportTarget, FolderTarget, free_stem, sortable_stem, zip_target
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.notices import NoticeService
from app.services.store_writer import StoreWriter
from app.store.conversation_json import to_json
from app.store.store import Store

log = logging.getLogger(__name__)

Render = Callable[[Conversation, ReadFile, ExportChoices], bytes]
"""Makes a file of a conversation; called on the export's thread."""
SystemPrompts = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ExportState:
    """How far an export is."""

    is_running: bool = False
    done_count: int = 0
    count: int = 0
    path: Path | None = None
    """The file, folder or archive that was written, once it is."""
    failed: tuple[str, ...] = ()
    """The titles of those that could not be read."""


class ExportService(QObject):
    """One export at a time.

    Signals:
        changed: the `ExportState`.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: Store,
        writer: StoreWriter,
        notices: NoticeService,
        system_prompts: SystemPrompts,
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            system_prompts: gives those of the presets by their names, for conversations of which no answer
                knows what it was told.
        """
        super().__init__(parent)
        self._store = store
        self._writer = writer
        self._notices = notices
        self._system_prompts = system_prompts
        self._prompts: Mapping[str, str] = {}
        self._worker = Worker("export", self)
        self._renderers: dict[ExportFormat, Render] = {}
        self._under_way: Stream | None = None
        self.state = ExportState()

    def add_renderer(self, format_: ExportFormat, render: Render) -> None:
        """Sets what makes files of a format that needs what draws."""
        self._renderers[format_] = render

    def export_one(self, conversation: Conversation, path: Path, choices: ExportChoices) -> None:
        """Writes one conversation into that file, and what belongs to it beside the file."""

        def work(_cancel: threading.Event, report: Report) -> None:
            folder = FolderTarget(path.parent)
            for name, data in self._files(conversation, path.stem, path.name, choices).items():
                folder.write(name, data)
            report(ExportState(False, 1, 1, path))

        self._start(work, 1, path)

    def export_many(
        self, conversation_ids: Sequence[str], path: Path, choices: ExportChoices, is_archive: bool
    ) -> None:
        """Writes each conversation into a file of its own, in a folder or in one ZIP archive."""
        ids = tuple(conversation_ids)

        def work(cancel: threading.Event, report: Report) -> None:
            self._writer.wait()  # What was said last is exported as well.
            if is_archive:
                with zip_target(path) as archive:
                    failed = self._write_all(ids, archive, choices, cancel, report)
            else:
                failed = self._write_all(ids, FolderTarget(path), choices, cancel, report)
            report(ExportState(False, len(ids) - len(failed), len(ids), path, failed))

        self._start(work, len(ids), path)

    def cancel(self) -> None:
        """Stops; an archive is not written, files in a folder stay."""
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None
            self._set(ExportState())

    def shut_down(self) -> None:
        """Ends an export."""
        self._worker.shut_down()

    def _start(self, work: Callable[[threading.Event, Report], None], count: int, path: Path) -> None:
        def guarded(cancel: threading.Event, report: Report) -> None:
            try:
                work(cancel, report)
            except OSError as error:
                raise StoreError(
                    tr(
                        "The export could not be written to {path}: {reason}.",
                        path=path,
                        reason=error.strerror or type(error).__name__,
                    ),
                    tr("Choose another place."),
                ) from error

        def fail(error: UserError) -> None:
            self._notices.fail(error)
            self._set(ExportState())

        self._prompts = dict(self._system_prompts())
        self._set(ExportState(True, 0, count))
        self._under_way = run_in_background(self._worker, self, guarded, self._set, fail)

    def _set(self, state: ExportState) -> None:
        self.state = state
        self.changed.emit(state)

    # On the thread of the export

    def _write_all(
        self,
        ids: Sequence[str],
        target: ExportTarget,
        choices: ExportChoices,
        cancel: threading.Event,
        report: Report,
    ) -> tuple[str, ...]:
        failed: list[str] = []
        for number, conversation_id in enumerate(ids):
            if cancel.is_set():
                raise Cancelled
            try:
                conversation = self._store.conversations.load(conversation_id)
            except StoreError:
                log.warning("A conversation could not be read for an export")
                failed.append(conversation_id)
                continue
            ending = choices.format.value
            stem = free_stem(sortable_stem(conversation), ending, target)
            for name, data in self._files(conversation, stem, f"{stem}.{ending}", choices).items():
                target.write(name, data)
            report(ExportState(True, number + 1, len(ids)))
        return tuple(failed)

    def _files(
        self, conversation: Conversation, stem: str, name: str, choices: ExportChoices
    ) -> Mapping[str, bytes]:
        read = self._store.attachments.read
        match choices.format:
            case ExportFormat.MARKDOWN:
                options = ExportOptions(
                    choices.include_reasoning,
                    choices.include_all_branches,
                    system_prompt=self._prompts.get(conversation.preset_name, ""),
                )
                inside = choices.are_pictures_inside
                written = markdown_files(conversation, read, stem, options, inside)
                return {**written.beside, name: written.text.encode("utf-8", "replace")}
            case ExportFormat.JSON:
                return {name: to_json(conversation, read).encode()}
            case ExportFormat.TEXT:
                text = to_plain_text(conversation, choices.include_reasoning)
                return {name: text.encode("utf-8", "replace")}
        return {name: self._renderers[choices.format](conversation, read, choices)}
