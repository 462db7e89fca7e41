"""Chat templates of strangers, run in a process that may hang or fill the memory instead of the window's.

One process serves all templates and is kept ready.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping, Sequence
from typing import Any

from app.core.errors import TemplateError, TemplateStoppedError
from app.core.message import Message
from app.core.reasoning_markers import ReasoningMarkers
from app.core.template_traits import CallForm, TemplateTraits, WordsBesideCall
from app.core.translation import tr
from app.engine.compiled_template import REFUSED, Prompt
from app.engine.tracked_text import TrackedText
from app.processes.own_process import own_command
from app.processes.request_process import RequestFailedError, RequestLimits, RequestProcess

OPTION = "--run-templates"
LIMITS = RequestLimits(seconds=3.5, memory_bytes=1024 * 1024 * 1024)
"""Counting inside the process ends most requests earlier; the process itself takes about 50 MB."""


class RemoteTemplate:
    """A template that runs in the process. Safe from any thread."""

    def __init__(self, source: str, bos_text: str = "", eos_text: str = "") -> None:
        """Raises TemplateError: the template is not valid, or does not come to an end when it is tried."""
        self._key = (source, bos_text, eos_text)
        self.traits = _traits_of(_ask((self._key, None)))

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        prefill: str = "",
        for_reply: bool = True,
    ) -> Prompt:
        """As `CompiledTemplate.render`. Raises TemplateError."""
        return _prompt_of(_ask((self._key, (messages, tools, prefill, for_reply))))


def _ask(request: object) -> dict[str, Any]:
    """Raises TemplateError: what the template did, or that it was stopped."""
    try:
        answer = json.loads(_process.ask(pickle.dumps(request)))
        if "error" not in answer:
            return dict(answer)
        sentence = str(answer["error"])
    except RequestFailedError as error:
        if error.was_stopped:
            raise TemplateStoppedError(
                tr("The model's chat template was stopped: {error}.", error=error), REFUSED
            ) from error
        raise _failed(str(error)) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise _failed(tr("its process answered nonsense")) from error
    kind = TemplateStoppedError if answer.get("was_stopped") else TemplateError
    raise kind(sentence, REFUSED)


_process = RequestProcess("templates", own_command(OPTION), LIMITS, is_kept_ready=True)


def _failed(reason: str) -> TemplateError:
    return TemplateError(tr("The model's chat template failed: {reason}.", reason=reason), REFUSED)


def _traits_of(answer: Mapping[str, Any]) -> TemplateTraits:
    try:
        found = dict(answer["traits"])
        return TemplateTraits(
            **{
                **found,
                "calls": CallForm(found["calls"]),
                "words_beside_call": WordsBesideCall(found["words_beside_call"]),
                "thought_fields": tuple(found["thought_fields"]),
                "answer_tags": tuple(found["answer_tags"]),
                "reasoning": _markers_of(found["reasoning"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _failed(tr("its process answered nonsense")) from error


def _prompt_of(answer: Mapping[str, Any]) -> Prompt:
    try:
        text = str(answer["text"])
        own = b"".join(bytes([number % 2]) * length for number, length in enumerate(answer["runs"]))
        if len(own) != len(text):
            raise ValueError("marks for another text")
        return Prompt(
            TrackedText(text, own),
            _markers_of(answer["reasoning"]),
            bool(answer["starts_in_reasoning"]),
            tuple(map(str, answer["left_out"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _failed(tr("its process answered nonsense")) from error


def _markers_of(found: Any) -> ReasoningMarkers | None:
    return ReasoningMarkers(**found) if found else None
