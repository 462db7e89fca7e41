"""Sound files are decoded in a process of their own: a stranger made them, and some are made to do harm."""

from __future__ import annotations

import json

from app.core.errors import SoundError
from app.core.media import SoundSamples
from app.core.translation import tr
from app.processes.own_process import own_command
from app.processes.request_process import RequestFailedError, RequestLimits, RequestProcess
from app.sound.formats import check_file_size
from app.sound.wav import samples_in

OPTION = "--decode-sound"
LIMITS = RequestLimits(seconds=60.0, memory_bytes=1024 * 1024 * 1024)
"""Half an hour of MP3 takes about 4 s, and as much memory as the file and 115 MB."""
DONE, FAILED = b"+", b"-"


class DecodingProcess:
    """Decodes sound files. Safe from any thread; the process starts with the first file that needs it."""

    def __init__(self) -> None:
        self._process = RequestProcess("sound", own_command(OPTION), LIMITS)

    def decode(self, data: bytes) -> SoundSamples:
        """What a model hears of a sound file; a recording of the program's own needs no process.

        Raises:
            SoundError: it cannot be opened, or is too long or too short.
        """
        check_file_size(len(data))
        own = samples_in(data)
        if own is not None:
            return own
        try:
            answer = self._process.ask(data)
        except RequestFailedError as error:
            raise SoundError(
                tr("This recording cannot be opened: {error}.", error=error), tr("Choose another file.")
            ) from error
        if answer[:1] == DONE:
            return SoundSamples(answer[1:])
        try:
            words = json.loads(answer[1:])
            raise SoundError(str(words["sentence"]), str(words["hint"]))
        except (ValueError, KeyError, TypeError) as error:
            raise SoundError(tr("This recording cannot be opened."), tr("Choose another file.")) from error

    def end(self) -> None:
        """Ends the process; it starts again with the next file."""
        self._process.end()
