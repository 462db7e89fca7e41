"""Whether a server's model has the vocabulary of a file here, found out by having both tokenize the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from app.core.errors import UserError
from app.servers.connection import ServerConnection
from app.servers.server import ServerKind, ServerModel

SAMPLES = (
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n",
    "The quick brown fox: 3.14159, 2026-11-28, don't & won't.\n\n\tdef f(x):\n        return x ** 2  #\n",
    "Grüße aus München, ça va? Привет, мир. 東京は夜の七時。 مرحبا 안녕하세요 😀",
    "<think>\nHm.\n</think>\n\n<|tool_call_start|>[add(a=1)]<|tool_call_end|>",
)
"""Words of ours, in which whatever parts vocabularies shows: marks, numbers, blanks, scripts."""

Tokenize = Callable[[str], list[int]]


def has_same_vocabulary(
    connection: ServerConnection,
    kind: ServerKind,
    model: ServerModel,
    tokenize: Tokenize,
    cancel: threading.Event,
) -> bool:
    """Whether the server makes the same numbers of the samples; False where it does not tell.

    Raises:
        Cancelled: `cancel` was set.
    """
    try:
        return all(_tokens_there(connection, kind, model, text, cancel) == tokenize(text) for text in SAMPLES)
    except UserError:
        return False


def _tokens_there(
    connection: ServerConnection, kind: ServerKind, model: ServerModel, text: str, cancel: threading.Event
) -> list[Any]:
    body = (
        {"content": text, "add_special": False, "parse_special": True}
        if kind is ServerKind.LLAMA_SERVER
        else {"model": model.id, "prompt": text, "add_special_tokens": False}
    )
    answer = connection.post("/tokenize", body, cancel)
    tokens = answer.get("tokens") if isinstance(answer, Mapping) else None
    return tokens if isinstance(tokens, list) else []
