"""Starts the program once more, when this run has ended: a language that was chosen shows then."""

from __future__ import annotations

import os
import subprocess
import sys

from app.languages.choice import VARIABLE


def start_again() -> None:
    """Starts a process like this one. Call it last: both use the same folders."""
    is_packaged = getattr(sys, "frozen", False)
    arguments = sys.argv[1:] if is_packaged else sys.orig_argv[1:]
    # This run has named its own language there, for the processes that it started.
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    subprocess.Popen([sys.executable, *arguments], env=environment, start_new_session=True)
