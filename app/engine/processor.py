"""What the system tells of this computer's processor."""

from __future__ import annotations

import contextlib
import platform
from pathlib import Path


def processor_name() -> str:
    """What the processor calls itself."""
    return _cpu_info("model name") or platform.processor() or platform.machine()


def instruction_sets() -> tuple[str, str]:
    """What it can do, as Linux lists it for two kinds of processors; empty texts elsewhere.

    In a virtual machine that is less than its name promises.
    """
    return _cpu_info("flags"), _cpu_info("Features")


def _cpu_info(name: str) -> str:
    """A line of Linux's description of the first processor; empty elsewhere."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    return ""
