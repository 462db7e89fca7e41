"""What is left after the program was killed in the middle of an answer."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from app.core.conversation import MessageState
from app.store.store import open_store

KILLS = 20
LOST_AT_MOST_S = 1.0


def _stream_and_kill(data_dir: Path, after_s: float) -> list[tuple[float, int]]:
    """Kills the program some time after its first word; gives times and the characters streamed by then."""
    command = [sys.executable, "-m", "tests.e2e.answering_program", str(data_dir)]
    seen: list[tuple[float, int]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            for line in program.stdout:
                at, count = line.split()
                seen.append((float(at), int(count)))
                if seen[-1][0] - seen[0][0] >= after_s:
                    break
        finally:  # Also where this test is stopped for its time: leaving the block waits for the program.
            program.kill()
        killed_at = time.monotonic()
    return [(killed_at - at, count) for at, count in seen]


def test_a_kill_in_mid_answer_loses_at_most_the_last_second(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    moments = random.Random(7)
    for number in range(1, KILLS + 1):
        streamed = _stream_and_kill(data_dir, moments.uniform(0.2, 2.0))
        due = max((count for age, count in streamed if age > LOST_AT_MOST_S), default=0)
        with closing(sqlite3.connect(data_dir / "conversations.db")) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        store = open_store(data_dir / "conversations.db").conversations
        summaries = store.list_summaries()
        answer = store.load(summaries[0].id).path()[-1]
        store.close()
        assert len(summaries) == number
        # Some stories end by themselves before the program is killed.
        assert answer.state in (MessageState.STOPPED, MessageState.COMPLETE)
        assert len(answer.message.text) >= due, f"kill {number}: {due} characters were due"
