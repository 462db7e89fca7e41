"""The log says what went wrong, and nothing that was said in a conversation."""

import faulthandler
import linecache
import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.core.errors import StoreError, UserError
from app.log import CRASH_FILE_NAME, LARGEST_FILE, OLDER_FILES, Log

SECRET = "my diagnosis"


@pytest.fixture
def log(tmp_path):
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    # The hooks that were there would report to the test runner.
    sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *_arguments: None
    level = logging.getLogger().level
    opened = Log(tmp_path / "logs")
    yield opened
    opened.close()
    faulthandler.enable(sys.__stderr__)  # The test runner's own, which the log took over.
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.getLogger().setLevel(level)


def written(log):
    return log.path.read_text(encoding="utf-8")


def test_our_notes_and_other_peoples_warnings_are_kept(log):
    logging.getLogger("app.engine").info("Loaded in %d ms", 17)
    logging.getLogger("app.engine").debug("too much")
    logging.getLogger("httpx").info("GET https://example.org/?q=words")
    logging.getLogger("httpx").warning("slow")
    text = written(log)
    assert "INFO app.engine: Loaded in 17 ms" in text
    assert "WARNING httpx: slow" in text
    assert "too much" not in text
    assert "example.org" not in text


def fail(problem):
    raise problem


def raised(problem):
    try:
        fail(problem)
    except BaseException as caught:
        return caught


@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, RuntimeError, UserError, UnicodeError, AssertionError]
)
def test_a_message_that_may_quote_a_conversation_is_left_out(log, kind):
    problem = raised(kind(SECRET))
    logging.getLogger("app.ui").error("It failed", exc_info=problem)
    text = written(log)
    assert "It failed" in text
    assert 'test_log.py", line' in text
    assert f"{kind.__name__} (its message is left out)" in text
    assert SECRET not in text


def test_a_message_of_the_system_is_kept_and_so_is_the_chain(log):
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as first:
            raise OSError(28, "No space left on device") from first
    except OSError:
        logging.getLogger("app").exception("Not saved")
    text = written(log)
    assert "No space left on device" in text
    assert text.index("ValueError") < text.index("Followed by:") < text.index("OSError")
    assert SECRET not in text


def test_the_name_of_a_file_is_left_out(log):
    """An export is named after its conversation."""
    try:
        Path(f"/{SECRET}/{SECRET}.md").read_text(encoding="utf-8")
    except OSError:
        logging.getLogger("app").exception("Not written")
    text = written(log)
    assert "FileNotFoundError: [Errno 2] No such file or directory" in text
    assert SECRET not in text


def test_lines_of_code_that_was_put_together_at_run_time_are_left_out(log):
    """A chat template becomes such code; Python shows the lines where it still has them."""
    source = f"def made_from_a_text():\n    return {SECRET!r} / 1\nmade_from_a_text()"
    linecache.cache["<template>"] = (len(source), None, source.splitlines(keepends=True), "<template>")
    try:
        exec(compile(source, "<template>", "exec"), {})
    except TypeError:
        logging.getLogger("app").exception("Not rendered")
    finally:
        del linecache.cache["<template>"]
    text = written(log)
    assert 'File "<template>", line 2, in made_from_a_text' in text
    assert SECRET not in text


def test_an_exception_that_nobody_caught_is_logged(log):
    problem = raised(ZeroDivisionError(SECRET))
    sys.excepthook(type(problem), problem, problem.__traceback__)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    thread = threading.Thread(target=fail, args=(LookupError(SECRET),), name="reader")
    thread.start()
    thread.join()
    text = written(log)
    assert "CRITICAL app.log: Unhandled exception\n" in text
    assert "ZeroDivisionError" in text
    assert "Unhandled exception in reader" in text
    assert "LookupError" in text
    assert "KeyboardInterrupt" not in text
    assert SECRET not in text


def test_the_log_does_not_grow_without_end(log):
    logger = logging.getLogger("app.test")
    for _ in range((OLDER_FILES + 2) * LARGEST_FILE // 10_000):
        logger.info("x" * 10_000)
    files = list(log.path.parent.glob("tarn.log*"))
    assert len(files) == OLDER_FILES + 1
    assert all(file.stat().st_size <= LARGEST_FILE for file in files)


def test_closing_gives_the_hooks_back(tmp_path):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    handlers = list(logging.getLogger().handlers)
    level = logging.getLogger().level
    Log(tmp_path).close()
    faulthandler.enable(sys.__stderr__)
    logging.getLogger().setLevel(level)
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    assert logging.getLogger().handlers == handlers


def test_a_crash_in_native_code_leaves_its_stack(tmp_path):
    program = (
        "import ctypes, sys; from pathlib import Path; from app.log import Log\n"
        "log = Log(Path(sys.argv[1]))\n"
        "def crash_here(): ctypes.string_at(0)\n"
        "crash_here()\n"
    )
    root = Path(__file__).parent.parent
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=root, capture_output=True)
    assert run.returncode != 0
    assert "crash_here" in (tmp_path / CRASH_FILE_NAME).read_text()


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "logs").write_text("in the way")
    with pytest.raises(StoreError, match="The log cannot be written") as caught:
        Log(tmp_path / "logs")
    assert "--data-dir" in caught.value.hint
