"""The catalog as a list to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from app.core import formatting
from app.core.translation import sentences, tr, tr_later
from app.hub.catalog import Catalog, CatalogModel, ModelKind, ModelLifecycle
from app.hub.model_sizes import (
    companion_bytes,
    judge_catalog_model,
    recommended_quantisation,
    size_of,
)
from app.hub.verdict import Capacity
from app.ui.model_manager.catalog_words import icon_of, language_count, verdict_badges
from app.ui.model_manager.rows import Badge, Entry, Heading, Line, Row

START_KEY = "start"
_PREFIX = "catalog:"


class _Section(Enum):
    """The headings in their order; the values are their words in English."""

    CHAT = tr_later("Chat")
    SENSES = tr_later("Pictures and sound")
    TASKS = tr_later("Made for one task")
    NOT_YET = tr_later("Not yet in this version")
    EARLIER = tr_later("Earlier models")


def catalog_key(model_id: str) -> str:
    return _PREFIX + model_id


def model_id_of(key: str) -> str:
    """The model that a row stands for; empty for another kind of row."""
    return key.removeprefix(_PREFIX) if key.startswith(_PREFIX) else ""


def catalog_entries(catalog: Catalog, capacity: Capacity, present: Iterable[str] = ()) -> list[Entry]:
    """All models under their headings; `present` are the ids of those that are on this computer."""
    there = frozenset(present)
    entries: list[Entry] = [
        Row(START_KEY, tr("Recommended"), icon_name="star", lines=(Line(tr("Three good first choices")),))
    ]
    for heading, models in _sections(catalog):
        rows = [_row(model, capacity, model.id in there) for model in models]
        entries += [Heading(heading), *rows] if rows else []
    return entries


def _sections(catalog: Catalog) -> list[tuple[str, list[CatalogModel]]]:
    sections: dict[_Section, list[CatalogModel]] = {section: [] for section in _Section}
    for model in catalog.models:
        if model.repository.startswith("LiquidAI/"):
            sections[_section_of(model)].append(model)
    return [(tr(section.value), models) for section, models in sections.items()]


def _section_of(model: CatalogModel) -> _Section:
    if model.needs:
        return _Section.NOT_YET
    if model.status is not ModelLifecycle.CURRENT:
        return _Section.EARLIER
    if model.kind in (ModelKind.VISION, ModelKind.AUDIO):
        return _Section.SENSES
    is_for_one_task = model.kind in (ModelKind.TASK, ModelKind.EMBEDDING)
    return _Section.TASKS if is_for_one_task else _Section.CHAT


def _row(model: CatalogModel, capacity: Capacity, is_present: bool) -> Row:
    words = [language_count(model.languages)]
    if not model.needs:
        size = size_of(model, recommended_quantisation(model))
        whole = formatting.size(size.size_bytes + companion_bytes(model))
        words.insert(0, tr("about {size}", size=whole) if size.is_estimate else whole)
    badges: tuple[Badge, ...] = ()
    tip = sentences(model.description, tr("It is on this computer.") if is_present else "")
    if not model.needs:
        verdict = judge_catalog_model(model, capacity)
        badges, tip = verdict_badges(verdict), f"{tip}\n\n{verdict.sentence}"
    return Row(
        catalog_key(model.id),
        model.title,
        icon_name="check-circle" if is_present else icon_of(model),
        lines=(Line(" · ".join(word for word in words if word)),),
        badges=badges,
        tip=tip,
    )
