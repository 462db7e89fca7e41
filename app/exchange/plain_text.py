"""A conversation as plain text, for reading and nothing else."""

from __future__ import annotations

from app.core import formatting
from app.core.conversation import Conversation, MessageNode
from app.core.message import (
    SPEAKERS,
    DocumentPart,
    PassagesPart,
    PicturePart,
    ReasoningPart,
    RecordingPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.stop_texts import file_note
from app.core.translation import tr


def to_plain_text(conversation: Conversation, include_reasoning: bool = True) -> str:
    """The branch on screen, each message below the name of who said it."""
    title = formatting.one_line(conversation.title)
    pieces = [f"{title}\n{'=' * min(72, max(3, len(title)))}"]
    for node in conversation.path():
        local = node.created_at.astimezone()
        pieces.append(f"{_speaker(node)} ({formatting.short_day(node.created_at)}, {local:%H:%M})")
        pieces += _words(node, include_reasoning)
        if note := file_note(node.state, node.message.generation):
            pieces.append(f"[{formatting.one_line(note)}]")
    return "\n\n".join(pieces) + "\n"


def _speaker(node: MessageNode) -> str:
    generation = node.message.generation
    name = generation.speaker if generation and node.role is Role.ASSISTANT else ""
    return formatting.one_line(name) or SPEAKERS[node.role]


def _words(node: MessageNode, include_reasoning: bool) -> list[str]:
    words: list[str] = []
    for part in node.message.parts:
        match part:
            case TextPart(text=text):
                words.append(text.strip("\n"))
            case ReasoningPart(text=text) if include_reasoning:
                words.append(_indented(f"{tr('Thought')}:\n{text.strip()}"))
            case ToolCallPart(name=name, raw=raw):
                words.append(_indented(f"{tr('Called {name}', name=name or tr('a tool'))}:\n{raw.strip()}"))
            case ToolResultPart(name=name, raw=raw):
                words.append(_indented(f"{tr('{name} returned', name=name or tr('A tool'))}:\n{raw.strip()}"))
            case PassagesPart(listed=listed):
                words.append(f"[{listed}]")
            case PicturePart(file=file) | RecordingPart(file=file) | DocumentPart(file=file):
                words.append(f"[{formatting.one_line(file.name) or tr('A file')}]")
    return [text for text in words if text.strip()]


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
