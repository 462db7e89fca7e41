"""The network as the user allows it: the offline switch, and who is told of every connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.connection import Connection
from app.core.errors import OfflineError
from app.core.translation import tr


@dataclass(frozen=True, slots=True)
class Network:
    """Handed to whatever asks something on the network.

    Attributes:
        is_offline: whether the user has switched the network off. Asked again and again, also while something
            arrives.
        report: told of every connection once it has ended.
    """

    is_offline: Callable[[], bool] = lambda: False
    report: Callable[[Connection], object] = lambda _connection: None

    def check(self) -> None:
        """Pass if the network may be used.

        Raises:
            OfflineError: it is switched off.
        """
        if self.is_offline():
            raise OfflineError(
                tr("Tarn is offline."),
                tr("Turn off offline mode in Settings, then try again."),
            )
