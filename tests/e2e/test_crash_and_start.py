"""The program dies of something, and is started again: nothing that killed it is opened by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role
from app.engine.probe import Probe, TrialVerdict, _identity
from app.paths import Paths
from app.store.store import open_store
from tests.support.gguf_file import with_values
from tests.support.person import TINY_MODEL

ROOT = Path(__file__).parent.parent.parent
DEADLINE_S = 90.0
BUTTONS = ["Try again", "Choose another"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Signals are a thing of POSIX systems")


class Run:
    """A program that was started, and what it tells."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.told: list[dict[str, Any]] = []

    def wait_for(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(json.loads(line))
            if is_it(self.told[-1]):
                return self.told[-1]
        raise AssertionError(f"It ended with {self.process.wait()} after it told {self.told}")

    def wait_for_start(self) -> dict[str, Any]:
        return self.wait_for(lambda told: "conversation" in told)

    def wait_for_work(self) -> None:
        """Until the model was loaded and has counted the conversation."""
        self.wait_for(lambda told: "tokens" in told)

    def wait_for_death(self) -> None:
        assert self.process.stdout is not None
        self.told += [json.loads(line) for line in self.process.stdout]
        assert self.process.wait() < 0


@contextmanager
def program(data_dir: Path, *arguments: str) -> Iterator[Run]:
    command = [sys.executable, "-m", "tests.e2e.starting_program", str(data_dir), *arguments]
    environment = {**os.environ, "GGML_NO_BACKTRACE": "1"}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield Run(process)
            assert process.stdin is not None
            process.stdin.close()
            process.wait(DEADLINE_S)
        finally:
            process.kill()


def kill_during(run: Run, data_dir: Path, work: str) -> None:
    """Kills the program as soon as its mark says that it is at this work."""
    folder = Paths.below(data_dir).marks
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if any(f'"{work}"' in path.read_text() for path in folder.glob("process-*.json")):
            run.process.kill()
            return
        time.sleep(0.001)
    raise AssertionError(f"It never came to {work}")


def talk(title: str, words: str) -> Conversation:
    node = MessageNode(Message.of_text(Role.USER, words), id=f"question in {title}")
    return replace(Conversation(title=title, nodes=(node,), tip_id=node.id), is_titled_by_user=True)


def keep(data_dir: Path, *conversations: Conversation) -> None:
    """Puts conversations into the data folder; the first one was open last."""
    paths = Paths.below(data_dir)
    paths.create_folders()
    with closing(open_store(paths.conversations).conversations) as store:
        for conversation in conversations:
            store.create(conversation)
        store.set_last_open_id(conversations[0].id)


def used_last(data_dir: Path, model: Path) -> Path:
    paths = Paths.below(data_dir)
    paths.create_folders()
    paths.settings.write_text(tomli_w.dumps({"last_model": str(model)}), encoding="utf-8")
    return model


@pytest.fixture
def killer(tmp_path: Path, data_dir: Path) -> Path:
    """A model whose tokenizer aborts the process, and which a trial of old let through."""
    path = tmp_path / "killer.gguf"
    path.write_bytes(with_values(TINY_MODEL, {"tokenizer.ggml.model": "llama"}))
    Probe(Paths.below(data_dir).trials)._remember(path, _identity(path, None), TrialVerdict())
    return path


def test_a_model_that_kills_the_program_does_so_once(data_dir: Path, killer: Path) -> None:
    keep(data_dir, talk("Lakes", "What is a tarn?"))
    used_last(data_dir, killer)
    with program(data_dir) as first:
        assert first.wait_for_start()["message"] == ""
        first.wait_for_death()
    for _ in range(2):
        with program(data_dir) as later:
            start = later.wait_for_start()
            assert start["chosen"] is None
            assert start["message"] == "Tarn ended unexpectedly while “killer.gguf” read a chat."
            assert start["buttons"] == BUTTONS
            assert start["conversation"] == "Lakes", "the conversation is innocent"
            time.sleep(0.5)
            assert later.process.poll() is None
        assert later.process.returncode == 0


def test_it_does_so_once_also_where_it_is_asked_for_by_name(data_dir: Path, killer: Path) -> None:
    keep(data_dir, talk("Lakes", "What is a tarn?"))
    with program(data_dir, "--model", str(killer)) as first:
        first.wait_for_death()
    with program(data_dir, "--model", str(killer)) as second:
        start = second.wait_for_start()
        assert (start["chosen"], start["buttons"]) == (None, BUTTONS)
    with program(data_dir, "--model", str(TINY_MODEL)) as third:
        assert third.wait_for_start()["message"] == ""
        third.wait_for_work()


def test_a_file_that_was_mended_is_loaded_as_any_other(data_dir: Path, killer: Path) -> None:
    keep(data_dir, talk("Lakes", "What is a tarn?"))
    used_last(data_dir, killer)
    with program(data_dir) as first:
        first.wait_for_death()
    killer.write_bytes(TINY_MODEL.read_bytes())
    with program(data_dir) as second:
        assert second.wait_for_start()["message"] == "Tarn closed unexpectedly last time."
        second.wait_for_work()


def test_a_kill_while_a_model_is_loaded_leaves_it_to_the_user(data_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(TINY_MODEL.read_bytes())
    used_last(data_dir, copy)
    with program(data_dir) as first:
        kill_during(first, data_dir, "load_model")
    with program(data_dir) as second:
        start = second.wait_for_start()
        assert start["message"] == "Tarn ended unexpectedly while it loaded “copy.gguf”."
        assert (start["chosen"], start["buttons"]) == (None, BUTTONS)
    with program(data_dir, "--model", str(copy)) as third:
        assert third.wait_for_start()["message"] == ""
        third.wait_for(lambda told: told.get("model") == "Ready")
    with program(data_dir) as fourth:
        assert fourth.wait_for_start()["message"] == ""
        fourth.wait_for(lambda told: told.get("model") == "Ready")


def test_a_kill_in_the_middle_of_an_answer_changes_nothing(data_dir: Path) -> None:
    for _ in range(2):
        with program(data_dir, "--ask", "Write a very long story.") as run:
            assert run.wait_for_start()["message"] == ""
            run.wait_for(lambda told: "answer" in told)
            run.process.kill()


def test_a_kill_while_nothing_is_done_changes_nothing(data_dir: Path) -> None:
    keep(data_dir, talk("Lakes", "What is a tarn?"))
    used_last(data_dir, TINY_MODEL)
    for _ in range(2):
        with program(data_dir) as run:
            assert run.wait_for_start()["message"] == ""
            run.wait_for_work()
            time.sleep(1.5)
            run.process.kill()


def test_a_conversation_that_kills_the_program_does_so_once(data_dir: Path) -> None:
    keep(data_dir, talk("Deadly", "..."), talk("Lakes", "What is a tarn?"))
    used_last(data_dir, TINY_MODEL)
    deadly = ("--deadly", "question in Deadly")
    with program(data_dir, *deadly) as first:
        first.wait_for_death()
    for _ in range(2):
        with program(data_dir, *deadly) as later:
            start = later.wait_for_start()
            assert start["conversation"] == "New chat"
            assert start["message"] == "Tarn ended unexpectedly when it opened “Deadly”."
            assert start["buttons"] == ["Try again"]
            later.wait_for(lambda told: told.get("model") == "Ready")
        assert later.process.returncode == 0


def test_a_kill_right_after_the_start_changes_nothing(data_dir: Path) -> None:
    keep(data_dir, talk("Lakes", "What is a tarn?"))
    used_last(data_dir, TINY_MODEL)
    with program(data_dir, "--model", str(TINY_MODEL)) as first:
        kill_during(first, data_dir, "open_conversation")
    with program(data_dir) as second:
        start = second.wait_for_start()
        assert (start["conversation"], start["message"]) == ("Lakes", "")
        second.wait_for_work()
