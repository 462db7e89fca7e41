"""Real servers, as other people run them. Each is started here if it is told where it is:

    TARN_LLAMA_CPP_PYTHON=…/bin/python      a Python with `llama-cpp-python[server]`
    TARN_LLAMA_SERVER=…/llama-server        llama.cpp's own
    TARN_VLLM=…/bin/python                  a Python with vLLM, and TARN_VLLM_MODEL=… the tiny model's folder

Each may also be the address of one that runs already.

    uv run pytest -n 0 -m servers tests/e2e/test_real_servers.py

The tiny model and the starter are asked, through the services, as the program does it. What the tiny model
alone does (thinking, calling a tool, naming a colour) is asked of servers that run it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.conversation import MessageState
from app.core.message import Message, Role
from app.core.permission import Decision
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.hub.library.library import find_starter_model
from app.servers.abilities import abilities_of
from app.servers.server import ServerKind
from app.tools.tool import Tool
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.support.chat_harness import ChatHarness
from tests.support.pictures import PROJECTOR, QUESTION, put_picture, said_of

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

READY_S = 300
ANSWER_MS = 120_000
CONTEXT = 1024
STARTER = find_starter_model()


@dataclass(frozen=True)
class Program:
    """A server to start, with a model."""

    kind: ServerKind
    variable: str
    model: Path | None
    arguments: tuple[str, ...]

    @property
    def place(self) -> str:
        """What was told of it: the program, or the address at which it runs already."""
        place = os.environ.get(self.variable, "")
        if not place or self.model is None:
            pytest.skip(f"{self.variable} does not say where it is")
        return place

    def command(self, port: int) -> list[str]:
        program = self.place
        model = os.environ.get("TARN_VLLM_MODEL", "") if self.kind is ServerKind.VLLM else str(self.model)
        return [program, *(it.format(model=model, port=port) for it in self.arguments)]


_PYTHON = ("-m", "llama_cpp.server", "--model", "{model}", "--port", "{port}", "--n_ctx", str(CONTEXT))
_LLAMA = ("-m", "{model}", "--port", "{port}", "-c", str(CONTEXT), "--no-webui", "-t", "2")
_SEEING = (*_LLAMA, "--mmproj", str(PROJECTOR))
_VLLM = (
    *("-m", "vllm.entrypoints.openai.api_server", "--model", "{model}", "--port", "{port}"),
    *("--served-model-name", "tiny-lfm2", "--dtype", "float32", "--max-model-len", str(CONTEXT)),
    *("--enforce-eager", "--enable-auto-tool-choice", "--tool-call-parser", "lfm2"),
)
PROGRAMS = {
    "llama-cpp-python, tiny": Program(
        ServerKind.LLAMA_CPP_PYTHON, "TARN_LLAMA_CPP_PYTHON", TINY_MODEL, _PYTHON
    ),
    "llama-cpp-python, starter": Program(
        ServerKind.LLAMA_CPP_PYTHON, "TARN_LLAMA_CPP_PYTHON", STARTER, _PYTHON
    ),
    "llama-server, tiny": Program(ServerKind.LLAMA_SERVER, "TARN_LLAMA_SERVER", TINY_MODEL, _LLAMA),
    "llama-server, seeing": Program(ServerKind.LLAMA_SERVER, "TARN_LLAMA_SERVER", TINY_MODEL, _SEEING),
    "llama-server, starter": Program(ServerKind.LLAMA_SERVER, "TARN_LLAMA_SERVER", STARTER, _LLAMA),
    "vLLM, tiny": Program(ServerKind.VLLM, "TARN_VLLM", TINY_MODEL, _VLLM),
}


@dataclass(frozen=True)
class Running:
    program: Program
    address: str

    @property
    def is_tiny(self) -> bool:
        return self.program.model == TINY_MODEL


@pytest.fixture(scope="module", params=PROGRAMS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    program = PROGRAMS[request.param]
    if program.place.startswith("http"):
        yield Running(program, program.place)
        return
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(program.command(port), stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + READY_S
        while not _answers(address):
            assert process.poll() is None, log.read_text(errors="replace")[-3000:]
            assert time.monotonic() < until, log.read_text(errors="replace")[-3000:]
            time.sleep(0.2)
        yield Running(program, address)
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/v1/models", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture
def desk(running: Running, qtbot: QtBot, tmp_path: Path) -> Iterator[ChatHarness]:
    """Somebody who has chosen the server's model."""
    desk = ChatHarness(qtbot, tmp_path, ScriptedEngine(), [Tool.of(get_weather)])
    desk.start()
    desk.settings.change(writes_titles=False)
    servers = desk.services.servers
    added = servers.add("studio", running.address)
    qtbot.waitUntil(lambda: bool((found := servers.find(added.id)) and found.report), timeout=ANSWER_MS)
    servers.agree(added.id)
    desk.models.choose(next(model.path for model in desk.models.models if model.server))
    qtbot.waitUntil(lambda: bool(desk.models.info and desk.models.info.server), timeout=ANSWER_MS)
    desk.holds_under(Preset("Brief", Sampling(temperature=0.0, max_tokens=24)))
    yield desk
    desk.shut_down()


def get_weather(city: str) -> dict[str, object]:
    """Get the current weather for a city.

    Args:
        city: City name
    """
    return {"city": city, "temp_c": 18, "sky": "sunny"}


@pytest.fixture
def tiny(desk: ChatHarness, running: Running) -> ChatHarness:
    """Somebody who may ask what only the tiny model answers."""
    if not running.is_tiny:
        pytest.skip("The starter model has not learned this")
    desk.holds_under(Preset("Whole", Sampling(temperature=0.0, max_tokens=200)))
    return desk


