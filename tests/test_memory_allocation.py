"""Large blocks that are freed go back to the system, however large the ones freed before were."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys
from app.memory_allocation import give_back_freed_memory

if sys.argv[1] == "set":
    give_back_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.free(libc.malloc(24_000_000))  # From here on, glibc would take blocks up to this size from its heap.
place = libc.malloc(8_000_000)
heap = next(line.split()[0] for line in open("/proc/self/maps") if line.rstrip().endswith("[heap]"))
first, last = (int(part, 16) for part in heap.split("-"))
print(first <= place < last)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="these are settings of glibc")
@pytest.mark.parametrize(("setting", "is_in_heap"), [("leave", "True"), ("set", "False")])
def test_a_large_block_is_not_taken_from_the_heap(setting: str, is_in_heap: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, setting], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == is_in_heap
