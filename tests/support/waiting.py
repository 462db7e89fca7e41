"""Waiting for what other threads and processes do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker

PATIENCE_S = 30
"""How long a test waits for what must come. It goes on as soon as that is there, so this costs nothing."""
PATIENCE_MS = PATIENCE_S * 1000


def wait_until(is_true: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    waiting = threading.Event()
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until, "It did not happen in time"
        waiting.wait(0.01)


class PatientQtBot(QtBot):
    """Waits as long as `wait_until` where a test does not say how long; of itself it gives up after 5 s."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitSignals(
        self, signals: Sequence[Any], *, timeout: int = PATIENCE_MS, **how: Any
    ) -> MultiSignalBlocker:
        return super().waitSignals(list(signals), timeout=timeout, **how)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitActive(widget, timeout=timeout)
