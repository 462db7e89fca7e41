"""A tool: a plain Python function that a model may call, with what the model is told about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import UserError
from app.tools.function_schema import description_of, parameters_of, takes_stop

TIME_LIMIT_SECONDS = 20.0


class ToolError(UserError):
    """A tool could not do what it was asked. The model is told the sentence, so that it can try otherwise."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function with its name, description and schema for the model, and its title for the user."""

    name: str
    title: str
    description: str
    parameters: Mapping[str, Any]
    function: Callable[..., object]
    is_on_at_first: bool = True
    """Whether it is on until the user says otherwise."""
    asks: bool = True
    """Whether the user is asked before it runs; needless where it reads nothing of theirs."""
    time_limit_seconds: float = TIME_LIMIT_SECONDS
    purpose: str = ""
    """What the user reads of what it does; what the model reads is in English."""

    @classmethod
    def of(
        cls,
        function: Callable[..., object],
        *,
        title: str = "",
        is_on_at_first: bool = True,
        asks: bool = True,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
        purpose: str = "",
    ) -> Tool:
        """A tool made from a function's signature and docstring.

        Parameters may be str, int, float, bool, a list of these, a Literal, or one of these or None. The
        docstring says what the tool does, and under `Args:` what each parameter means. A parameter of type
        `threading.Event` is not shown to the model: it is set when the tool should give up.

        Raises:
            TypeError: the model could not be told how to call the function.
        """
        name, description = function.__name__, description_of(function)
        return cls(
            name,
            title or name.replace("_", " ").capitalize(),
            description,
            parameters_of(function),
            function,
            is_on_at_first,
            asks,
            time_limit_seconds,
            purpose or description,
        )

    @property
    def definition(self) -> dict[str, Any]:
        """What the model is told, in the form that chat templates expect."""
        function = {"name": self.name, "description": self.description, "parameters": dict(self.parameters)}
        return {"type": "function", "function": function}

    @property
    def stop_parameter(self) -> str | None:
        """The parameter that takes the stop event; None where the function cannot be told."""
        return takes_stop(self.function)
