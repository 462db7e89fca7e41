"""What a server streams, as the raw text of a reply: the form in which everything a model wrote is kept.

Thoughts and tool calls come in fields of their own, or as words with tags. In the text both have tags, which
`app.core.stream` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.core.reasoning_markers import THINK
from app.core.reply_parser.markers import TAG_CALL_START

_THOUGHT_FIELDS = ("reasoning", "reasoning_content", "thinking")
_CALL_END = "</tool_call>"


class ReplyText:
    """Turns one delta after the other into text."""

    def __init__(self, *, is_in_thought: bool = False) -> None:
        """`is_in_thought`: an answer is continued inside a thought that is open."""
        self._is_in_thought = is_in_thought
        self._has_thought_field = False
        self._call: int | None = None
        self._name = ""
        self._arguments = ""
        self._is_call_open = False
        self._calls_done: set[int] = set()

    def feed(self, delta: Mapping[str, Any]) -> Iterator[str]:
        """The text that a delta adds, in pieces."""
        thought = next((value for name in _THOUGHT_FIELDS if isinstance(value := delta.get(name), str)), "")
        if thought:
            if not self._is_in_thought:
                self._is_in_thought = True
                yield f"{THINK.opening}\n"
            self._has_thought_field = True
            yield thought
        content = delta.get("content")
        if isinstance(content, str) and content:
            yield from self._end_thought()
            yield from self._end_call()
            yield content
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, Mapping):
                yield from self._end_thought()
                yield from self._feed_call(call)

    def finish(self) -> Iterator[str]:
        """What ends a call or a thought that the server has ended; a thought that was cut off stays open."""
        yield from self._end_call()

    def _end_thought(self) -> Iterator[str]:
        if self._is_in_thought and self._has_thought_field:
            yield THINK.ending
        self._is_in_thought = self._has_thought_field = False

    def _feed_call(self, call: Mapping[str, Any]) -> Iterator[str]:
        given = call.get("index")
        index = given if isinstance(given, int) else (0 if self._call is None else self._call)
        if index in self._calls_done:
            return
        if index != self._call:
            yield from self._end_call()
            self._call, self._name, self._arguments, self._is_call_open = index, "", "", False
        function = call.get("function")
        if not isinstance(function, Mapping):
            return
        name, arguments = function.get("name"), function.get("arguments")
        if isinstance(name, str) and not self._is_call_open:
            self._name += name
        if isinstance(arguments, Mapping | list):
            arguments = json.dumps(arguments, ensure_ascii=False)
        # No tag may end the call from within its words; outside of them no such letter stands in JSON.
        written = arguments.replace("<", "\\u003c") if isinstance(arguments, str) else ""
        if not self._is_call_open and self._name and (written or name):
            self._is_call_open = True
            yield f'{TAG_CALL_START}\n{{"name": {json.dumps(self._name, ensure_ascii=False)}, "arguments": '
        self._arguments += written
        if written and self._is_call_open:
            yield written

    def _end_call(self) -> Iterator[str]:
        if self._call is None:
            return
        self._calls_done.add(self._call)
        self._call = None
        if self._is_call_open:
            self._is_call_open = False
            yield f"{'' if self._arguments.strip() else '{}'}}}\n{_CALL_END}"
