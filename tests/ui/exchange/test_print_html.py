"""A chat as it is printed says the same as its page."""

from __future__ import annotations

import pytest

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role, ToolResultPart
from app.paths import resources
from app.ui.exchange.html_page import html_page
from app.ui.exchange.print_html import print_html
from app.ui.theme import load_theme

LIGHT, DARK = (load_theme(resources() / "themes" / f"{name}.toml") for name in ("light", "dark"))


@pytest.mark.parametrize(
    ("result", "title"),
    [
        (ToolResultPart("clock", "12:00"), "clock returned"),
        (ToolResultPart("clock", "No.", is_error=True), "clock failed"),
        (ToolResultPart("clock", "No.", is_error=True, is_refused=True), "clock was denied"),
        (ToolResultPart("clock", "No.", is_error=True, is_stopped=True), "clock was stopped"),
        (ToolResultPart("", "12:00"), "A tool returned"),
    ],
)
def test_what_became_of_a_call_is_said(result: ToolResultPart, title: str) -> None:
    conversation = Conversation().with_node(MessageNode(Message(Role.TOOL, (result,))))
    assert title in html_page(conversation, lambda _sha256: None, LIGHT, DARK)
    assert title in print_html(conversation, lambda _sha256: None, LIGHT, 500)
