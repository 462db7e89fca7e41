"""A whole conversation with the real engine, where nothing can be drawn.

The tests run this file, and the example of the documentation, in processes of their own in which Qt's windows
cannot be imported.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.core.message import Role
from app.core.permission import Decision
from app.paths import Paths
from app.services.services import Services
from app.tools.tool import Tool

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "data" / "tiny-lfm2.gguf"
TINY_MOE = ROOT / "tests" / "data" / "tiny-lfm2moe-q8.gguf"
LONGEST_WAIT_SECONDS = 120


def get_weather(city: str) -> dict[str, object]:
    """Get the current weather for a city.

    Args:
        city: City name
    """
    return {"city": city, "temp_c": 18, "sky": "sunny"}


class Chat:
    """Somebody who chats without a window."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.chat, self.answers, self.models = services.chat, services.answers, services.models

    def waits(self, is_so: Callable[[], object]) -> None:
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, f"in vain; told was {self.services.notices.last_error}"
            QCoreApplication.processEvents()
            time.sleep(0.002)

    def uses(self, model: Path) -> None:
        self.models.open_file(model)
        self.waits(lambda: self.models.info is not None and self.models.info.path == model)

    def asks(self, text: str) -> str:
        assert self.answers.send(text)
        return self.waits_for_answer()

    def waits_for_answer(self) -> str:
        self.waits(lambda: not self.answers.is_answering)
        return self.chat.last_answer()

    def decides(self, decision: Decision) -> None:
        self.waits(lambda: self.answers.current is None or self.answers.current.waiting_call)
        assert self.answers.current is not None
        assert self.answers.current.waiting_call is not None
        self.answers.decide(self.answers.current.waiting_call.call_id, decision)

    @property
    def roles(self) -> list[Role]:
        return [node.role for node in self.chat.conversation.path()]


@contextmanager
def program(folder: Path, model: Path) -> Iterator[Chat]:
    """The program from its start to its end."""
    services = Services(Paths.below(folder), tools=[Tool.of(get_weather)])
    services.start(model)
    yield Chat(services)
    services.shut_down()


def hold_a_conversation(folder: Path) -> None:
    """The recipe: tools, another model, an edit, and a restart."""
    with program(folder, TINY) as me:
        # A tool is called, allowed, and answered from.
        me.services.conversation_settings.change_tools(("get_weather",))
        assert me.answers.send("What is the weather in Paris?")
        me.decides(Decision.ALWAYS)
        assert me.waits_for_answer() == "It is **18 °C** and sunny in Paris."
        assert me.roles == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT]

        # Another model goes on.
        me.uses(TINY_MOE)
        me.asks("Hello")
        assert me.chat.conversation.model_path == str(TINY_MOE)

        # An earlier question is asked otherwise: another branch, on which only it was said.
        first = me.chat.conversation.path()[0]
        me.chat.begin_edit(first.id)
        me.asks("What is the capital of France?")
        assert me.roles == [Role.USER, Role.ASSISTANT]
        assert len(me.chat.conversation.siblings(first.id)) == 2
        before = me.chat.conversation

    with program(folder, TINY) as me:
        # Everything is there after a restart, the other branch as well.
        assert me.chat.conversation.path() == before.path()
        assert me.chat.conversation.permissions.always == {"get_weather"}
        me.services.versions.show(me.chat.conversation.path()[0].id, 1)
        assert me.chat.conversation.path()[0].message.text == "What is the weather in Paris?"
        assert me.asks("What is the weather in Paris?") == "It is **18 °C** and sunny in Paris."
        assert [summary.title for summary in me.services.conversations.summaries] == [before.title]


def run_without_windows(program: str, *arguments: str) -> str:
    """Runs a program in a process in which Qt's windows cannot be imported; gives what it printed."""
    block = "import sys; sys.modules['PySide6.QtGui'] = sys.modules['PySide6.QtWidgets'] = None"
    command = [sys.executable, "-c", f"{block}; {program}", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_conversation_with_tools_another_model_an_edit_and_a_restart(tmp_path: Path) -> None:
    run_without_windows(
        "import runpy; runpy.run_module('tests.services.test_services', run_name='__main__')",
        str(tmp_path),
    )


def test_the_example_of_a_chat_with_a_tool_answers_from_what_the_tool_says() -> None:
    said = run_without_windows(
        "import runpy; runpy.run_module('examples.chat_with_tools', run_name='__main__')", str(TINY)
    )
    assert said.strip() == "It is **18 °C** and sunny in Paris."


if __name__ == "__main__":
    application = QCoreApplication([])
    hold_a_conversation(Path(sys.argv[1]))
