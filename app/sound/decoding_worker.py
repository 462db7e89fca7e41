"""The process in which sound files are decoded: reads files and answers with samples, or with a sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.core.errors import UserError
from app.core.translation import tr
from app.processes.request_worker import serve
from app.sound.decoding_process import DONE, FAILED, LIMITS


def main(arguments: Sequence[str] = ()) -> int:
    """Answers until the other side is gone."""
    return serve(_answer, LIMITS)


def _answer(request: bytes) -> bytes:
    from app.sound.decoding import decode  # The process is there before its library is.

    try:
        return DONE + decode(request).pcm
    except UserError as error:
        return FAILED + json.dumps({"sentence": str(error), "hint": error.hint}).encode()
    except Exception as error:  # The library raises whatever it stumbles over.
        words = {
            "sentence": tr("This recording cannot be opened."),
            "hint": f"{type(error).__name__}: {error}",
        }
        return FAILED + json.dumps(words).encode()
