"""What is left of a run that ended by a fault: a file that stays on this computer."""

from __future__ import annotations

import datetime
import platform
import sys
from pathlib import Path

from app import __version__
from app.log import CRASH_FILE_NAME

KEPT = 5
"""Older reports are deleted."""
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


def _head(time: datetime.datetime) -> str:
    return _HEAD.format(
        version=__version__,
        python=sys.version.split()[0],
        system=platform.platform(),
        processor=platform.processor() or platform.machine(),
        time=time.isoformat(" ", "seconds"),
    )
