"""The log: what the program did and what went wrong, in a file that stays on this computer.

No words of a conversation come into it. Log calls give figures and kinds, never texts; and the message of an
exception, which may quote what it stumbled over, is kept only for the kinds that never do.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from app.core.errors import StoreError
from app.core.translation import tr

FILE_NAME = "tarn.log"
CRASH_FILE_NAME = "crash.log"
LARGEST_FILE = 1_000_000
"""In bytes; then a new file is started."""
OLDER_FILES = 3

TELLING = (OSError, ImportError, NameError, AttributeError, TypeError, MemoryError)
"""Exceptions whose message speaks of the system or of our code, never of the user's words."""

Fault = BaseException | None

log = logging.getLogger(__name__)


class Log:
    """The log files of this run, and the hooks that lead every unhandled exception into them."""

    def __init__(self, folder: Path) -> None:
        """Starts logging.

        Raises:
            StoreError: the files cannot be written there.
        """
        self.path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handler = RotatingFileHandler(
                self.path, maxBytes=LARGEST_FILE, backupCount=OLDER_FILES, encoding="utf-8", errors="replace"
            )
            self._crash_file: IO[str] = (folder / CRASH_FILE_NAME).open("a", encoding="utf-8")
        except OSError as error:
            raise StoreError(
                tr("The log cannot be written in {folder}: {reason}.", folder=folder, reason=error.strerror),
                tr("Check that you may write there, or choose another folder with --data-dir."),
            ) from error
        self._handler.setFormatter(_WordlessFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root = logging.getLogger()
        root.addHandler(self._handler)
        # Other people's libraries log addresses and texts at lower levels.
        root.setLevel(logging.WARNING)
        logging.getLogger("app").setLevel(logging.INFO)
        self._hook()

    def close(self) -> None:
        """Takes the hooks back and closes the files."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._former_hooks
        faulthandler.disable()
        logging.getLogger().removeHandler(self._crash_handler)
        self._crash_file.close()
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()

    def _hook(self) -> None:
        self._former_hooks = former = (sys.excepthook, threading.excepthook, sys.unraisablehook)

        def on_exception(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> None:
            if not issubclass(kind, KeyboardInterrupt):
                log.critical("Unhandled exception", exc_info=(kind, error, trace))
            former[0](kind, error, trace)

        def on_thread_exception(arguments: threading.ExceptHookArgs) -> None:
            name = arguments.thread.name if arguments.thread else "a thread that has ended"
            error = arguments.exc_value or arguments.exc_type()
            log.critical(
                "Unhandled exception in %s", name, exc_info=(type(error), error, arguments.exc_traceback)
            )
            former[1](arguments)

        def on_unraisable(arguments: sys.UnraisableHookArgs) -> None:
            log.error("Exception that could not be raised", exc_info=arguments.exc_value)
            former[2](arguments)

        sys.excepthook, threading.excepthook, sys.unraisablehook = (
            on_exception,
            on_thread_exception,
            on_unraisable,
        )
        # A crash inside a library written in C leaves at least the Python side of its stack.
        faulthandler.enable(self._crash_file)
        self._crash_handler = logging.StreamHandler(self._crash_file)
        self._crash_handler.setLevel(logging.CRITICAL)
        self._crash_handler.setFormatter(self._handler.formatter)
        logging.getLogger().addHandler(self._crash_handler)


class _WordlessFormatter(logging.Formatter):
    """Writes tracebacks without the messages that may quote a conversation."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have put its own text of the exception there, to be used by all.
        others_text, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = others_text

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return "".join(_lines(error)).rstrip()


def _lines(error: Fault) -> list[str]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.insert(0, error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines: list[str] = []
    for step in chain:
        lines += ["Followed by:\n"] if lines else []
        lines += _places(step)
        lines.append(f"{type(step).__module__}.{type(step).__qualname__}{_message(step)}\n")
    return lines


def _places(error: BaseException) -> list[str]:
    """Files, lines and functions, without the text of the lines: Python shows that of whatever was run."""
    frames = traceback.extract_tb(error.__traceback__)
    return traceback.StackSummary.from_list(
        [(frame.filename, frame.lineno or 0, frame.name, "") for frame in frames]
    ).format()


def _message(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        # Its own text would name the file, and files are named after conversations.
        return f": [Errno {error.errno}] {error.strerror}"
    return f": {error}" if isinstance(error, TELLING) else " (its message is left out)"
