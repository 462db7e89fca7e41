"""The memory, processor and graphics card that this computer has for a model."""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.engine.bandwidth import Bandwidth
from app.engine.load_options import physical_cores

_LONG_ANSWER_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Computer:
    """Sizes in bytes. Texts that the system does not tell are empty."""

    memory_bytes: int
    free_bytes: int
    core_count: int
    processor: str = ""
    has_graphics: bool = False
    """Whether the engine was built for a graphics card and found one."""
    bytes_per_second: float = 0.0
    """The bandwidth that the engine has shown, or may be expected to show; 0 where nothing was measured."""


def look_at_computer(has_graphics: bool, bandwidth: Bandwidth) -> Computer:
    """Asks the system and measures its memory once; takes a moment."""
    if not has_graphics:  # The memory of a card shows its bandwidth with the first answer.
        bandwidth.measure()
    memory = psutil.virtual_memory()
    return Computer(
        memory.total,
        memory.available,
        physical_cores(),
        _processor(),
        has_graphics,
        bandwidth.bytes_per_second,
    )


def free_memory() -> int:
    """What programs can still take, in bytes."""
    return int(psutil.virtual_memory().available)


def _processor() -> str:
    try:
        if sys.platform == "darwin":
            asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
            answer = subprocess.run(asked, capture_output=True, text=True, timeout=_LONG_ANSWER_SECONDS)
            return answer.stdout.strip()
        if sys.platform == "linux":
            lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
            named = (line.partition(":")[2] for line in lines if line.startswith("model name"))
            return _plain(next(named, ""))
    except (OSError, subprocess.SubprocessError):
        return ""
    return _plain(platform.processor())


def _plain(name: str) -> str:
    """Without marks of trade and the clock rate."""
    for mark in ("(R)", "(TM)", "(r)", "(tm)", " CPU", " Processor"):
        name = name.replace(mark, "")
    return " ".join(name.partition("@")[0].split())
