"""Formulas are drawn in a process of their own: a stranger wrote them, and some would take for ever."""

from __future__ import annotations

import json
from dataclasses import asdict

from app.core.formula import Formula, FormulaPicture
from app.processes.own_process import own_command
from app.processes.request_process import RequestFailedError, RequestLimits, RequestProcess

OPTION = "--draw-formulas"
LIMITS = RequestLimits(seconds=4.0, memory_bytes=512 * 1024 * 1024)
"""A usual formula takes 20 ms, and the process itself about 45 MB."""


class FormulaProcess:
    """Draws formulas. Safe from any thread; the process starts with the first formula."""

    def __init__(self) -> None:
        self._process = RequestProcess("formulas", own_command(OPTION), LIMITS)

    def draw(self, formula: Formula) -> FormulaPicture | None:
        """The picture; None where the formula cannot be drawn within the limits."""
        try:
            answer = json.loads(self._process.ask(json.dumps(asdict(formula)).encode()))
            return FormulaPicture(
                str(answer["svg"]), float(answer["width"]), float(answer["height"]), float(answer["depth"])
            )
        except (RequestFailedError, KeyError, ValueError, TypeError):
            return None

    def end(self) -> None:
        """Ends the process; it starts again with the next formula."""
        self._process.end()
