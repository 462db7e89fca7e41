"""A chat with a tool, held without a window: `uv run python -m examples.chat_with_tools MODEL.gguf`."""

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.core.permission import Decision
from app.paths import Paths
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.services import Services
from app.tools.tool import Tool


def get_weather(city: str) -> dict[str, object]:
    """Get the current weather for a city."""
    return {"city": city, "temp_c": 18, "sky": "sunny"}


def follow(change: AnswerChange) -> None:
    """Allows every call once, and ends with the answer."""
    if call := change.answer.waiting_call:
        services.answers.decide(call.call_id, Decision.ONCE)
    if change.part is AnswerPart.ENDED:
        print(services.chat.last_answer())  # noqa: T201
        application.quit()


application = QCoreApplication([])
services = Services(Paths.below(Path(tempfile.mkdtemp())), tools=[Tool.of(get_weather)])
services.settings.change(new_chat_tools=("get_weather",))
services.answers.changed.connect(follow)
services.start(Path(sys.argv[1]))
services.answers.send("What is the weather in Paris?")
application.exec()
services.shut_down()
