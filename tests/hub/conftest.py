"""What the hub's tests share: a hub on this machine, and the real client that talks to it."""

import threading

import pytest

from app.hub.download.retry_policy import RetryPolicy
from app.hub.hub import Hub
from tests.fakes.hub_server import FakeHub

QUICK = RetryPolicy(
    silent_seconds=0.4, tries=3, first_wait_seconds=0.02, longest_wait_seconds=0.05, longest_asked_seconds=2.0
)


@pytest.fixture
def server():
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def hub(server):
    hub = Hub(endpoint=server.address)
    yield hub
    hub.close()


@pytest.fixture
def never():
    """A cancel event that nobody sets."""
    return threading.Event()


@pytest.fixture
def quick():
    return QUICK


@pytest.fixture
def models(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    return folder
