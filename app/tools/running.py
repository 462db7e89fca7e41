"""Runs one tool call under a time limit, and makes a result for the model of whatever comes of it.

A tool runs in a thread of its own. A thread cannot be ended from outside; a process could, but starting one
takes longer than most tools run, and some answer from what this program holds. So a tool whose time is up is
told so and left alone, and what it still returns is dropped. The tools keep their own work small: the
calculator bounds its numbers, files and pages have a largest size and are read with a look at the stop event.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from app.core.errors import UserError
from app.core.message import ToolResultPart
from app.core.reply_parser.tool_schema import OfferedTool
from app.core.tool_round import STOPPED
from app.tools.tool import Tool

log = logging.getLogger(__name__)

OUTPUT_LIMIT = 16_000
"""Characters of a result that the model is given: some 4,000 tokens of English."""
_LOOK_AGAIN_SECONDS = 0.05
"""How often a running tool's caller looks whether it was cancelled."""
NOTHING = "Done."
"""The result of a tool that returns nothing."""


def run_tool(
    tool: Tool,
    arguments: Mapping[str, Any],
    cancel: threading.Event,
    time_limit_seconds: float | None = None,
    output_limit: int = OUTPUT_LIMIT,
) -> ToolResultPart:
    """Runs a tool to its end, its time limit (its own where none is given) or until `cancel` is set.

    Never raises: arguments that break the schema, and failures of every kind, are results with `is_error`.
    """
    faults = _faults(tool, arguments)
    if faults:
        return failed(tool.name, faults)
    limit = tool.time_limit_seconds if time_limit_seconds is None else time_limit_seconds
    work = _Work(tool, arguments)
    work.start()
    ended_by = work.wait(cancel, limit)
    if ended_by == "cancel":
        return ToolResultPart(tool.name, STOPPED, is_error=True, is_stopped=True)
    if ended_by == "time":
        return failed(tool.name, f"The tool was stopped after {limit:g} seconds.")
    if work.fault:
        return failed(tool.name, shortened(work.fault, output_limit))
    return ToolResultPart(tool.name, shortened(work.text, output_limit))


def failed(name: str, sentence: str) -> ToolResultPart:
    """What the model is told of a call that failed."""
    return ToolResultPart(name, whole_letters(f"Error: {sentence}"), is_error=True)


def shortened(text: str, limit: int) -> str:
    """No more than so many characters of a text, with a sentence about the cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[The result is cut: these are the first {limit:,} of {len(text):,} characters.]"


def result_text(value: object) -> str:
    """What a tool returned, as the model reads it: text as it is, everything else as JSON."""
    if value is None:
        return NOTHING
    return whole_letters(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    )


def whole_letters(text: str) -> str:
    """A text that can be saved and sent: halves of letters, as in odd file names, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _faults(tool: Tool, arguments: Mapping[str, Any]) -> str:
    # Models are not told, to keep prompts short, that there are no further arguments.
    strict = {**tool.parameters, "additionalProperties": False}
    return OfferedTool(tool.name, strict).faults(dict(arguments))


class _Work:
    """A tool at work on its thread."""

    def __init__(self, tool: Tool, arguments: Mapping[str, Any]) -> None:
        self.text = ""
        self.fault = "The tool ended without a result."
        self._tool = tool
        self._arguments = dict(arguments)
        self._stop = threading.Event()
        self._is_done = threading.Event()

    def start(self) -> None:
        # A daemon, so that a tool that hangs does not keep the program from ending.
        threading.Thread(target=self._run, name=f"tool-{self._tool.name}", daemon=True).start()

    def wait(self, cancel: threading.Event, limit_s: float) -> str:
        """Waits, and says what came first: `done`, `cancel` or `time`."""
        deadline = time.monotonic() + limit_s
        while not self._is_done.wait(min(_LOOK_AGAIN_SECONDS, max(0.0, deadline - time.monotonic()))):
            if cancel.is_set() or time.monotonic() >= deadline:
                self._stop.set()
                return "cancel" if cancel.is_set() else "time"
        return "done"

    def _run(self) -> None:
        stop = {self._tool.stop_parameter: self._stop} if self._tool.stop_parameter else {}
        try:
            self.text = result_text(self._tool.function(**self._arguments, **stop))
            self.fault = ""
        except UserError as error:
            self.fault = str(error)
        except (Exception, SystemExit) as error:
            log.warning("A tool failed", exc_info=error)
            self.fault = f"The tool failed: {error or type(error).__name__}."
        finally:
            self._is_done.set()
