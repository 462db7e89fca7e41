"""What the offline switch says."""

from __future__ import annotations

from app.core.errors import OfflineError


def offline_error() -> OfflineError:
    """The answer to whoever needs the network while the user has switched it off."""
    return OfflineError(
        "Tarn is offline: the network is switched off in Settings.",
        "Switch it on in Settings, then try again.",
    )
