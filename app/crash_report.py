"""What is left of a run that ended by a fault: a file that stays on this computer."""

from __future__ import annotations

import datetime
import platform
import re
import sys
from pathlib import Path

from app import __version__
from app.core.risky_work import Crash
from app.log import CRASH_FILE_NAME

KEPT = 5
"""Older reports are deleted."""
_DEATHS = ("Fatal Python error: ", "Windows fatal exception: ")
"""How the part of a report begins that Python's faulthandler writes when the process dies."""
_CRASHED_THREAD = re.compile(r"^Current thread 0x([0-9a-f]{1,16}) ", re.MULTILINE)
_PATTERN = "crash-*.txt"
_HEAD = """Tarn ended by a fault, or met one that it had not foreseen.

Tarn      {version}
Python    {python}
System    {system}
Processor {processor}
Time      {time}

This file was written on this computer and was sent nowhere. It holds the places in the program that were
running, and no words of a conversation.

"""


def collect_crash_report(folder: Path) -> Path | None:
    """Makes a report of what the last run left in its log folder; None if it left nothing.

    To be called before the log is opened. A fault is reported once.
    """
    crash_file = folder / CRASH_FILE_NAME
    try:
        left = crash_file.read_text(encoding="utf-8", errors="replace").strip()
        if not left:
            return None
        time = datetime.datetime.fromtimestamp(crash_file.stat().st_mtime).astimezone()
        report = folder / f"crash-{time:%Y-%m-%d-%H%M%S}.txt"
        report.write_text(_head(time) + left + "\n", encoding="utf-8")
        crash_file.unlink()
        for old in sorted(folder.glob(_PATTERN))[:-KEPT]:
            old.unlink()
    except OSError:
        return None
    return report


def crash_in(report: Path) -> Crash | None:
    """The crash that ended the run; None where its report tells only of faults that are survived."""
    try:
        text = report.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    if not any(line.startswith(_DEATHS) for line in text.splitlines()):
        return None
    threads = _CRASHED_THREAD.findall(text)
    return Crash(int(threads[-1], 16) if threads else None)


def _head(time: datetime.datetime) -> str:
    return _HEAD.format(
        version=__version__,
        python=sys.version.split()[0],
        system=platform.platform(),
        processor=platform.processor() or platform.machine(),
        time=time.isoformat(" ", "seconds"),
    )
