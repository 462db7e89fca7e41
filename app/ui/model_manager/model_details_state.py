"""What the right side of the screen is about."""

from __future__ import annotations

from dataclasses import dataclass

from app.core import formatting
from app.core.errors import HubError
from app.core.translation import tr
from app.hub.catalog import CatalogModel
from app.hub.repository import Repository, Variant
from app.ui.model_manager.catalog_words import Fact, facts_of, licence_fact, status_words, what_runs
from app.ui.model_manager.model_details import Details

RUNNABLE_HINT = tr("This version of Tarn cannot run models of the architecture {name}. A newer one may.")
_NEWER = ("lfm3",)


@dataclass(frozen=True, slots=True)
class ModelDetailsState:
    """A model of the catalog, or a repository, as far as it is known."""

    repository: str
    revision: str = "main"
    model: CatalogModel | None = None
    found: Repository | None = None
    error: HubError | None = None
    is_asked: bool = False
    """The hub is being asked now."""

    @property
    def title(self) -> str:
        return self.model.title if self.model else self.repository.partition("/")[2]

    @property
    def licence(self) -> str:
        if self.model is not None:
            return self.model.licence
        return self.found.licence if self.found else ""


def details_of(shown: ModelDetailsState, page: str) -> Details:
    """What the page says about it."""
    if shown.model is not None:
        notices = tuple(text for text in (what_runs(shown.model), status_words(shown.model)) if text)
        facts = tuple(facts_of(shown.model, page))
        return Details(
            shown.title, shown.repository, page, shown.model.description, notices + _gate(shown), facts
        )
    return Details(shown.title, shown.repository, page, "", _gate(shown), _hub_facts(shown.found, page))


def status_of(shown: ModelDetailsState, is_offline: bool) -> str:
    """The line above the quantisations."""
    if shown.is_asked:
        return tr("Contacting Hugging Face…")
    if shown.found is not None and not shown.found.variants:
        return tr("This repository has no model in the GGUF format. Search for one whose name ends in GGUF.")
    if shown.found is not None or shown.error is not None:
        return ""
    if is_offline and shown.model is not None:
        return tr("Tarn is offline. These are the files that were known when this version of Tarn was made.")
    return tr("Tarn is offline, so the files cannot be listed.") if is_offline else ""


def download_title(shown: ModelDetailsState, variant: Variant) -> str:
    """What the list of downloads calls it."""
    return f"{shown.title} {variant.quantisation}".strip()


def _gate(shown: ModelDetailsState) -> tuple[str, ...]:
    notices = []
    found = shown.found
    if found is not None and found.is_gated:
        notices.append(
            tr(
                "Its terms must be accepted on its page before it can be downloaded, and your token "
                "entered in Settings."
            )
        )
    if found is not None and found.architecture in _NEWER and shown.model is None:
        notices.append(RUNNABLE_HINT.format(name=found.architecture))
    return tuple(notices)


def _hub_facts(found: Repository | None, page: str) -> tuple[Fact, ...]:
    if found is None:
        return ()
    facts = []
    if found.architecture:
        facts.append(Fact(tr("Architecture"), found.architecture))
    if found.context_length:
        facts.append(Fact(tr("Context"), formatting.tokens(found.context_length)))
    facts.append(licence_fact(found.licence, page))
    return tuple(facts)
