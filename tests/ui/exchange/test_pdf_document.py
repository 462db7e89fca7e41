"""A chat on paper: pages of the chosen size, with text that can be selected."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QApplication

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role
from app.exchange.export_format import PaperSize
from app.paths import resources
from app.ui.exchange.pdf_document import pdf_document
from app.ui.theme import load_theme


def test_a_long_chat_makes_pages_of_paper(qapp: QApplication) -> None:
    answer = "\n\n".join(f"Paragraph {number} of **many**." for number in range(200))
    conversation = Conversation(title="Long").with_node(
        MessageNode(Message.of_text(Role.USER, "Write a lot."))
    )
    conversation = conversation.with_node(
        MessageNode(Message.of_text(Role.ASSISTANT, answer), conversation.tip_id)
    )
    theme = load_theme(resources() / "themes" / "light.toml")
    sizes = {}
    for paper in PaperSize:
        data = pdf_document(conversation, lambda _sha256: None, theme, paper)
        assert data.startswith(b"%PDF-")
        sizes[paper] = re.findall(rb"/MediaBox \[([\d. ]+)\]", data)
        assert len(re.findall(rb"/Type /Page\b", data)) >= 4
        assert b"/ToUnicode" in data  # Text that can be selected, and no picture of it.
    assert sizes[PaperSize.A4] != sizes[PaperSize.LETTER]
