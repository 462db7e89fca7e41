"""The hub's fixtures: what leaves this computer is looked at through the hub, which asks the most."""

from tests.hub.conftest import hub, models, never, quick, server

__all__ = ["hub", "models", "never", "quick", "server"]
