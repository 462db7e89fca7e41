"""The process in which strangers' chat templates run: reads requests, renders, answers in JSON."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from itertools import groupby
from typing import Any

from app.core.errors import TemplateError, TemplateStoppedError
from app.engine.compiled_template import CompiledTemplate
from app.engine.template_process import LIMITS
from app.engine.tracked_text import mark_of
from app.processes.request_worker import serve

_compiled = lru_cache(4)(CompiledTemplate)


def main(arguments: Sequence[str] = ()) -> int:
    """Answers requests until the other side is gone."""
    return serve(lambda request: json.dumps(_answer(request)).encode(), LIMITS)


def _answer(request: bytes) -> dict[str, Any]:
    key, conversation = pickle.loads(request)
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
