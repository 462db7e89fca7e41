"""Keeping what Python compiles, also where the environment has it keep nothing."""

import os
import sys
from pathlib import Path


def keep_in(folder: Path) -> None:
    """Lets this process and those that it starts use modules compiled before, kept here.

    Containers are often set up with PYTHONDONTWRITEBYTECODE. There each of the suite's hundreds of processes
    would compile all that it imports, which takes ten times as long as importing it.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
