"""A run that ends by a fault leaves a report, which is offered once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import __version__
from app.core.risky_work import Crash
from app.crash_report import KEPT, collect_crash_report, crash_in
from app.log import CRASH_FILE_NAME

ROOT = Path(__file__).parent.parent
SECRET = "my private words"
LOGGING = "import sys\nfrom pathlib import Path\nfrom app.log import Log\nlog = Log(Path(sys.argv[1]))"
FATAL = """
import os, signal
def the_place_of_the_fault():
    os.kill(os.getpid(), signal.SIGSEGV)
the_place_of_the_fault()
"""


def run_until_it_crashes(folder: Path, fault: str) -> int:
    program = f"{LOGGING}\n{fault}"
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, check=False
    ).returncode


@pytest.mark.skipif(os.name != "posix", reason="Signals are a thing of POSIX systems")
def test_a_fatal_signal_leaves_a_report_of_where_it_happened(tmp_path: Path) -> None:
    assert run_until_it_crashes(tmp_path, FATAL) == -signal.SIGSEGV
    report = collect_crash_report(tmp_path)
    assert report is not None
    text = report.read_text(encoding="utf-8")
    assert "Segmentation fault" in text
    assert "the_place_of_the_fault" in text
    assert crash_in(report) is not None
    assert f"Tarn      {__version__}" in text


def test_an_exception_that_nobody_caught_leaves_a_report_without_its_words(tmp_path: Path) -> None:
    assert run_until_it_crashes(tmp_path, f"raise ValueError({SECRET!r})") == 1
    report = collect_crash_report(tmp_path)
    assert report is not None
    text = report.read_text(encoding="utf-8")
    assert "builtins.ValueError" in text
    assert SECRET not in text
    assert crash_in(report) is None


@pytest.mark.parametrize(
    "fault",
    [
        f"words = {SECRET!r}; words.no_such_method()",
        f"open('/{SECRET}')",
        f"import threading; threading.Thread(target=lambda: {SECRET!r} + 1).start()",
        f"try: int({SECRET!r})\nexcept ValueError as error: raise KeyError({SECRET!r}) from error",
        f"problem = RuntimeError(); problem.add_note({SECRET!r}); raise problem",
        f"raise ExceptionGroup({SECRET!r}, [ValueError({SECRET!r})])",
        f"def tell(words): raise OSError(5, 'I/O error', words)\ntell({SECRET!r})",
        f"eval({SECRET!r})",
    ],
)
def test_no_way_to_end_by_an_exception_brings_words_into_the_report(tmp_path: Path, fault: str) -> None:
    run_until_it_crashes(tmp_path, fault)
    report = collect_crash_report(tmp_path)
    assert report is not None
    text = report.read_text(encoding="utf-8")
    assert 'File "<string>", line' in text
    assert SECRET not in text


def test_a_fault_is_reported_once(tmp_path: Path) -> None:
    run_until_it_crashes(tmp_path, "raise KeyError")
    assert collect_crash_report(tmp_path) is not None
    assert collect_crash_report(tmp_path) is None


def test_a_run_that_ended_well_leaves_none(tmp_path: Path) -> None:
    assert run_until_it_crashes(tmp_path, "log.close()") == 0
    assert collect_crash_report(tmp_path) is None


def test_the_first_start_finds_none(tmp_path: Path) -> None:
    assert collect_crash_report(tmp_path / "not there yet") is None


def test_old_reports_are_deleted(tmp_path: Path) -> None:
    for day in range(1, 9):
        crash_file = tmp_path / CRASH_FILE_NAME
        crash_file.write_text(f"fault of day {day}", encoding="utf-8")
        os.utime(crash_file, (day * 86_400, day * 86_400))
        newest = collect_crash_report(tmp_path)
    kept = sorted(tmp_path.glob("crash-*.txt"))
    assert len(kept) == KEPT
    assert kept[-1] == newest


@pytest.mark.skipif(os.name != "posix", reason="Signals are a thing of POSIX systems")
def test_a_report_tells_the_thread_that_crashed(tmp_path: Path) -> None:
    told = tmp_path / "thread"
    fault = f"""
import os, threading, time
def crash():
    Path({str(told)!r}).write_text(str(threading.get_ident()))
    os.abort()
threading.Thread(target=crash).start()
time.sleep(60)
"""
    run_until_it_crashes(tmp_path, fault)
    report = collect_crash_report(tmp_path)
    assert report is not None
    assert crash_in(report) == Crash(int(told.read_text()))
