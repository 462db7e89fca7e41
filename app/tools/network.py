"""What a tool owes the user on the network: to stay away when told to, and to say where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core.connection import Connection
from app.tools.tool import ToolError


@dataclass(frozen=True, slots=True)
class Network:
    """The network as the user allows it; handed to the tools that need it.

    Attributes:
        is_offline: whether the user has switched it off. Asked again and again, also while something arrives.
        report: told of every connection once it has ended.
    """

    is_offline: Callable[[], bool] = lambda: False
    report: Callable[[Connection], object] = lambda _connection: None

    def check(self) -> None:
        """Raises: ToolError: the network is switched off."""
        if self.is_offline():
            raise ToolError(
                "Tarn is offline: the user has switched the network off, so nothing can be read from the "
                "web. Only the user can switch it on again, in Settings."
            )


class Visit:
    """A connection of a tool while it lasts."""

    def __init__(self, host: str, purpose: str) -> None:
        self._time = datetime.now(UTC)
        self._host = host
        self._purpose = purpose
        self.bytes_up = 0
        self.bytes_down = 0
        self.outcome = "No connection"

    @property
    def connection(self) -> Connection:
        """What the ledger keeps of it."""
        return Connection(self._time, self._host, self._purpose, self.bytes_up, self.bytes_down, self.outcome)
