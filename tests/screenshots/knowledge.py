"""Pictures of collections: the screen, the choice beside the model, and what was found under a question.

`uv run python -m tests.screenshots.knowledge [FOLDER]` writes PNG files; nothing is compared.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.application import Application, create_qt_application
from app.services.collection_status import IndexingPhase
from tests.screenshots.options import options
from tests.screenshots.program import TINY_MODEL, Photographer
from tests.support.transcript_reader import click

TEXTS = {
    "Kettle.md": "# Kettle\n\n## Returns\n\nThe kettle can be returned within 30 days, in its box.",
    "Lamp.md": "# Lamp\n\n## Faults\n\nThe red light blinks when its sensor is covered with dust.",
    "Empty.md": "",
}


def put_files(folder: Path) -> Path:
    files = folder / "Manuals"
    files.mkdir()
    for name, text in TEXTS.items():
        (files / name).write_text(text)
    return files


def main() -> None:
    told = options()
    qt = create_qt_application([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        application = Application(folder / "data", first_model=TINY_MODEL)
        services, window = application.services, application.window
        photographer = Photographer(application, told)
        window.show()
        window.menus.knowledge_action.trigger()
        photographer.take("knowledge-empty")
        made = services.knowledge.create("Manuals", [put_files(folder)])
        assert made is not None
        photographer.wait(lambda: services.knowledge.status(made.id).phase is IndexingPhase.DONE)
        photographer.take("knowledge")
        window.focus_composer()
        photographer.wait(lambda: services.models.info is not None)
        services.conversation_settings.change_collections([made.id])
        photographer.ask("When can the kettle be returned?")
        photographer.wait_for_answer()
        photographer.take("knowledge-chat")
        click(application.transcript, "Open: 1 passage from Manuals")
        photographer.take("knowledge-chat-open")
        application.shutdown()
        qt.processEvents()


if __name__ == "__main__":
    main()
