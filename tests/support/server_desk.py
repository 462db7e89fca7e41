"""A chat whose model is on a server on this machine."""

from __future__ import annotations

from pathlib import Path

from app.core.model_file import ModelFile
from app.core.server_model import path_of_server_model
from app.servers.server import Server
from tests.fakes.chat_server import FakeChatServer
from tests.fakes.scripted_engine import TINY_MODEL
from tests.support.chat_harness import ChatHarness


def add_server(harness: ChatHarness, server: FakeChatServer, name: str = "studio", key: str = "") -> Server:
    """Adds a server and waits until it has told of its models."""
    servers = harness.services.servers
    added = servers.add(name, server.address, key)
    harness.waits(lambda: (found := servers.find(added.id)) and found.report)
    found = servers.find(added.id)
    assert found is not None
    return found


def model_on(harness: ChatHarness, server: Server, model_id: str = "tiny") -> ModelFile:
    """A model of a server in the list."""
    path = path_of_server_model(server.id, model_id)
    return next(model for model in harness.models.models if model.path == path)


def choose(harness: ChatHarness, server: Server, model_id: str = "tiny") -> Path:
    """Chooses a model of a server, with the leave to send words there, and waits until it is reached."""
    model = model_on(harness, server, model_id)
    harness.services.servers.agree(server.id)
    harness.models.choose(model.path)
    harness.waits(lambda: harness.models.info is not None and harness.models.info.path == model.path)
    return model.path


def choose_local(harness: ChatHarness) -> None:
    """Chooses the tiny model on this computer, and waits until it is loaded."""
    harness.models.choose(TINY_MODEL)
    harness.waits(lambda: harness.models.info is not None and harness.models.info.path == TINY_MODEL)
