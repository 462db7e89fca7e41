"""What the next prompts may be, before it is known what will be asked."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.conversation import MessageNode
from app.core.language_model import LanguageModel
from app.core.message import DocumentPart, Message, Role
from app.core.turn_request import TurnRequest

_CONTINUATIONS = ("a", "7")
"""Words of different kinds: no tokenizer makes them begin with the same token."""


def next_prompts(
    model: LanguageModel, request: TurnRequest, words: str, documents: Sequence[DocumentPart] = ()
) -> list[tuple[Message, ...]]:
    """Prompts that answer a message which begins with these words, and goes on in different ways.

    What their renderings begin with alike, the real prompt begins with too. `documents` are attached to it.

    Raises:
        PromptTooLongError: the message does not fit.
    """
    texts = [f"{words} {more}".lstrip() for more in _CONTINUATIONS]
    questions = [Message.of_text(Role.USER, text, documents) for text in texts]
    choice = request.choose_messages(model, (*request.path, MessageNode(questions[0])))
    return [(*choice.messages[:-1], question) for question in questions]


def whole_words(typed: str) -> str:
    """What is typed, without the word that may not be finished yet."""
    text = typed.lstrip()
    unfinished = len(text.split()[-1]) if text and not text[-1].isspace() else 0
    return text[: len(text) - unfinished].rstrip()
