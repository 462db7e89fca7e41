"""Where the missing bytes of a file come from: answers that go on where the last ended, or begin again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.errors import DamagedDownloadError, NetworkError
from app.core.translation import tr
from app.hub.download.http_response import BodyRange, body_range, strong_tag
from app.hub.download.part_file import PartFile, PartRecord

if TYPE_CHECKING:
    import httpx2

    from app.hub.hub import Hub, RemoteFile


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """An answer whose body has not been read, and which bytes of the file it holds. Close its response."""

    response: httpx2.Response
    body: BodyRange

    def pieces(self) -> Iterator[bytes]:
        """The file's bytes as they come, unpacked where the answer was packed."""
        return self.response.iter_bytes() if self.body.is_packed else self.response.iter_raw()


class FileSource:
    """Asks the hub for the bytes of one file."""

    def __init__(
        self,
        hub: Hub,
        repository: str,
        name: str,
        part: PartFile,
        silent_seconds: float,
        cancel: threading.Event,
    ) -> None:
        """
        Args:
            part: what has arrived.
            silent_seconds: how long a connection may bring nothing.
        """
        self._hub = hub
        self._repository = repository
        self._name = name
        self._part = part
        self._silent_seconds = silent_seconds
        self._cancel = cancel

    def first_answer(self, remote: RemoteFile) -> FileAnswer:
        """An answer that goes on behind the bytes that are here; they are dropped where none does.

        Raises:
            HubError: there is none, and what is here stays.
            Cancelled: it was cancelled.
        """
        start = self._part.size_bytes
        answer = self._answer(remote, start)
        try:
            if not answer.body.fits(start, remote.size_bytes) or not start:
                self._check_whole(answer.body, remote)
                self._part.truncate()
            self._note_validator(answer.response, remote)
        except BaseException:
            answer.response.close()
            raise
        return answer

    def next_answer(self, remote: RemoteFile, start: int) -> FileAnswer:
        """An answer that goes on from `start`, where the last one ended.

        Raises:
            HubError: there is none.
            Cancelled: it was cancelled.
        """
        answer = self._answer(remote, start)
        if not answer.body.fits(start, remote.size_bytes):
            answer.response.close()
            raise NetworkError(
                tr("Hugging Face stopped in the middle of the file."),
                tr("Check your network connection, then try again."),
            )
        return answer

    def _answer(self, remote: RemoteFile, start: int) -> FileAnswer:
        """An answer that begins there, or where there is none, one that should begin at the beginning."""
        record = self._part.record()
        validator = record.validator if record is not None else ""
        # Behind a redirect another server may stand than before, whose tags differ for the same bytes: so the
        # second try is without the condition. The hub has said that the file is the same, and the checksum
        # decides.
        for condition in [validator, ""] if validator and start else [""]:
            response = self._open(remote, start, condition)
            answer = FileAnswer(response, body_range(response, start, remote.size_bytes))
            if answer.body.fits(start, remote.size_bytes):
                return answer
            if not condition and answer.body.fits(0, remote.size_bytes):
                return answer
            response.close()
        response = self._open(remote, 0, "")
        return FileAnswer(response, body_range(response, 0, remote.size_bytes))

    def _open(self, remote: RemoteFile, start: int, condition: str) -> httpx2.Response:
        headers = {"Range": f"bytes={start}-"} if start else {}
        if condition:
            headers["If-Range"] = condition
        return self._hub.open(remote.address, headers, self._cancel, self._repository, self._silent_seconds)

    def _check_whole(self, body: BodyRange, remote: RemoteFile) -> None:
        """Raises: DamagedDownloadError: an answer is not the file from its beginning."""
        if not body.fits(0, remote.size_bytes):
            if not self._part.size_bytes:
                self._part.discard()
            raise DamagedDownloadError(
                tr(
                    "Hugging Face announced {name} with {size_bytes:,} bytes and sends other ones.",
                    name=self._name,
                    size_bytes=remote.size_bytes,
                ),
                tr("Try again in a few minutes."),
            )

    def _note_validator(self, response: httpx2.Response, remote: RemoteFile) -> None:
        record, validator = self._part.record(), strong_tag(response)
        if record is None or record.validator != validator:
            self._part.write_record(PartRecord(remote.etag, remote.size_bytes, remote.commit, validator))
