"""Pictures of documents in the composer and in a conversation, for people to look at.

`uv run python -m tests.screenshots.attached_documents [FOLDER]` writes PNG files; nothing is compared.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QToolButton

from app.application import Application, create_qt_application
from app.core.message import DocumentShare
from app.ui.attachments.document_viewer import DocumentViewer
from tests.screenshots.options import options
from tests.screenshots.program import TINY_MODEL, Photographer
from tests.support.pdf_files import pdf_of

LINES = "The lake of Ohrid is 288 metres deep.\nIts trout lives nowhere else.\n\n"


def main() -> None:
    told = options()
    qt = create_qt_application([])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        application = Application(root / "data", [TINY_MODEL.parent], first_model=TINY_MODEL)
        application.window.show()
        photographer = Photographer(application, told)
        services = application.services
        photographer.wait(lambda: services.engine.info is not None)
        report, notes = root / "Depths of lakes.pdf", root / "notes.md"
        report.write_bytes(pdf_of(*[LINES * 3] * 4))
        notes.write_text("# Notes\n\n- Ohrid\n- Prespa\n" * 4, encoding="utf-8")
        services.attachments.add_files([report, notes])
        photographer.wait(lambda: len(services.attachments.current) == 2)
        photographer.pause(400)
        photographer.take("documents-in-composer")
        button = application.window.chat_page.composer.chips.findChild(QToolButton, "attachment_thumbnail")
        button.click()
        viewer = application.window.findChild(DocumentViewer)
        for theme in photographer.themes:
            services.settings.change(theme=theme)
            photographer.pause(150)
            viewer.grab().save(str(told.folder / f"document-viewer-{theme}.png"))
        viewer.reject()
        photographer.ask("How deep is the lake?")
        photographer.wait_for_answer()
        photographer.pause(300)
        photographer.take("documents-in-chat")
        atlas = root / "Atlas of all lakes.pdf"
        atlas.write_bytes(pdf_of(*[LINES * 8] * 600))
        services.attachments.add_files([atlas])
        card = application.window.chat_page.document_share_card
        photographer.wait(card.isVisible)
        photographer.take("document-too-long")
        application.window.chat_page.composer.edit.setPlainText("Which lake is the deepest?")
        services.document_shares.choose(DocumentShare.PASSAGES, "Which lake is the deepest?")
        photographer.wait(lambda: services.document_shares.state.share is not None)
        photographer.pause(600)
        photographer.take("document-in-parts")
        application.shutdown()
    qt.quit()


if __name__ == "__main__":
    main()
