"""One file, fetched so that it is whole and right, or resumable, or explained.

The bytes go into `NAME.part`; the file gets its name only when its checksum has been compared, so that
whatever ends in `.gguf` can be trusted. Whatever stops a download leaves what has arrived for the next try.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from app.core.errors import (
    BusyHubError,
    Cancelled,
    DamagedDownloadError,
    NetworkError,
)
from app.core.translation import tr
from app.hub.download.checksum import GrowingChecksum, checksum_of, new_hash
from app.hub.download.file_source import FileAnswer, FileSource
from app.hub.download.http_response import closed_on
from app.hub.download.part_file import PartFile, PartRecord, folder_error, place_of
from app.hub.download.progress import DownloadProgress, DownloadStage
from app.hub.download.retry_policy import DEFAULT_RETRY_POLICY, RetryBudget, RetryPolicy

if TYPE_CHECKING:
    from app.hub.hub import Hub, RemoteFile

Report = Callable[[DownloadProgress], None]

_REPORT_SECONDS = 0.1
_LOOK_SECONDS = 0.05
_CHANGED = tr("The file changed on Hugging Face, so the download starts again.")
_NO_RANGES = tr("Hugging Face cannot resume this file, so the download starts again.")
_TOO_LONG = tr("The saved part did not belong to this file, so the download starts again.")
_CHECK_NETWORK = tr("Check your network connection, then try again.")
_WRONG_BEFORE = tr("The saved part was damaged, so the download starts again.")


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that is here, whole and checked."""

    path: Path
    size_bytes: int
    sha256: str
    """Empty for a file so small that the hub keeps it in Git, which was checked by its Git hash."""
    commit: str


def download(
    hub: Hub,
    repository: str,
    name: str,
    folder: Path,
    cancel: threading.Event,
    report: Report,
    revision: str = "main",
    retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY,
    is_held: bool = False,
) -> FetchedFile:
    """Fetches a file of a repository into a models folder, or goes on where an earlier try stopped.

    It lands in `folder/owner/repository/name`. Blocks; for a thread of its own. Only one caller at a time
    works on a file, across processes: a second one reports `DownloadStage.ELSEWHERE` and waits.

    Args:
        name: the file's path in the repository.
        folder: the models folder. It must exist: one on a drive that was unplugged must not be made anew.
        report: told about ten times a second how far it is, on this thread.
        is_held: keeps it from getting its name until `release`, as other files belong to it.

    Raises:
        Cancelled: `cancel` was set; what arrived stays.
        HubError: it cannot be fetched; what arrived stays, unless it was wrong.
    """
    part = PartFile(place_of(folder, repository, name))
    _make_folder(folder, part.target.parent)
    report(DownloadProgress(DownloadStage.CONNECTING))
    with part.lock(cancel, lambda: report(DownloadProgress(DownloadStage.ELSEWHERE))):
        return _Download(hub, repository, name, revision, part, cancel, report, retry_policy, is_held).run()


def release(folder: Path, repository: str, name: str) -> Path:
    """Gives a file that was held back its name.

    Raises:
        HubError: the disk does not let it.
    """
    part = PartFile(place_of(folder, repository, name))
    part.release()
    return part.target


def discard(folder: Path, repository: str, name: str) -> None:
    """Throws away what an unfinished download left. A finished file stays, and one that is in work elsewhere.

    Raises:
        HubError: it cannot be removed.
    """
    part = PartFile(place_of(folder, repository, name))
    if part.target.parent.is_dir():
        part.discard_unless_locked()


def arrived_bytes(folder: Path, repository: str, name: str) -> int:
    """How much of a file is here, finished or not."""
    part = PartFile(place_of(folder, repository, name))
    sizes = [path.stat().st_size for path in (part.target, part.held_path, part.path) if path.is_file()]
    return sizes[0] if sizes else 0


def _make_folder(folder: Path, below: Path) -> None:
    if not folder.is_dir():
        raise folder_error(FileNotFoundError(), folder)
    try:
        below.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise folder_error(error, below) from error


