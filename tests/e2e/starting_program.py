"""A start of the program, for tests of what it does after a crash.

`python -m tests.e2e.starting_program DATA_DIR [--model FILE] [--ask QUESTION] [--deadly NODE_ID]`

Opens the window, prints a line of JSON for each thing that happens (a message, a state of the model, a word
of an answer), and ends as it should when its input is closed. `--deadly`: the process aborts while it puts
this message on screen, as a fault in Qt would have it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QMetaObject, Qt, QTimer

from app.application import Application, create_qt_application
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def make_deadly(node_id: str) -> None:
    show = Transcript.show_entries

    def show_or_die(transcript: Transcript, entries: Sequence[MessageEntry]) -> None:
        if any(entry.id == node_id for entry in entries):
            os.abort()
        show(transcript, entries)

    Transcript.show_entries = show_or_die  # type: ignore[method-assign]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--ask")
    parser.add_argument("--deadly")
    options = parser.parse_args()
    qt = create_qt_application(sys.argv[:1])
    if options.deadly:
        make_deadly(options.deadly)
    application = Application(options.data_dir, first_model=options.model)
    application.window.show()
    services = application.services
    services.models.changed.connect(lambda _change: tell(model=services.models.status.state.value))
    services.context_usage.changed.connect(
        lambda change: tell(tokens=change.use.used_tokens) if change.use else None
    )
    services.answers.changed.connect(lambda change: tell(answer="grew") if change.events else None)
    if options.ask:
        QTimer.singleShot(0, lambda: services.answers.send(options.ask))

    def tell_start() -> None:
        banner = application.window.messages.banner
        chosen = services.models.chosen
        tell(
            conversation=services.chat.conversation.title,
            chosen=str(chosen.path) if chosen else None,
            message=banner.sentence.text() if banner.isVisible() else "",
            buttons=[
                button.text() for button in (banner.action_button, banner.other_button) if button.isVisible()
            ],
        )

    QTimer.singleShot(0, tell_start)

    def wait_for_end() -> None:
        sys.stdin.read()
        QMetaObject.invokeMethod(qt, "quit", Qt.ConnectionType.QueuedConnection)

    threading.Thread(target=wait_for_end, daemon=True).start()
    qt.exec()
    application.shutdown()


if __name__ == "__main__":
    main()
