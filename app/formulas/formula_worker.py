"""The process in which formulas are drawn: reads them and answers with pictures, both as JSON."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict

from app.core.formula import Formula
from app.formulas.formula_process import LIMITS
from app.processes.request_worker import serve


def main(arguments: Sequence[str] = ()) -> int:
    """Answers until the other side is gone."""
    warnings.simplefilter("ignore")
    return serve(_answer, LIMITS)


def _answer(request: bytes) -> bytes:
    from app.formulas.formula_drawing import draw  # The process is there before its libraries are.

    try:
        return json.dumps(asdict(draw(Formula(**json.loads(request))))).encode()
    except Exception as error:  # The libraries raise whatever they stumble over.
        return json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()
