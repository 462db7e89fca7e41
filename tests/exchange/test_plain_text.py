"""Plain text has the words of a chat, with who said them."""

from datetime import UTC, datetime

from app.core.conversation import Conversation, MessageNode
from app.core.generation import Generation
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.core.stop_texts import EDITED_NOTE
from app.exchange.plain_text import to_plain_text


def a_conversation() -> Conversation:
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    question = MessageNode(Message.of_text(Role.USER, "Which lake?"), created_at=at)
    parts = (ReasoningPart("Depth.", "Depth."), TextPart("**Baikal**", "**Baikal**"))
    conversation = Conversation(title="Lakes\nand more").with_node(question)
    return conversation.with_node(
        MessageNode(Message(Role.ASSISTANT, parts, Generation("LFM")), question.id, created_at=at)
    )


def test_each_message_stands_below_its_speaker() -> None:
    text = to_plain_text(a_conversation())
    assert text.startswith("Lakes and more\n==============\n\nYou (31 Jan 2026, ")
    assert "\n\nWhich lake?\n\nLFM (31 Jan 2026, " in text
    assert text.endswith("    Thought:\n    Depth.\n\n**Baikal**\n")


def test_thoughts_can_be_left_out() -> None:
    assert "Depth" not in to_plain_text(a_conversation(), include_reasoning=False)


def test_edited_words_are_marked() -> None:
    edited = Message.of_text(Role.USER, "It is deep.").in_role(Role.ASSISTANT)
    text = to_plain_text(Conversation(title="Lakes").with_node(MessageNode(edited)))
    assert text.endswith(f"It is deep.\n\n[{EDITED_NOTE}]\n")
