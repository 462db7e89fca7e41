"""What the catalog knows of a model, and the verdict on it, in words."""

from __future__ import annotations

from dataclasses import dataclass

from app.core import formatting
from app.core.sampling import Sampling
from app.core.translation import listed, tr, tr_count
from app.hub.catalog import CatalogModel, ModelKind, ModelLifecycle, Thinking
from app.hub.model_sizes import parameter_count
from app.hub.verdict import Fit, ModelVerdict
from app.ui.model_manager.rows import Badge, Tone

LFM_LICENCE = tr(
    "LFM Open License v1.0: free to use and to change, also commercially by companies with less than "
    "10 million US dollars of revenue a year. Larger ones need a licence from Liquid AI."
)
LICENCE_ADDRESSES = {"Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0"}

_LANGUAGES = {
    "en": tr("English"), "ar": tr("Arabic"), "zh": tr("Chinese"), "fr": tr("French"),
    "de": tr("German"), "ja": tr("Japanese"), "ko": tr("Korean"), "es": tr("Spanish"),
    "pt": tr("Portuguese"), "it": tr("Italian"), "vi": tr("Vietnamese"), "th": tr("Thai"),
    "id": tr("Indonesian"), "hi": tr("Hindi"), "ru": tr("Russian"), "pl": tr("Polish"),
}  # fmt: skip
_VERDICT_TONES = {Fit.FITS: Tone.GOOD, Fit.TIGHT: Tone.WARNING, Fit.TOO_LARGE: Tone.BAD}

_ICONS = {
    ModelKind.CHAT: "chat-circle",
    ModelKind.VISION: "image",
    ModelKind.AUDIO: "speaker-high",
    ModelKind.BASE: "text-aa",
    ModelKind.EMBEDDING: "books",
    ModelKind.TASK: "target",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a table: what, and how it is. The address leads to more."""

    name: str
    text: str
    address: str = ""


def verdict_badges(verdict: ModelVerdict) -> tuple[Badge, ...]:
    """A verdict in a few words, with the sums behind it as its tip; nothing where all is well."""
    tone = _VERDICT_TONES[verdict.fit]
    if verdict.fit is not Fit.TOO_LARGE and verdict.is_slow:
        tone = Tone.WARNING
    return (Badge(verdict.label, tone, verdict.sentence),) if verdict.label else ()


def languages(codes: tuple[str, ...]) -> str:
    """The languages' names, in the catalog's order."""
    return listed(_LANGUAGES.get(code, code) for code in codes)


def language_count(codes: tuple[str, ...]) -> str:
    """The names of up to two languages, the number of more."""
    return (
        languages(codes)
        if len(codes) <= 2
        else tr_count("{count:,} language", "{count:,} languages", len(codes))
    )


def is_lfm(licence: str) -> bool:
    """Whether it is Liquid AI's own licence, by the name that the catalog or the hub gives it."""
    return "lfm" in licence.casefold()


def licence_fact(licence: str, page: str) -> Fact:
    """A licence in a sentence, and where the whole of it is."""
    if is_lfm(licence):
        return Fact(tr("Licence"), LFM_LICENCE, f"{page}/blob/main/LICENSE")
    return Fact(tr("Licence"), licence or tr("Not stated"), LICENCE_ADDRESSES.get(licence, page))


def icon_of(model: CatalogModel) -> str:
    if model.kind is ModelKind.CHAT and model.thinking in (Thinking.ALWAYS, Thinking.PREFILLED):
        return "brain"
    if model.kind is ModelKind.CHAT and model.languages[:1] == ("ja",):
        return "translate"
    return _ICONS[model.kind]


def what_runs(model: CatalogModel) -> str:
    """What this version of the program can do with it today; empty for models that simply chat."""
    if model.needs:
        return tr("This model does not run in this version of Tarn: it needs {needs}.", needs=model.needs)
    if model.kind is ModelKind.VISION:
        return tr("It looks at pictures: the file that lets it see is downloaded along with it.")
    if model.kind is ModelKind.AUDIO:
        return tr(
            "It listens to recordings: the file that lets it hear is downloaded along with it. Its own voice "
            "cannot be had with this engine, so it answers in words."
        )
    if model.kind is ModelKind.BASE:
        return tr("It runs, but it continues text instead of chatting.")
    if model.kind is ModelKind.EMBEDDING:
        return tr("It writes nothing: it compares texts, for the search in your collections.")
    if model.kind is ModelKind.TASK:
        return tr("It runs. It is made for one task and does little else.")
    return ""


def status_words(model: CatalogModel) -> str:
    """Whether there is something newer; empty for what is current."""
    if model.status is ModelLifecycle.SUPERSEDED:
        return tr("There is a newer version of this model.")
    if model.status is ModelLifecycle.DEPRECATED:
        return tr("Liquid AI recommends a newer model in its place.")
    return ""


def facts_of(model: CatalogModel, page: str) -> list[Fact]:
    """What a person compares models by."""
    size = tr("{number} parameters", number=formatting.parameters(parameter_count(model)))
    facts = [Fact(tr("Size"), listed((size, model.architecture)))]
    if model.context_length:
        facts.append(Fact(tr("Context"), formatting.tokens(model.context_length)))
    facts.append(Fact(tr("Languages"), languages(model.languages)))
    facts.append(Fact(tr("Abilities"), _abilities(model)))
    if model.sampling is not None:
        words = sampling_words(model.sampling)
        if model.source:
            words = tr("{values}. {source}.", values=words, source=model.source)
        facts.append(Fact(tr("Sampling"), words))
    facts.append(licence_fact(model.licence, page))
    return [fact for fact in facts if fact.text.strip()]


def sampling_words(sampling: Sampling) -> str:
    """The values that are switched on: Temperature 0.1, top-k 50, repeat penalty 1.05."""
    words = [tr("Temperature {temperature:g}", temperature=sampling.temperature)]
    if sampling.top_k:
        words.append(tr("top-k {value}", value=sampling.top_k))
    if sampling.top_p < 1.0:
        words.append(tr("top-p {value:g}", value=sampling.top_p))
    if sampling.min_p:
        words.append(tr("min-p {value:g}", value=sampling.min_p))
    if sampling.repeat_penalty not in (0.0, 1.0):
        words.append(tr("repeat penalty {repeat_penalty:g}", repeat_penalty=sampling.repeat_penalty))
    return listed(words)


def _abilities(model: CatalogModel) -> str:
    words = {
        Thinking.NONE: tr("answers at once"),
        Thinking.ALWAYS: tr("thinks before it answers"),
        Thinking.PREFILLED: tr("thinks before it answers"),
        Thinking.SWITCHABLE: tr("thinks where asked to"),
    }[model.thinking]
    if model.kind in (ModelKind.BASE, ModelKind.AUDIO, ModelKind.EMBEDDING, ModelKind.TASK):
        words = ""
    tools = tr("calls tools") if model.has_tools else ""
    text = listed((words, tools))
    return text[:1].upper() + text[1:]
