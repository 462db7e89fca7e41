"""What is told of a server, in words."""

from __future__ import annotations

from app.core import formatting
from app.core.translation import tr, tr_count
from app.servers.discovery import missing
from app.servers.server import Server, ServerModel, ServerReport

SHOWN_MODELS = 12


def summary_of(report: ServerReport) -> str:
    """The program that answers, and how many models it has, on one line."""
    program = f"{tr(report.kind.value)} {report.version}".strip()
    return f"{program} · {tr_count('1 model', '{count:,} models', len(report.models))}"


def described(server: Server, report: ServerReport) -> str:
    """The whole outcome of a test: the program, each model with what it can do, and what is missing."""
    lines = [f"{summary_of(report)} · {server.host}"]
    lines += [f"• {_described_model(model)}" for model in report.models[:SHOWN_MODELS]]
    if len(report.models) > SHOWN_MODELS:
        lines.append(tr("• and {count:,} more", count=len(report.models) - SHOWN_MODELS))
    if not report.models:
        lines.append(tr("It has no model to chat with. Load one there, then test again."))
    absent = [missing(report, model) for model in report.models]
    common = [line for line in (absent[0] if absent else ()) if all(line in other for other in absent)]
    return "\n".join([*lines, *common, *warnings_on(server)])


def warnings_on(server: Server) -> tuple[str, ...]:
    """What somebody should know before words go there."""
    if server.is_encrypted or server.is_this_computer:
        return ()
    if server.has_key:
        return (tr("The connection is not encrypted: your words and the key can be read on the way."),)
    return (tr("The connection is not encrypted: your words can be read on the way."),)


def _described_model(model: ServerModel) -> str:
    can = [
        word
        for word, is_so in (
            (tr("sees pictures"), model.sees),
            (tr("calls tools"), model.calls_tools),
            (tr("thinks"), model.thinks),
        )
        if is_so
    ]
    length = formatting.tokens(model.context_length) if model.context_length else tr("context not told")
    return " · ".join([model.name, length, *can])
