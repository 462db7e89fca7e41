"""Pictures of a conversation that outgrows the model's context, for people to look at.

`uv run python -m tests.screenshots.context [FOLDER]` writes PNG files; nothing is compared.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QToolTip

from app.application import Application, create_qt_application
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.ui.chat.answer_details import AnswerDetails
from tests.screenshots.options import options
from tests.screenshots.program import SIZES, TINY_MODEL, Photographer

CONTEXT = 512


def main() -> None:
    told = options()
    create_qt_application([])
    with tempfile.TemporaryDirectory() as data:
        application = Application(Path(data), [TINY_MODEL.parent], first_model=TINY_MODEL)
        sampling = Sampling(temperature=0)
        application.services.presets.store.create(
            Preset("Short memory", sampling, "Answer briefly.", context_length=CONTEXT)
        )
        application.services.presets.store.bind(TINY_MODEL.name, "Short memory")
        application.window.show()
        application.load_model(TINY_MODEL)
        _take_all(Photographer(application, told), application, told.folder)
        application.shutdown()
    QApplication.sendPostedEvents()


def _take_all(photographer: Photographer, application: Application, folder: Path) -> None:
    card = application.window.chat_page.context_overflow_card
    photographer.wait(lambda: application.services.engine.context_length == CONTEXT)
    for question in ["What is the capital of France?"] * 12 + ["Tell me a story."]:
        photographer.ask(question)
        photographer.wait_for_answer()
    photographer.take("context-cut-off")
    photographer.wait(lambda: card.is_offering)
    photographer.take("context-offer")
    application.transcript.scroll_to(_memory_start(application))
    photographer.take("context-line")
    _take_tool_tip(photographer, application, folder)
    _take_details(photographer, application, folder)
    card.summary_button.click()
    photographer.wait(lambda: "word" in card.hint.text())
    photographer.take("context-summary")
    photographer.wait(lambda: bool(application.services.chat.conversation.system_prompt))
    photographer.pause(300)
    photographer.take("context-continued")


def _memory_start(application: Application) -> str:
    path = application.services.chat.conversation.path()
    seen = application.transcript.to_plain_text().split("remembers")[0].count("capital of France?")
    return path[min(2 * seen, len(path) - 1)].id


def _take_tool_tip(photographer: Photographer, application: Application, folder: Path) -> None:
    meter = application.window.chat_page.header.context_meter
    for theme in photographer.themes:
        application.services.settings.change(theme=theme)
        QToolTip.showText(meter.mapToGlobal(meter.rect().bottomLeft()), meter.toolTip(), meter)
        photographer.pause(100)
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and widget.inherits("QTipLabel"):
                widget.grab().save(str(folder / f"context-tip-{theme}.png"))
        QToolTip.hideText()


def _take_details(photographer: Photographer, application: Application, folder: Path) -> None:
    application.window.resize(*SIZES[0])
    for theme in photographer.themes:
        application.services.settings.change(theme=theme)
        application.transcript.figures_requested.emit(application.services.chat.conversation.path()[-1].id)
        photographer.pause(200)
        dialog = application.window.findChild(AnswerDetails)
        if dialog is not None:
            dialog.grab().save(str(folder / f"details-{theme}.png"))
            dialog.close()
            photographer.pause(50)


if __name__ == "__main__":
    main()
