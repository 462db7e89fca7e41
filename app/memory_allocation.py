"""Has the C library give back what was freed.

Model files are loaded by threads that come and go. With glibc's usual settings each thread has a store of
memory of its own, and once a large block has been freed, blocks of its size stay in these stores: after a few
changes of model the process is larger by 50 MB that nobody uses.
"""

from __future__ import annotations

import ctypes
import logging
import sys

log = logging.getLogger(__name__)

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""The names of glibc's settings (mallopt(3))."""
_SETTINGS = {_M_ARENA_MAX: 2, _M_MMAP_THRESHOLD: 512 * 1024, _M_TRIM_THRESHOLD: 1024 * 1024}


def give_back_freed_memory() -> None:
    """Sets glibc so that large blocks go back to the system when freed; elsewhere nothing is done."""
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return  # A system without glibc.
    for setting, value in _SETTINGS.items():
        if not mallopt(setting, value):
            log.info("The C library does not take setting %d", setting)
