"""Waiting for what other threads do."""

import threading
import time


def wait_until(is_true, seconds=5.0):
    waiting = threading.Event()
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until, "It did not happen in time"
        waiting.wait(0.01)
