"""Finds out what answers at an address: the program, its version, its models and what they can do.

All of these servers list their models at `/v1/models`. Who made the list, and what else answers, tells them
apart; each then says more about itself in a form of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.core.errors import ServerError, UserError
from app.core.translation import tr
from app.servers.connection import ServerConnection
from app.servers.server import ServerKind, ServerModel, ServerReport

MOST_MODELS = 500
LONGEST_NAME = 300
MOST_DESCRIBED = 30
"""Models that Ollama is asked about one by one."""
LARGEST_CONTEXT = 1 << 30

_OWNERS = {
    "vllm": ServerKind.VLLM,
    "sglang": ServerKind.SGLANG,
    "llamacpp": ServerKind.LLAMA_SERVER,
    "library": ServerKind.OLLAMA,
    "organization_owner": ServerKind.LM_STUDIO,
    "me": ServerKind.LLAMA_CPP_PYTHON,
}

USUAL_PORTS = (
    (ServerKind.OLLAMA, 11434),
    (ServerKind.LM_STUDIO, 1234),
    (ServerKind.LLAMA_SERVER, 8080),
    (ServerKind.VLLM, 8000),
    (ServerKind.SGLANG, 30000),
)
"""Where these programs listen unless they are told otherwise."""


def look_at(connection: ServerConnection, cancel: threading.Event) -> ServerReport:
    """What the server says of itself.

    Raises:
        UserError: it cannot be asked, or is no such server.
        Cancelled: `cancel` was set.
    """
    listed = connection.get("/v1/models", cancel)
    entries = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(entries, list):
        from app.servers.failures import unreadable

        raise unreadable(connection.server)
    models = tuple(_models_in(entries))
    kind = _kind_of(entries) or _kind_by_asking(connection, cancel)
    return _LOOKS.get(kind, _look_no_further)(connection, cancel, ServerReport(kind, "", models))


def missing(report: ServerReport, model: ServerModel) -> tuple[str, ...]:
    """What a server cannot do that works with a local model, as sentences."""
    from app.servers.abilities import abilities_of

    abilities = abilities_of(report.kind)
    found = []
    if not model.context_length:
        found.append(tr("It does not say how long a chat may be, so the context meter is a guess."))
    if not abilities.continues:
        found.append(tr("An answer that was stopped cannot be continued, and a thought cannot be cut short."))
    if not abilities.counts_with:
        found.append(tr("Tokens are estimated until an answer has come."))
    if not model.calls_tools:
        found.append(tr("This model is not offered tools."))
    if not model.sees:
        found.append(tr("Pictures are not shown to this model."))
    return tuple(found)


def _models_in(entries: Iterable[object]) -> Iterable[ServerModel]:
    seen: set[str] = set()
    for entry in list(entries)[:MOST_MODELS]:
        name = entry.get("id") if isinstance(entry, Mapping) else None
        if not isinstance(name, str) or not _is_name(name) or name in seen:
            continue
        assert isinstance(entry, Mapping)
        seen.add(name)
        meta = entry.get("meta")
        trained = _tokens(meta, "n_ctx") if isinstance(meta, Mapping) else 0
        length = _tokens(entry, "max_model_len") or _tokens(entry, "context_length") or trained
        yield ServerModel(name, length, file=_text(entry, "root"))


def _is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def _kind_of(entries: Iterable[object]) -> ServerKind | None:
    for entry in entries:
        if isinstance(entry, Mapping) and isinstance(owner := entry.get("owned_by"), str):
            return _OWNERS.get(owner.casefold())
    return None


def _kind_by_asking(connection: ServerConnection, cancel: threading.Event) -> ServerKind:
    """The program, where its list of models does not tell: it may be empty."""
    if _text(_asked(connection, "/api/version", cancel), "version"):
        return ServerKind.OLLAMA
    if "default_generation_settings" in _asked(connection, "/props", cancel):
        return ServerKind.LLAMA_SERVER
    if isinstance(_asked(connection, "/api/v0/models", cancel).get("data"), list):
        return ServerKind.LM_STUDIO
    if _text(_asked(connection, "/version", cancel), "version"):
        return ServerKind.VLLM
    return ServerKind.OTHER


Look = Callable[[ServerConnection, threading.Event, ServerReport], ServerReport]


def _look_no_further(
    _connection: ServerConnection, _cancel: threading.Event, report: ServerReport
) -> ServerReport:
    return report


def _look_at_vllm(
    connection: ServerConnection, cancel: threading.Event, report: ServerReport
) -> ServerReport:
    version = _text(_asked(connection, "/version", cancel), "version")
    # It does not say which models see: one that does not refuses pictures with a sentence of its own.
    seeing = tuple(replace(model, sees=_sounds_like_seeing(model)) for model in report.models)
    return replace(report, version=version, models=seeing)


def _look_at_sglang(
    connection: ServerConnection, cancel: threading.Event, report: ServerReport
) -> ServerReport:
    info = _asked(connection, "/get_server_info", cancel)
    sees = _asked(connection, "/get_model_info", cancel).get("has_image_understanding") is True
    models = tuple(
        replace(model, context_length=model.context_length or _tokens(info, "context_length"), sees=sees)
        for model in report.models
    )
    return replace(report, version=_text(info, "version"), models=models)


def _look_at_llama_server(
    connection: ServerConnection, cancel: threading.Event, report: ServerReport
) -> ServerReport:
    props = _asked(connection, "/props", cancel)
    settings = props.get("default_generation_settings")
    length = _tokens(settings, "n_ctx") if isinstance(settings, Mapping) else 0
    modalities = props.get("modalities")
    senses = modalities if isinstance(modalities, Mapping) else {}
    file = _text(props, "model_path")
    models = tuple(
        replace(
            model,
            context_length=length or model.context_length,
            sees=senses.get("vision") is True,
            file=file or model.file,
            # With a projector it fails at them: "type must be string, but is array" (in November 2026).
            takes_tokens=True not in senses.values(),
        )
        for model in report.models
    )
    return replace(report, version=_text(props, "build_info"), models=models)


def _look_at_lm_studio(
    connection: ServerConnection, cancel: threading.Event, report: ServerReport
) -> ServerReport:
    entries = _asked(connection, "/api/v0/models", cancel).get("data")
    known = {
        entry["id"]: entry
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping) and isinstance(entry.get("id"), str)
    }
    models = []
    for model in report.models:
        entry = known.get(model.id, {})
        kind = _text(entry, "type")
        if kind == "embeddings":
            continue
        length = _tokens(entry, "loaded_context_length") or _tokens(entry, "max_context_length")
        models.append(replace(model, context_length=length or model.context_length, sees=kind == "vlm"))
    return replace(report, models=tuple(models))


def _look_at_ollama(
    connection: ServerConnection, cancel: threading.Event, report: ServerReport
) -> ServerReport:
    version = _text(_asked(connection, "/api/version", cancel), "version")
    running = _asked(connection, "/api/ps", cancel).get("models")
    lengths = {
        _text(entry, "name"): _tokens(entry, "context_length")
        for entry in (running if isinstance(running, list) else [])
        if isinstance(entry, Mapping)
    }
    models = []
    for number, model in enumerate(report.models):
        shown = _shown(connection, model.id, cancel) if number < MOST_DESCRIBED else {}
        told = shown.get("capabilities")
        # Older versions do not tell.
        can: list[Any] = told if isinstance(told, list) else ["completion", "tools"]
        if "completion" not in can:
            continue
        models.append(
            replace(
                model,
                context_length=lengths.get(model.id, 0) or model.context_length,
                sees="vision" in can,
                calls_tools="tools" in can,
                thinks="thinking" in can,
            )
        )
    return replace(report, version=version, models=tuple(models))


def _shown(connection: ServerConnection, model_id: str, cancel: threading.Event) -> Mapping[str, Any]:
    try:
        shown = connection.post("/api/show", {"model": model_id}, cancel)
    except UserError:
        return {}
    return shown if isinstance(shown, Mapping) else {}


def _asked(connection: ServerConnection, path: str, cancel: threading.Event) -> Mapping[str, Any]:
    """What a server says at a path; nothing where it does not know that."""
    try:
        answer = connection.get(path, cancel)
    except ServerError:
        return {}
    return answer if isinstance(answer, Mapping) else {}


def _sounds_like_seeing(model: ServerModel) -> bool:
    words = f"{model.id} {model.file}".casefold().replace("_", "-").replace("/", "-").split("-")
    return any(word in ("vl", "vision", "vlm", "llava", "pixtral", "omni") for word in words)


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) and _is_name(value) else ""


def _tokens(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 < value <= LARGEST_CONTEXT else 0


_LOOKS: dict[ServerKind, Look] = {
    ServerKind.VLLM: _look_at_vllm,
    ServerKind.SGLANG: _look_at_sglang,
    ServerKind.LLAMA_SERVER: _look_at_llama_server,
    ServerKind.LM_STUDIO: _look_at_lm_studio,
    ServerKind.OLLAMA: _look_at_ollama,
}
