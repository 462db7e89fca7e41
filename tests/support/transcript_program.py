"""A window with nothing but a transcript, for whoever asks about it from outside.

Each line of the input is one thing to happen; what the reader wanted done is printed.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from app.core.attachment import Attachment
from app.core.message import Message, PicturePart, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.spoken_answers import SpokenAnswers
from app.core.stream import PartGrew
from app.core.tool_call_status import CallState, CallStatus
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer, of_parts, question, unfinished, written

LONG = 3_000
ANSWER = (
    "## Why\n\nBecause [of this](https://a.example):\n\n- one\n\n"
    "```python\nprint(1)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)
FORMULAS = (
    "So $x^2$ it is.\n\n$$\\frac{1}{2}$$\n\n> [!WARNING]\n> Careful.\n\n| n | $n^2$ |\n|--|--|\n| 2 | 4 |\n"
)


def rich() -> list[MessageEntry]:
    """A picture, formulas, a table, a thought, a tool, an alert, and what a question can hold."""
    picture = PicturePart(Attachment("0" * 64, "image/png", "lake.png", 10), 640, 480)
    asked = "> a passage\n\nWhat is `that`?\n```python\nx = 1\n```"
    thought = ReasoningPart("I look **closely**.", "", True, 2_000, 12)
    call = ToolCallPart("calculator", {"expression": "6*7"}, "")
    shown = TextPart(FORMULAS, FORMULAS)
    called = of_parts(thought, call, shown, entry_id="called", result_ids=("result",))
    called = replace(
        called, calls=(CallStatus(1, CallState.DONE, result=ToolResultPart("calculator", "42")),)
    )
    return [MessageEntry("asked", Message.of_text(Role.USER, asked, (picture,))), called]


class Commands(QObject):
    """Reads them on a thread of its own.

    Signals:
        came(str): one of them.
        ended(): there are no more.
    """

    came = Signal(str)
    ended = Signal()

    def read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.strip())
        self.ended.emit()


def do(transcript: Transcript, command: str) -> None:
    match command:
        case "short":
            transcript.show_entries([question("Why?"), answer(ANSWER)])
        case "rich":
            transcript.show_entries(rich())
        case "long":
            transcript.show_entries([question(f"Question {n}", f"q{n}") for n in range(LONG)])
        case "sentences":
            transcript.set_spoken_answers(SpokenAnswers.BY_SENTENCE)
        case "begin":
            transcript.add_entry(question("And then?", "second"))
            transcript.begin_reply(unfinished("new"))
            transcript.feed_reply(written(["It **rained**. Then"]))
            transcript.redraw_reply()
        case "go on":
            transcript.feed_reply([PartGrew(0, " it stopped. And")])
            transcript.redraw_reply()
        case "finish":
            transcript.finish_reply(answer("It **rained**. Then it stopped. And so on", "new"))
        case "remove":
            transcript.remove_from("second")
        case "down" | "right":
            transcript.setFocus(Qt.FocusReason.OtherFocusReason)
            QTest.keyClick(transcript, Qt.Key.Key_Down if command == "down" else Qt.Key.Key_Right)
        case "find":
            transcript.open_find_bar()


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    application = QApplication(sys.argv)
    window = QMainWindow()
    window.setWindowTitle("Shown")
    transcript = Transcript(DARK)
    window.setCentralWidget(transcript)
    window.resize(900, 700)
    window.show()
    window.activateWindow()
    transcript.link_activated.connect(lambda address: say(f"open {address}"))
    commands = Commands()
    commands.came.connect(lambda command: (do(transcript, command), say("done")))
    commands.ended.connect(application.quit)
    threading.Thread(target=commands.read, daemon=True).start()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
