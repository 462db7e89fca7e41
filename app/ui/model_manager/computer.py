"""What this computer offers a model, in figures and in words."""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.core.memory_estimate import COMFORTABLE_SHARE, typical_memory
from app.engine.load_options import physical_cores
from app.hub.sizes import gigabytes
from app.hub.verdict import CHAT_CONTEXT

_BYTES_PER_PARAMETER = 0.62
"""In four bits (Q4_K_M), as the files of LFM2.5 are."""
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

    @property
    def largest_parameters(self) -> int:
        """Of a model in four bits that runs well beside what else is open now."""
        room = self.free_bytes * COMFORTABLE_SHARE - typical_memory("lfm2", 0).total_bytes(CHAT_CONTEXT)
        return max(0, round(room / _BYTES_PER_PARAMETER))

    @property
    def facts(self) -> tuple[str, ...]:
        """What it has."""
        cores = f"{self.core_count} core{'' if self.core_count == 1 else 's'}"
        return (
            f"{gigabytes(self.free_bytes)} of {gigabytes(self.memory_bytes)} of memory free",
            f"{self.processor}, {cores}" if self.processor else cores,
            "a graphics card helps" if self.has_graphics else "no graphics card is used",
        )

    @property
    def claim(self) -> str:
        """What it can run, in a sentence."""
        billions = self.largest_parameters / 1e9
        if billions < 0.2:
            return "Little memory is free now. Close other programs, or take the smallest model."
        largest = f"{billions:.0f} billion" if billions >= 2 else f"{billions * 1000:.0f} million"
        if 1 <= billions < 2:
            largest = f"{billions:.1f} billion"
        return f"Models of up to about {largest} parameters run well on this computer."


def look_at_computer(has_graphics: bool) -> Computer:
    """Asks the system; may take a moment on a Mac."""
    memory = psutil.virtual_memory()
    return Computer(memory.total, memory.available, physical_cores(), _processor(), has_graphics)


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
