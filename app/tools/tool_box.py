"""The tools of one conversation."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any

from app.core.message import ToolCallPart, ToolResultPart
from app.tools.running import OUTPUT_LIMIT, failed, run_tool
from app.tools.tool import Tool


class ToolBox:
    """Tools by name, of which some are on: only these are told to the model, and only these run."""

    def __init__(
        self, tools: Iterable[Tool], on: Iterable[str] | None = None, output_limit: int = OUTPUT_LIMIT
    ) -> None:
        """`on` are names; without it, the tools that are on at first. Names of no tool mean nothing.

        Raises:
            ValueError: two tools have the same name.
        """
        self._tools: dict[str, Tool] = {}
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"there are two tools called {tool.name}")
            self._tools[tool.name] = tool
        wanted = {tool.name for tool in self if tool.is_on_at_first} if on is None else set(on)
        self.on = frozenset(wanted & self._tools.keys())
        self._output_limit = output_limit

    def __iter__(self) -> Iterator[Tool]:
        """All tools, also those that are off."""
        return iter(self._tools.values())

    def __getitem__(self, name: str) -> Tool:
        return self._tools[name]

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def with_on(self, names: Iterable[str]) -> ToolBox:
        """The same tools with exactly these switched on."""
        return ToolBox(self, names, self._output_limit)

    @property
    def definitions(self) -> tuple[dict[str, Any], ...]:
        """What the model is told of the tools that are on."""
        return tuple(tool.definition for tool in self if tool.name in self.on)

    @property
    def titles(self) -> dict[str, str]:
        """What each tool is called on screen, by its name."""
        return {tool.name: tool.title for tool in self}

    def run(self, call: ToolCallPart, cancel: threading.Event) -> ToolResultPart:
        """Runs one call, as `app.core.tool_round.ToolUse` wants it."""
        if call.name not in self.on:
            return failed(call.name, f"There is no tool named “{call.name}”.")
        return run_tool(self[call.name], call.arguments, cancel, output_limit=self._output_limit)
