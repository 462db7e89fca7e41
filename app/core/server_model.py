"""Models on servers, by a name that stands wherever a file's path would.

A conversation, a preset and the settings remember a model by its path. A model on a server has none, so its
server and its name there are written as one: `server:ID:NAME`, with nothing in it that a path would take
apart.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

_PREFIX = "server:"


def path_of_server_model(server_id: str, model_id: str) -> Path:
    """What stands for the path of a model on a server."""
    return Path(f"{_PREFIX}{server_id}:{quote(model_id, safe='')}")


def server_id_in(path: Path | str) -> str:
    """The id of the server that a model is on; empty for a file."""
    text = str(path)
    return text.removeprefix(_PREFIX).partition(":")[0] if text.startswith(_PREFIX) else ""


def model_id_in(path: Path | str) -> str:
    """A model's name on its server; empty for a file."""
    text = str(path)
    return unquote(text.removeprefix(_PREFIX).partition(":")[2]) if text.startswith(_PREFIX) else ""


def short_name(model_id: str) -> str:
    """A model's name without its owner and without the folders that it lies in."""
    return model_id.replace("\\", "/").rstrip("/").rpartition("/")[2] or model_id


def file_name_in(path: Path | str) -> str:
    """What a model is called in its path: the file's name, or the model's on its server."""
    return short_name(model_id_in(path)) or Path(path).name
