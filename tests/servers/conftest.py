import threading
from collections.abc import Callable, Iterator

import pytest

from app.core.connection import Connection
from app.net.network import Network
from app.servers.connection import Patience, ServerConnection
from app.servers.server import Server, ServerKind, ServerModel
from app.servers.server_engine import ServerEngine
from tests.fakes.chat_server import FakeChatServer

IMPATIENT = Patience(question=5.0, first_event=5.0, silence=5.0)


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    with FakeChatServer() as server:
        yield server


@pytest.fixture
def made() -> list[Connection]:
    """Every connection that was made, as the user sees it."""
    return []


Connect = Callable[..., ServerConnection]


@pytest.fixture
def connect(made: list[Connection]) -> Iterator[Connect]:
    """Makes connections to a server, which are closed at the end."""
    opened: list[ServerConnection] = []

    def connect(
        server: FakeChatServer | str, key: str = "", patience: Patience = IMPATIENT, **values: object
    ) -> ServerConnection:
        address = server if isinstance(server, str) else server.address
        value = Server("s1", "studio", address, has_key=bool(key), **values)  # type: ignore[arg-type]
        opened.append(ServerConnection(value, key, Network(report=made.append), patience))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def never() -> threading.Event:
    return threading.Event()


@pytest.fixture
def engine(server: FakeChatServer, connect: Connect) -> ServerEngine:
    """The model of a server that speaks as vLLM does; give `server.replies` first."""
    return ServerEngine(connect(server), ServerKind.VLLM, ServerModel("tiny", 4096), lambda _file: None)