class _Download:
    """One call of `download`, while it lasts."""

    def __init__(
        self,
        hub: Hub,
        repository: str,
        name: str,
        revision: str,
        part: PartFile,
        cancel: threading.Event,
        report: Report,
        retry_policy: RetryPolicy,
        is_held: bool,
    ) -> None:
        self._hub = hub
        self._repository = repository
        self._name = name
        self._revision = revision
        self._part = part
        self._cancel = cancel
        self._report_to = report
        self._is_held = is_held
        self._budget = RetryBudget(retry_policy)
        self._size = 0
        self._notice = ""
        self._may_resume = True
        self._source = FileSource(hub, repository, name, part, retry_policy.silent_seconds, cancel)
        self._reported_at = 0.0

    def run(self) -> FetchedFile:
        """Tries until it is here, as long as the retry policy allows."""
        while True:
            try:
                return self._try()
            except (NetworkError, BusyHubError) as error:
                pause = self._budget.pause_after(error)
                self._report(DownloadStage.RETRYING, self._part.size_bytes, str(error))
                if self._cancel.wait(pause):
                    raise Cancelled from error

    def _try(self) -> FetchedFile:
        self._report(DownloadStage.CONNECTING, self._part.size_bytes)
        remote = self._hub.file(self._repository, self._name, self._revision, self._cancel)
        self._size = remote.size_bytes
        with self._budget.uncounted():
            if self._is_here(remote):
                return self._finished(remote)
        self._adopt(remote)
        had_earlier_bytes = self._part.size_bytes > 0
        checksum = self._fetch(remote)
        if checksum == remote.etag:
            self._part.finish(self._is_held)
            return self._finished(remote)
        self._part.discard()
        if had_earlier_bytes and self._may_resume:
            # Perhaps only the old bytes were bad, as after a power cut, or the server went on somewhere else.
            self._may_resume = False
            self._notice = _WRONG_BEFORE
            return self._try()
        raise DamagedDownloadError(
            tr("{name} arrived damaged: its checksum is wrong.", name=self._name),
            tr(
                "It was deleted. Try again; if it happens again, the fault is with Hugging Face or your "
                "network."
            ),
        )

    def _finished(self, remote: RemoteFile) -> FetchedFile:
        self._report(DownloadStage.CHECKING, self._size)
        sha256 = remote.etag if len(remote.etag) == 64 else ""
        return FetchedFile(self._part.target, remote.size_bytes, sha256, remote.commit)

    def _is_here(self, remote: RemoteFile) -> bool:
        """Whether the file itself is there already: fetched before, or by another window meanwhile."""
        part = self._part
        if self._is_right(part.target, remote):
            return True
        if not self._is_right(part.held_path, remote):
            return False
        if not self._is_held:
            part.release()
        return True

    def _is_right(self, path: Path, remote: RemoteFile) -> bool:
        with self._part.explained():
            if not path.is_file() or path.stat().st_size != remote.size_bytes:
                return False
            digest = new_hash(remote.etag, remote.size_bytes)
            checking = partial(self._report_now_and_then, DownloadStage.CHECKING)
            return checksum_of(path, digest, self._cancel, checking) == remote.etag

    def _adopt(self, remote: RemoteFile) -> None:
        """Makes sure that the part is the beginning of what the hub has now."""
        part = self._part
        record = part.record()
        if part.size_bytes and (record is None or record.etag != remote.etag):
            self._notice = _CHANGED if record is not None else _TOO_LONG
            part.discard()
            record = None
        if part.size_bytes > remote.size_bytes:
            self._notice = _TOO_LONG
            part.discard()
            record = None
        validator = record.validator if record is not None else ""
        part.check_room(remote.size_bytes)
        part.write_record(PartRecord(remote.etag, remote.size_bytes, remote.commit, validator))

    def _fetch(self, remote: RemoteFile) -> str:
        """Brings the missing bytes; gives the checksum of the whole."""
        part = self._part
        if part.size_bytes and part.size_bytes < remote.size_bytes and not self._may_resume:
            part.truncate()
        start = part.size_bytes
        answer = self._source.first_answer(remote) if start < remote.size_bytes else None
        if part.size_bytes < start:
            self._notice = _NO_RANGES
        try:
            file = part.open()
        except BaseException:
            if answer is not None:
                answer.response.close()
            raise
        checksum = GrowingChecksum(part.path, new_hash(remote.etag, remote.size_bytes))
        try:
            checksum.advance(part.size_bytes)
            while answer is not None:
                with closed_on(self._has_to_stop, answer.response):
                    done = self._receive(answer, file, checksum)
                # Some gateways send a piece at a time, whatever they were asked for.
                answer = self._source.next_answer(remote, done) if done < remote.size_bytes else None
            return self._result(checksum)
        finally:
            checksum.stop()
            file.close()

    def _receive(self, answer: FileAnswer, file: BinaryIO, checksum: GrowingChecksum) -> int:
        """Writes what an answer brings; gives how much of the file is here then."""
        done = checksum.written_bytes
        for piece in self._pieces(answer):
            piece = piece[: self._size - done]  # What comes behind the file's end does not belong to it.
            with self._part.explained():
                _write_all(file, piece)
            done += len(piece)
            checksum.advance(done)
            self._budget.note_bytes(len(piece), self._size)
            self._stop_if_asked()
            self._report_now_and_then(DownloadStage.FETCHING, done)
            if done >= self._size:
                return done
        if done != answer.body.end:
            raise NetworkError(tr("The connection to Hugging Face broke."), _CHECK_NETWORK)
        return done

    def _pieces(self, answer: FileAnswer) -> Iterator[bytes]:
        pieces = answer.pieces()
        while True:
            try:
                piece = next(pieces, None)
            except Exception as error:
                self._stop_if_asked()  # Then the connection was closed from here.
                explained = self._hub.failure(error, self._repository)
                raise explained or error from error
            if piece is None:
                return
            yield piece

    def _result(self, checksum: GrowingChecksum) -> str:
        checksum.complete()
        while not checksum.wait(_LOOK_SECONDS):
            self._stop_if_asked()
            self._report_now_and_then(DownloadStage.CHECKING, checksum.done_bytes)
        with self._part.explained():
            return checksum.result()

    def _has_to_stop(self) -> bool:
        return self._cancel.is_set() or self._hub.is_offline

    def _stop_if_asked(self) -> None:
        if self._cancel.is_set():
            raise Cancelled
        self._hub.network.check()

    def _report_now_and_then(self, stage: DownloadStage, done_bytes: int) -> None:
        now = time.monotonic()
        if now - self._reported_at >= _REPORT_SECONDS:
            self._reported_at = now
            self._report(stage, done_bytes)

    def _report(self, stage: DownloadStage, done_bytes: int, notice: str = "") -> None:
        self._report_to(DownloadProgress(stage, done_bytes, self._size, notice or self._notice))


def _write_all(file: BinaryIO, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:  # A disk that becomes full takes only some of it first.
        rest = rest[file.write(rest) :]
