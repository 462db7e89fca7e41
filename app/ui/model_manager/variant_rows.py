"""The quantisations of one model as rows: size, quality, verdict, and the way to have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.core import formatting
from app.core.translation import tr
from app.hub.catalog import CatalogModel
from app.hub.download.state import DownloadState, DownloadStatus
from app.hub.model_sizes import (
    companion_bytes,
    judge_catalog_model,
    judge_model,
    recommended_quantisation,
    size_of,
)
from app.hub.quantisation import quality_note
from app.hub.repository import Repository, Variant
from app.hub.verdict import Capacity
from app.ui.model_manager.catalog_words import verdict_badges
from app.ui.model_manager.download_rows import CHAT, PAUSE, RESUME, RETRY, progress_words
from app.ui.model_manager.rows import Action, Badge, Line, Row, Tone

DOWNLOAD = "download"
_RECOMMENDED = Badge(
    tr("Recommended"), Tone.PLAIN, tr("The best balance of size and quality for most people.")
)


@dataclass(frozen=True, slots=True)
class OnThisComputer:
    """What is here already or on its way, by the name of the variant's first file."""

    downloads: Mapping[str, DownloadState]
    files: Mapping[str, Path]


NOTHING_HERE = OnThisComputer({}, {})


def variant_rows(
    repository: Repository,
    capacity: Capacity,
    here: OnThisComputer = NOTHING_HERE,
    parameters: int = 0,
    refusal: str = "",
) -> list[Row]:
    """What the hub has, smallest first.

    Args:
        parameters: of the model, where somebody knows.
        refusal: why it should not be downloaded now; empty where it can be.
    """
    recommended = repository.recommended
    rows = []
    for variant in repository.variants:
        weights = variant.size_bytes + variant.companion_bytes
        verdict = judge_model(repository.name, repository.architecture, weights, parameters, capacity)
        is_recommended = variant is recommended
        badges = (*verdict_badges(verdict), *((_RECOMMENDED,) if is_recommended else ()))
        row = _row(variant, badges, here, refusal, is_recommended)
        rows.append(replace(row, tip=f"{verdict.sentence}\n\n{row.tip}"))
    return rows


def expected_rows(model: CatalogModel, capacity: Capacity, refusal: str = "") -> list[Row]:
    """What the catalog expects the repository to have, for as long as the hub has not answered."""
    rows = []
    for name in model.quantisations:
        size = size_of(model, name)
        badges: tuple[Badge, ...] = ()
        tip = ""
        if not model.needs:
            verdict = judge_catalog_model(model, capacity, name)
            badges, tip = verdict_badges(verdict), verdict.sentence
        is_recommended = name == recommended_quantisation(model) and not model.needs
        if is_recommended:
            badges = (*badges, _RECOMMENDED)
        about = "about " if size.is_estimate else ""
        words = about + formatting.size(size.size_bytes + companion_bytes(model))
        rows.append(
            Row(
                name,
                name,
                badges=badges,
                lines=(Line(f"{words} · {quality_note(name)}", wraps=True),)
                if size.size_bytes
                else (Line(quality_note(name)),),
                actions=() if model.needs else (_download(refusal, is_recommended),),
                tip=tip,
            )
        )
    return rows


def variant_key(variant: Variant) -> str:
    return variant.files[0].name


def _row(
    variant: Variant, badges: tuple[Badge, ...], here: OnThisComputer, refusal: str, is_recommended: bool
) -> Row:
    key = variant_key(variant)
    state = here.downloads.get(key)
    lines = [Line(f"{_size_words(variant)} · {variant.quality}".rstrip(" ·"), wraps=True)]
    if variant.missing_parts:
        lines.append(
            Line(
                tr(
                    "{missing_parts} of its parts are missing in the repository.",
                    missing_parts=variant.missing_parts,
                ),
                Tone.BAD,
            )
        )
    progress = None
    if state is not None and state.status not in (DownloadStatus.DONE, DownloadStatus.CANCELLED):
        progress = state.fraction
        lines.append(Line(progress_words(state)))
    if state is not None and state.status is DownloadStatus.FAILED and state.error is not None:
        lines.append(Line(f"{state.error} {state.error.hint}", Tone.BAD, wraps=True))
    return Row(
        key,
        variant.quantisation or variant.name,
        badges=badges,
        lines=tuple(lines),
        progress=progress,
        is_progress_quiet=state is not None and state.status is not DownloadStatus.RUNNING,
        actions=_actions(variant, state, here.files.get(variant.name), refusal, is_recommended),
        tip="\n".join(file.name for file in variant.all_files),
    )


def _size_words(variant: Variant) -> str:
    size, parts = formatting.size(variant.size_bytes), len(variant.files)
    if not variant.companions:
        return tr("{size} in {parts} parts", size=size, parts=parts) if parts > 1 else size
    more = formatting.size(variant.companion_bytes)
    if parts > 1:
        return tr(
            "{size} in {parts} parts and {more} for pictures or sound", size=size, parts=parts, more=more
        )
    return tr("{size} and {more} for pictures or sound", size=size, more=more)


def _actions(
    variant: Variant, state: DownloadState | None, path: Path | None, refusal: str, is_recommended: bool
) -> tuple[Action, ...]:
    if state is not None:
        if state.status in (DownloadStatus.RUNNING, DownloadStatus.WAITING):
            return (Action(PAUSE, tr("Pause"), "pause"),)
        if state.status is DownloadStatus.PAUSED:
            return (Action(RESUME, tr("Resume"), "play"),)
        if state.status is DownloadStatus.FAILED:
            return (Action(RETRY, tr("Try again")),)
    if path is not None or (state is not None and state.status is DownloadStatus.DONE):
        return (Action(CHAT, tr("Chat"), is_primary=True),)
    why = tr("Parts of it are missing.") if variant.missing_parts else refusal
    return (_download(why, is_recommended),)


def _download(refusal: str, is_recommended: bool) -> Action:
    return Action(DOWNLOAD, tr("Download"), is_primary=is_recommended, is_enabled=not refusal, tip=refusal)
