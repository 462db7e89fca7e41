"""The whole program for somebody who hears it: used from another process, over the bus of screen readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.accessibility_bus import accessibility_bus, program_on, what_is_missing
from tests.support.person import TINY_MODEL


def test_a_question_is_written_sent_and_the_answer_heard_and_read(tmp_path: Path, data_dir: Path) -> None:
    if missing := what_is_missing():
        pytest.skip(missing)
    run = tmp_path / "run"
    run.mkdir()
    command = ("main.py", "--data-dir", str(data_dir), str(TINY_MODEL))
    with accessibility_bus(run) as reader, program_on(reader, *command):
        reader.wait_until(lambda: reader.tree("text", "Message", depth=0))
        assert reader.ask("write", role="text", name="Message", text="Hello there")
        reader.wait_until(
            lambda: (
                (button := reader.tree("push button", "Send", depth=0)) and "sensitive" in button["states"]
            )
        )
        assert reader.act("push button", "Send", "Press")
        reader.wait_until(lambda: reader.said)
        messages = reader.tree("list", "Messages")["children"]
        assert [message["role"] for message in messages] == ["list item", "list item"]
        assert messages[0]["name"] == "You\n\nHello there"
        assert messages[1]["name"] == reader.said[-1]
        assert reader.said[-1].startswith("Tiny LFM2.5\n\n")
        assert reader.act("push button", "Copy message", "Press")
        reader.wait_until(lambda: reader.said[-1] == "Copied")
