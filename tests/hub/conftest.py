"""What the hub's tests share: a hub on this machine, and the real client that talks to it."""

import threading

import pytest

from app.hub.hub import Hub
from tests.fakes.hub_server import FakeHub
from tests.support.quick_retries import QUICK


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
