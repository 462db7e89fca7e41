"""An exported page shows what the window shows, and does nothing."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.attachment import Attachment
from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.generation import Generation
from app.core.message import (
    Message,
    PicturePart,
    ReasoningPart,
    RecordingPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.stop_texts import EDITED_NOTE
from app.paths import resources
from app.ui.exchange.html_page import html_page
from app.ui.theme import load_theme
from app.ui.transcript.content.message_blocks import SYSTEM_MESSAGE

LIGHT, DARK = (load_theme(resources() / "themes" / f"{name}.toml") for name in ("light", "dark"))
DATA = b"picture"
HARMFUL = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><script>", "</title><script>"),
    *("[a](javascript:alert(1))", "[a](data:text/html,x)", "![a](http://example.org/x.png)", "<!-- -->"),
    *(
        "`</code><script>`",
        "```\n</code></pre><script>\n```",
        '```"><script>\nx\n```',
        "\ud800",
        "\0",
        "&amp;",
    ),
    *('[a](https://example.org/"onmouseover="x)', "<svg/onload=x>", "$\\href{javascript:x}{y}$"),
)


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += "\n" if tag == "br" else ""
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def said(*messages: Message, title: str = "Lakes") -> Conversation:
    conversation = Conversation(title=title)
    for message in messages:
        conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
    return conversation


def page_of(conversation: Conversation, data: bytes | None = None) -> str:
    return html_page(conversation, lambda _sha256: data, LIGHT, DARK)


def assert_harmless(page: str) -> None:
    read = Reader(page)
    assert not {"script", "iframe", "object", "embed", "form", "link", "base", "svg"} & set(read.tags)
    for name, value in read.attributes:
        assert not name.startswith("on")
        if name == "href":
            assert value.startswith(("http://", "https://", "mailto:"))
        if name == "src":
            assert value.startswith(("data:image/", "data:audio/"))
    assert "default-src 'none'" in dict(read.attributes)["content"] or "default-src" in page


def test_the_page_has_all_parts_in_their_form() -> None:
    conversation = said(
        Message.of_text(Role.USER, "Which lake?\nThe deepest."),
        Message(
            Role.ASSISTANT,
            (
                ReasoningPart("Depth, **not** area.", "", True, 4000),
                ToolCallPart("search", {"q": "lake"}, '{"q": "lake"}'),
            ),
            Generation("LFM2.5"),
        ),
        Message(Role.TOOL, (ToolResultPart("search", "Baikal <deep>"),)),
        Message(
            Role.ASSISTANT, (TextPart("**Baikal**\n\n```python\nx = 1\n```\n\n| a |\n|---|\n| b |", ""),)
        ),
    )
    page = page_of(conversation)
    read = Reader(page)
    for words in ("Lakes", "Which lake?\nThe deepest.", "LFM2.5", "Thought for 4 s", "Called search"):
        assert words in read.text
    assert "<b>Baikal</b>" in page
    assert "Baikal &lt;deep&gt;" in page
    assert '<span class="number">1</span>' in page
    assert {"details", "summary", "table", "pre"} <= set(read.tags)
    assert "prefers-color-scheme: dark" in page
    assert LIGHT.surface in page
    assert DARK.surface in page
    assert_harmless(page)


@pytest.mark.parametrize("harm", HARMFUL)
def test_nothing_in_a_chat_becomes_active(harm: str) -> None:
    file = Attachment(hashlib.sha256(DATA).hexdigest(), 'image/png" onerror="x', harm, len(DATA))
    conversation = said(
        Message(Role.USER, (PicturePart(file, 3, 3), TextPart(harm, harm))),
        Message(
            Role.ASSISTANT,
            (
                TextPart(harm, harm),
                ReasoningPart(harm, harm),
                ToolCallPart(harm, {}, harm),
                ToolResultPart(harm, harm),
            ),
            Generation(harm, error=harm),
        ),
        title=harm,
    )
    page = page_of(conversation, DATA)
    assert_harmless(page)
    page.encode()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(HARMFUL) | st.text(max_size=12), max_size=6).map("\n".join))
def test_no_mixture_becomes_active(text: str) -> None:
    page = page_of(said(Message.of_text(Role.USER, text), Message.of_text(Role.ASSISTANT, text)))
    assert_harmless(page)


def test_a_stopped_answer_says_so_and_a_missing_picture_too() -> None:
    file = Attachment("a" * 64, "image/png", "Lake.png", 1)
    conversation = said(Message(Role.USER, (PicturePart(file, 3, 3),)))
    node = MessageNode(
        Message.of_text(Role.ASSISTANT, "Bai"), conversation.tip_id, state=MessageState.STOPPED
    )
    page = page_of(conversation.with_node(node))
    assert "Lake.png (this picture is missing)" in page
    assert re.search(r'<p class="note">[^<]*[Ss]topped', page)


def test_recordings_are_within_the_page() -> None:
    file = Attachment(hashlib.sha256(DATA).hexdigest(), "audio/wav", "Talk.wav", len(DATA))
    page = page_of(said(Message(Role.USER, (RecordingPart(file, 3000),))), DATA)
    assert '<audio controls src="data:audio/wav;base64,cGljdHVyZQ=="' in page
    assert_harmless(page)


def test_pictures_are_within_the_page() -> None:
    file = Attachment(hashlib.sha256(DATA).hexdigest(), "image/png", "Lake.png", len(DATA))
    page = page_of(said(Message(Role.USER, (PicturePart(file, 30, 20),))), DATA)
    assert 'src="data:image/png;base64,cGljdHVyZQ=="' in page


def test_code_and_quotes_of_the_user_are_set_and_all_else_stays_as_it_was_typed() -> None:
    typed = "> a passage\n\n# No heading, `code` and <b>\n```python\nx = 1\n```"
    page = page_of(said(Message.of_text(Role.USER, typed)))
    assert "<blockquote><p>a passage</p></blockquote>" in page
    assert "<p># No heading, <code>code</code> and &lt;b&gt;</p>" in page
    assert '<pre dir="ltr"><code>x' in page
    assert_harmless(page)


def test_edited_words_and_system_messages_are_marked() -> None:
    edited = Message.of_text(Role.USER, "It is deep.").in_role(Role.ASSISTANT)
    page = page_of(said(Message.of_text(Role.SYSTEM, "Be brief."), edited))
    assert f'<p class="note">{EDITED_NOTE}</p>' in page
    assert f'<p class="name">{SYSTEM_MESSAGE}</p>' in page
