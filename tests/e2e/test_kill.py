"""What is left after the program was killed in the middle of an answer."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from app.core.answer_builder import SAVE_INTERVAL_SECONDS
from app.core.conversation import MessageState
from app.store.store import open_store
from tests.support.effort import EFFORT

KILLS = 4 * EFFORT


def _stream_and_kill(data_dir: Path, after_s: float) -> tuple[int, int]:
    """Kills the program some time after its first word.

    Returns:
        How many characters it said were streamed, and how many were saved.
    """
    command = [sys.executable, "-m", "tests.e2e.answering_program", str(data_dir)]
    told = {"streamed": 0, "saved": 0}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            kill_at = 0.0
            for line in program.stdout:
                what, count = line.split()
                told[what] = int(count)
                kill_at = kill_at or (time.monotonic() + after_s if told["streamed"] else 0.0)
                if what == "ended" or (kill_at and time.monotonic() >= kill_at):
                    break
        finally:  # Also where this test is stopped for its time: leaving the block waits for the program.
            program.kill()
    return told["streamed"], told["saved"]


def test_a_kill_in_mid_answer_loses_nothing_that_was_saved(data_dir: Path) -> None:
    """An answer is saved every `SAVE_INTERVAL_SECONDS` while it is written."""
    moments = random.Random(7)
    most_saved = 0
    for number in range(1, KILLS + 1):
        streamed, saved = _stream_and_kill(data_dir, moments.uniform(0.2, 3 * SAVE_INTERVAL_SECONDS))
        most_saved = max(most_saved, saved)
        with closing(sqlite3.connect(data_dir / "conversations.db")) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        store = open_store(data_dir / "conversations.db").conversations
        summaries = store.list_summaries()
        answer = store.load(summaries[0].id).path()[-1]
        store.close()
        assert streamed
        assert len(summaries) == number
        # Some stories end by themselves before the program is killed.
        assert answer.state in (MessageState.STOPPED, MessageState.COMPLETE)
        assert len(answer.message.text) >= saved, f"kill {number}"
    assert most_saved, "nothing was saved while it was written"