def asks(desk: ChatHarness, qtbot: QtBot, text: str) -> Message:
    desk.answers.send(text)
    qtbot.waitUntil(lambda: not desk.answers.is_answering, timeout=ANSWER_MS)
    node = desk.chat.conversation.path()[-1]
    assert node.message.generation is not None
    assert node.message.generation.error == ""
    return node.message


def test_it_says_what_it_is(desk: ChatHarness, running: Running) -> None:
    server = desk.services.servers.servers[0]
    assert server.report is not None
    assert server.report.kind is running.program.kind
    if running.program.kind is not ServerKind.LLAMA_CPP_PYTHON:
        assert server.report.models[0].context_length == CONTEXT
        assert server.report.version


def test_a_conversation_of_two_questions(desk: ChatHarness, qtbot: QtBot) -> None:
    first = asks(desk, qtbot, "Hello! Who are you?")
    assert first.text.strip()
    second = asks(desk, qtbot, "What is the capital of France?")
    assert second.text.strip()
    statistics = second.generation.statistics  # type: ignore[union-attr]
    assert statistics is not None
    assert statistics.generated_tokens > 0
    assert statistics.ttft_ms > 0


def test_the_same_seed_gives_the_same_answer(desk: ChatHarness, qtbot: QtBot) -> None:
    desk.holds_under(Preset("Seeded", Sampling(temperature=1.0, seed=11, max_tokens=16)))
    said = asks(desk, qtbot, "Tell me something.").raw
    desk.answers.regenerate_last()
    qtbot.waitUntil(lambda: not desk.answers.is_answering, timeout=ANSWER_MS)
    assert desk.chat.conversation.path()[-1].message.raw == said


def test_stopping_and_going_on(desk: ChatHarness, qtbot: QtBot, running: Running) -> None:
    desk.holds_under(Preset("Long", Sampling(temperature=0.0, max_tokens=400)))
    desk.answers.send("Tell me a long story.")
    qtbot.waitUntil(lambda: bool(desk.answers.current and desk.answers.current.events), timeout=ANSWER_MS)
    desk.answers.stop()
    qtbot.waitUntil(lambda: not desk.answers.is_answering, timeout=ANSWER_MS)
    node = desk.chat.conversation.path()[-1]
    if node.state is MessageState.COMPLETE:
        pytest.skip("The answer was whole before anybody could stop it")
    assert node.state is MessageState.STOPPED
    desk.answers.continue_answer(node.id)
    qtbot.waitUntil(lambda: not desk.answers.is_answering, timeout=ANSWER_MS)
    continued = desk.chat.conversation.path()[-1]
    if abilities_of(running.program.kind).continues:
        assert continued.message.raw.startswith(node.message.raw)
        assert continued.state is MessageState.COMPLETE
    else:
        assert "cannot continue an answer" in continued.message.generation.error  # type: ignore[union-attr]


def test_a_chat_that_is_too_long_is_a_sentence(desk: ChatHarness, qtbot: QtBot) -> None:
    engine = desk.services.engine
    with pytest.raises(Exception, match=r"too long|holds|refused|failed|before its first word") as caught:
        list(
            engine.answer(
                (Message.of_text(Role.USER, "word " * 6 * CONTEXT),),
                (),
                Sampling(max_tokens=4),
                threading.Event(),
            )
        )
    assert str(caught.value).endswith(".")


def test_four_at_once(desk: ChatHarness, qtbot: QtBot) -> None:
    for number in range(4):
        desk.chat.start_new()
        desk.holds_under(Preset("Brief", Sampling(temperature=0.0, max_tokens=24)))
        desk.answers.send(f"What is 1 + {number}?")
    qtbot.waitUntil(lambda: not desk.answers.is_any_running, timeout=ANSWER_MS)
    desk.waits_until_saved()
    assert len(desk.services.conversations.summaries) == 4


def test_a_thought_is_told_from_the_answer(tiny: ChatHarness, qtbot: QtBot) -> None:
    answer = asks(tiny, qtbot, "What is 17 + 25?")
    assert answer.text == "The answer is **42**."
    assert "17 + 20 = 37" in answer.reasoning


def test_a_tool_is_called_and_its_result_answered(tiny: ChatHarness, qtbot: QtBot, running: Running) -> None:
    if running.program.kind is ServerKind.VLLM:
        pytest.skip("The tiny model, as vLLM computes it, answers the same prompt without a call")
    tiny.conversation_settings.change_tools(("get_weather",))
    if not tiny.services.engine.offers_tools:
        pytest.skip("This server says that its model calls no tools")
    tiny.answers.send("What is the weather in Paris?")
    qtbot.waitUntil(lambda: bool(tiny.waiting_call), timeout=ANSWER_MS)
    tiny.answers.decide(tiny.waiting_call, Decision.ONCE)
    qtbot.waitUntil(lambda: not tiny.answers.is_answering, timeout=ANSWER_MS)
    assert tiny.chat.last_answer() == "It is **18 °C** and sunny in Paris."
    assert [result.name for result in tiny.results()] == ["get_weather"]


def test_a_picture_is_seen(tiny: ChatHarness, qtbot: QtBot, tmp_path: Path) -> None:
    if not tiny.models.can_see:
        pytest.skip("This server's model sees nothing")
    attachments = tiny.services.attachments
    attachments.add_files([put_picture(tmp_path, "blue")])
    qtbot.waitUntil(lambda: len(attachments.current) == 1, timeout=ANSWER_MS)
    tiny.answers.send(QUESTION, attachments.current)
    qtbot.waitUntil(lambda: not tiny.answers.is_answering, timeout=ANSWER_MS)
    assert tiny.chat.last_answer() == said_of("blue")
