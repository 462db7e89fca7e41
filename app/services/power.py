"""Whether the computer runs on its battery."""

from __future__ import annotations

import psutil


def is_on_battery() -> bool:
    """Whether no mains power comes in; False where there is no battery, or nothing is known of it.

    It may take some milliseconds: the system asks the battery itself.
    """
    ask = getattr(psutil, "sensors_battery", None)  # Not on every system.
    try:
        battery = ask() if ask else None
    except (OSError, RuntimeError):
        return False
    return battery is not None and battery.power_plugged is False
