"""The process in which strangers' chat templates run: reads requests, renders, answers in JSON."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import pickle
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from app.core.errors import TemplateError, TemplateStoppedError
from app.engine.compiled_template import CompiledTemplate
from app.engine.template_process import LARGEST_BYTES, LONGEST_SECONDS, read_block
from app.engine.tracked_text import mark_of
from app.engine.trial_process import die_quietly

_compiled = lru_cache(4)(CompiledTemplate)


def main(arguments: Sequence[str] = ()) -> int:
    """Answers requests until the other side is gone."""
    die_quietly()
    _limit_memory()
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    sys.stdout = nowhere
    while (request := read_block(sys.stdin.buffer)) is not None:
        # One instruction of the interpreter can take for ever, and nobody may be left to end it.
        faulthandler.dump_traceback_later(2 * LONGEST_SECONDS, exit=True, file=nowhere)
        reply = json.dumps(_answer(request) if request else {}).encode()
        faulthandler.cancel_dump_traceback_later()
        replies.write(len(reply).to_bytes(8, "big") + reply)
        replies.flush()
    return 0


def _answer(request: bytes) -> dict[str, Any]:
    asked = pickle.loads(request)
    if asked is None:
        return {}
    key, conversation = asked
    try:
        template = _compiled(*key)
        if conversation is None:
            return {"traits": asdict(template.traits)}
        prompt = template.render(*conversation)
    except TemplateError as error:
        return {"error": str(error), "was_stopped": isinstance(error, TemplateStoppedError)}
    except (MemoryError, RecursionError) as error:
        return {"error": f"The model's chat template failed: {type(error).__name__}."}
    return {
        "text": str.__str__(prompt.text)[:],
        "runs": _runs(mark_of(prompt.text)),
        "reasoning": asdict(prompt.reasoning) if prompt.reasoning else None,
        "starts_in_reasoning": prompt.starts_in_reasoning,
        "left_out": prompt.left_out,
    }


def _runs(own: bytes) -> list[int]:
    """The lengths of the runs of marks, the first one of content: 0 where the text begins with its own."""
    runs = [len(list(group)) for _, group in groupby(own)]
    return [0, *runs] if own[:1] == b"\1" else runs


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # Not on Windows.

        limit = 2 * LARGEST_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
