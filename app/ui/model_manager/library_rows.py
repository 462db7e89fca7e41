"""The models on this disk as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.core import formatting
from app.core.model_file import ModelFile, Sense
from app.core.translation import sentences, tr, tr_count
from app.hub.library.records import ModelRecord
from app.services.library import FileImport
from app.ui.model_manager.download_rows import CHAT
from app.ui.model_manager.rows import Action, Badge, Line, Row, Tone

IMPORTING_KEY = "importing"
VERIFY, STOP_VERIFYING, REVEAL, DELETE = "verify", "stop_verifying", "reveal", "delete"
REMOVE = "remove"

_CHAT = Action(CHAT, tr("Chat"))
_VERIFY = Action(VERIFY, tr("Verify again"), "shield-check")
_STOP = Action(STOP_VERIFYING, tr("Stop verifying"), "x")
_REVEAL = Action(REVEAL, tr("Show in folder"), "folder-open")
_REMOVE = Action(REMOVE, tr("Remove from list"), "minus-circle")
_DELETE = Action(DELETE, tr("Move to the trash"), "trash")
_SENSES = {Sense.SIGHT: tr("sees pictures"), Sense.HEARING: tr("hears recordings")}


@dataclass(frozen=True, slots=True)
class LibraryState:
    """All that the list of models shows beside the files themselves."""

    records: Mapping[Path, ModelRecord]
    now: datetime
    loaded: Path | None = None
    verifying: Mapping[Path, float] = field(default_factory=dict)
    """How far each file that is being read again is, 0 to 1."""
    damaged: Mapping[Path, str] = field(default_factory=dict)
    """Files whose checksum was found wrong, with the sentence about each."""
    opened: Collection[Path] = ()
    """Files that are listed because the user opened them, wherever they are."""
    notes: tuple[str, ...] = ()
    """What is to be known of the model that is loaded, such as how it takes tool calls."""


def library_rows(models: Sequence[ModelFile], state: LibraryState, text: str = "") -> list[Row]:
    """A row for each model whose name, quantisation or folder has all the words of `text`."""
    words = text.casefold().split()
    return [_row(model, state) for model in models if _fits(model, words)]


def importing_row(importing: FileImport) -> Row:
    """A file that is being copied."""
    return Row(
        IMPORTING_KEY,
        importing.path.name,
        lines=(Line(tr("Copying to the models folder: {share:.0%}", share=importing.share)),),
        icon_name="file-plus",
        progress=importing.share,
        actions=(Action("cancel", tr("Stop copying"), "x"),),
    )


def summary(models: Collection[ModelFile], free_bytes: int | None) -> str:
    """3 models, 2.1 GB on this disk. 52.0 GB are free."""
    total = formatting.size(sum(model.total_bytes for model in models)) if models else tr("0 MB")
    here = tr_count(
        "{count:,} model, {total} on this computer.",
        "{count:,} models, {total} on this computer.",
        len(models),
        total=total,
    )
    if free_bytes is None:
        return here
    return sentences(here, tr("{size} are free.", size=formatting.size(free_bytes)))


def _fits(model: ModelFile, words: Sequence[str]) -> bool:
    if not words:
        return True
    subject = f"{model.name} {model.quantisation} {model.architecture} {model.path}".casefold()
    return all(word in subject for word in words)


def _row(model: ModelFile, state: LibraryState) -> Row:
    verified_share = state.verifying.get(model.path)
    return Row(
        str(model.path),
        model.name,
        badges=_badges(model, state),
        lines=_lines(model, state),
        icon_name="warning-circle" if _problem(model, state) else "cube",
        icon_tone=Tone.BAD if _problem(model, state) else Tone.GOOD,
        progress=verified_share,
        actions=_actions(model, state, verified_share is not None),
        tip=str(model.path),
    )


def _problem(model: ModelFile, state: LibraryState) -> str:
    return model.problem or state.damaged.get(model.path, "")


def _badges(model: ModelFile, state: LibraryState) -> tuple[Badge, ...]:
    badges = [Badge(model.quantisation)] if model.quantisation else []
    if model.is_starter:
        badges.append(Badge(tr("Starter"), tip=tr("Included with Tarn.")))
    if model.program:
        badges.append(
            Badge(
                model.program, tip=tr("It belongs to {program} and is used in place.", program=model.program)
            )
        )
    if model.path == state.loaded:
        badges.append(Badge(tr("In use"), Tone.GOOD))
    return tuple(badges)


def _lines(model: ModelFile, state: LibraryState) -> tuple[Line, ...]:
    record = state.records.get(model.path, ModelRecord())
    words = [formatting.size(model.total_bytes), model.architecture]
    words += [said for sense, said in _SENSES.items() if sense in model.senses]
    if model.trained_context:
        words.append(tr("{trained_context:,} tokens of context", trained_context=model.trained_context))
    history = [
        tr("Used {when}", when=formatting.days_ago(record.used, state.now))
        if record.used
        else tr("Not used yet")
    ]
    if record.verified:
        history.insert(0, tr("Verified {when}", when=formatting.days_ago(record.verified, state.now)))
    lines = [Line(" · ".join(word for word in words if word)), Line(" · ".join(history))]
    if (share := state.verifying.get(model.path)) is not None:
        lines[1] = Line(tr("Verifying: {share:.0%}", share=share))
    if model.path == state.loaded and state.notes:
        lines.append(Line(sentences(*state.notes), wraps=True))
    if problem := _problem(model, state):
        lines.append(Line(problem, Tone.BAD, wraps=True))
    return tuple(lines)


def _actions(model: ModelFile, state: LibraryState, is_checked_now: bool) -> tuple[Action, ...]:
    actions = [] if model.problem else [_CHAT]
    if is_checked_now:
        actions.append(_STOP)
    else:
        actions.append(_VERIFY)
    actions.append(_REVEAL)
    if model.path in state.opened:
        actions.append(_REMOVE)
    if not model.is_starter and not model.program:
        actions.append(_DELETE)
    return tuple(actions)
