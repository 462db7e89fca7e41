"""A model with everything that belongs to it, loaded whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from app.core.errors import (
    Cancelled,
    EngineError,
    ModelFileError,
    OutOfMemoryError,
    TemplateError,
    TemplateStoppedError,
)
from app.core.media import ReadMedia, no_media, not_shown
from app.core.message import DocumentPart, MediaPart, Message, PicturePart, RecordingPart
from app.core.model_file import ModelInfo, Sense
from app.core.passage import documents_form, plain_form
from app.core.translation import sentences, tr
from app.engine.call_check import understands_calls
from app.engine.file_identity import identity_of
from app.engine.gguf import GgufHeader
from app.engine.kept_states import KeptStates
from app.engine.known_templates import CHATML, COMPLETION, TURN_END
from app.engine.load_options import LoadPlan
from app.engine.media_reader import MediaReader
from app.engine.prompt_cache import PromptCache
from app.engine.prompt_tokenizer import PromptTokenizer
from app.engine.shown_media import MarkedMessages, missing, with_marks
from app.engine.state_files import StateFiles, key_of
from app.engine.storage_device import can_be_unplugged
from app.engine.tracked_text import TrackedText
from app.engine.writing import GuessCost

if TYPE_CHECKING:
    from app.engine import llama
    from app.engine.chat_template import ChatTemplate, Prompt

_AGAIN = tr("Download the file again, or choose another model.")
MOST_COUNTED_DOCUMENTS = 64
"""Whose tokens are remembered."""
_LOADED_SHARE = 0.95
"""Of the progress that is shown; the rest is the making of the context."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """Everything that belongs to one loaded model."""

    model: llama.Model
    context: llama.LlamaContext
    cache: PromptCache
    tokenizer: PromptTokenizer
    template: ChatTemplate
    info: ModelInfo
    understands_calls: bool = True
    """Whether the calls that the model writes are read as calls."""
    stop_words: tuple[str, ...] = ()
    """Words that end an answer, where the model knows no token for its end."""
    media: MediaReader | None = None
    """Looks at pictures and listens; None for a model that can do neither."""
    state_key: str = ""
    """What a saved state of its memory must have been saved with to fit it."""
    guess_cost: GuessCost = field(default_factory=GuessCost)
    """What it costs to read tokens that are only guessed."""
    _document_counts: dict[str, int] = field(default_factory=dict)
    """The tokens of the words of documents."""

    def close(self) -> None:
        if self.media is not None:
            self.media.close()
        self.context.close()
        self.model.close()

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is, markers in it counted as such. Safe from any thread.

        Raises:
            EngineError: the model's tokenizer failed.
        """
        with _tokenizer_errors():
            return len(self.model.tokenize(text))

    def document_tokens(self, part: DocumentPart) -> int:
        """How many tokens the words of a document are; each document is counted once. Safe from any thread.

        Raises:
            EngineError: the model's tokenizer failed.
        """
        count = self._document_counts.get(part.words)
        if count is None:
            count = len(self._continued_tokens(part.words))
            self._document_counts[part.words] = count
            while len(self._document_counts) > MOST_COUNTED_DOCUMENTS:
                self._document_counts.pop(next(iter(self._document_counts)), None)
        return count

    def prompt_tokens(self, text: str) -> list[int]:
        """A rendered prompt's tokens; in a plain text all is words. Safe from any thread.

        Most templates write the first token of a text themselves; it must not come twice.

        Raises:
            EngineError: the model's tokenizer failed.
        """
        with _tokenizer_errors():
            tokens = self.tokenizer.tokens(text)
        bos = self.model.bos_token
        if self.model.adds_bos and bos >= 0 and tokens[:1] != [bos]:
            return [bos, *tokens]
        return tokens

    def positions(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        prefill: str = "",
        reckons: bool = False,
    ) -> tuple[Prompt, list[int]]:
        """The prompt for the next reply, as text and as what is read; see `media_positions`.

        Pictures and recordings that were not opened are told to the model as missing; with `reckons`, which
        is for counting, they take as many positions as they probably will. Safe from any thread.

        Raises:
            TemplateError: the model's template cannot render these messages.
            EngineError: the model's tokenizer failed.
        """
        marked, prompt = self.rendered(messages, tools, prefill, reckons)
        return prompt, self.positions_of(marked, prompt.text)

    def rendered(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        prefill: str = "",
        reckons: bool = False,
        for_reply: bool = True,
    ) -> tuple[MarkedMessages, Prompt]:
        """The prompt as text, as in `positions`, and what the marks in it stand for.

        Raises:
            TemplateError: the model's template cannot render these messages.
        """
        media = self.media

        def words_for(part: MediaPart) -> str:
            if media is None or not media.takes(part):
                return not_shown(part)
            return "" if reckons or media.layout_of(part) else missing(part)

        form = documents_form if self.info.architecture.startswith("lfm") else plain_form
        marked = with_marks(messages, words_for, form)
        prompt = self.template.render(marked.messages, tools, prefill, for_reply)
        if any(mark not in prompt.text for mark in marked.media):
            raise TemplateError(
                tr("The model's chat template leaves out what is attached."), tr("Choose another model.")
            )
        return marked, prompt

    def positions_of(self, marked: MarkedMessages, text: TrackedText, is_beginning: bool = True) -> list[int]:
        """What is read of a rendered prompt, or of a stretch of it."""
        positions: list[int] = []
        for piece in marked.pieces_of(text):
            if not isinstance(piece, PicturePart | RecordingPart):
                is_first = is_beginning and not positions
                positions += self.prompt_tokens(piece) if is_first else self._continued_tokens(piece)
            elif self.media is not None:
                positions += self.media.positions_of(piece)
        return positions

    def _continued_tokens(self, text: str) -> list[int]:
        with _tokenizer_errors():
            return self.tokenizer.tokens(text)

    def try_one_token(self) -> None:
        """Reads a word and looks at what the model makes of it.

        Raises:
            ModelFileError: it makes no sense; the file is damaged.
        """
        name = self.info.path.name
        tokens = self.prompt_tokens("Hello")
        if not tokens:
            raise ModelFileError(tr("The vocabulary of {name} cannot write a word.", name=name), _AGAIN)
        if self.context.read(tokens) != 0 or not self.context.has_sound_outcome(self.model.vocabulary_size):
            raise ModelFileError(
                tr("The weights in {name} are damaged: nothing can be computed with them.", name=name), _AGAIN
            )


@contextmanager
def _tokenizer_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise EngineError(tr("The model's tokenizer failed."), tr("Choose another model.")) from error


class LoadProgress:
    """Passes on how far a load is, and whether it shall go on."""

    def __init__(self, on_progress: Callable[[float], None], cancel: threading.Event | None = None) -> None:
        self._on_progress = on_progress
        self._cancel = cancel
        self._last = -1
        self.error: BaseException | None = None
        """What the receiver raised: it cannot pass through the library and is raised again afterwards."""

    @property
    def is_cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.is_set()

    def __call__(self, share: float) -> bool:
        percent = int(share * 100)
        if percent != self._last:
            self._last = percent
            try:
                self._on_progress(share * _LOADED_SHARE)
            except BaseException as error:
                self.error = error
        return self.error is None and not self.is_cancelled

    def raise_if_stopped(self) -> None:
        if self.error is not None:
            raise self.error
        if self.is_cancelled:
            raise Cancelled


def native_library(parts: Sequence[Path] = ()) -> ModuleType:
    """The library, loaded when it is first needed: that takes half a second, and the window must not wait for
    it. `parts` are its libraries for this processor, where it was built with many.

    Raises:
        EngineError: it cannot be loaded.
    """
    try:
        from app.engine import llama

        llama.load_libraries(parts)
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise EngineError(
            tr("The engine's library could not be loaded: {error}.", error=error), tr("Reinstall Tarn.")
        ) from error
    return llama


def load_model(
    native: ModuleType,
    header: GgufHeader,
    plan: LoadPlan,
    progress: LoadProgress,
    completes_text: bool = False,
    projector: Path | None = None,
    senses: frozenset[Sense] = frozenset(Sense),
    read_media: ReadMedia = no_media,
    states: StateFiles | None = None,
) -> LoadedModel:
    """Loads a file by a plan; with `completes_text` to continue what it is given, without turns.

    `projector` is the file that lets the model see or hear, as `senses` says, which is loaded with the first
    picture or recording; `read_media` gives it those. `states` has what was remembered of conversations in
    earlier runs.

    Raises:
        ModelFileError: it cannot be used.
        OutOfMemoryError: it does not fit into the memory.
        Cancelled: `progress` said so.
    """
    model: llama.Model | None = None
    context: llama.LlamaContext | None = None
    try:
        model = native.Model(header.path, plan.gpu_layers, progress, not can_be_unplugged(header.path))
        progress.raise_if_stopped()
        context = open_context(native, model, plan)
        progress.raise_if_stopped()
        is_base_model = not header.chat_template and not _has_turn_marks(model)
        template, notice = _template_of(header, model, completes_text)
        info = _info(header, plan, model, context, (plan.notice, "" if is_base_model else notice))
        info = replace(
            info,
            is_base_model=is_base_model,
            completes_text=completes_text,
            has_gpu=native.has_gpu(),
        )
        stop_words = (TURN_END,) if template.source == CHATML else ()
        cache = PromptCache(context, model.has_fixed_state, kept=KeptStates(others=states))
        tokenizer = PromptTokenizer(model, template.source)
        info = replace(info, template_notes=template.traits.in_words())
        understood = understands_calls(template, header.architecture)
        media = None
        if projector is not None and not completes_text:
            uses_gpu = plan.gpu_layers != 0
            media = MediaReader(projector, model, plan.thread_count, uses_gpu, read_media, senses)
            cache.read_media_with(media)
            info = replace(info, projector=projector, senses=senses)
        key = key_of(
            *identity_of(header.path), *native.loaded_libraries(), str(info.context_length), *plan.state_form
        )
        return LoadedModel(
            model, context, cache, tokenizer, template, info, understood, stop_words, media, key
        )
    except BaseException as error:
        if context is not None:
            context.close()
        if model is not None:
            model.close()
        progress.raise_if_stopped()
        if isinstance(error, native.LoadFailed):
            raise _load_failed(header, plan, str(error)) from error
        raise


def open_context(native: ModuleType, model: llama.Model, plan: LoadPlan) -> llama.LlamaContext:
    """Raises LoadFailed: there is not enough memory for it, or the model cannot be run."""
    context: llama.LlamaContext = native.LlamaContext(
        model,
        plan.context_length,
        plan.thread_count,
        plan.kv_cache_type,
        plan.batch_size,
        plan.flash_attention,
        plan.writing_threads,
        plan.take_back_length,
    )
    return context


def _info(
    header: GgufHeader,
    plan: LoadPlan,
    model: llama.Model,
    context: llama.LlamaContext,
    notices: tuple[str, ...],
) -> ModelInfo:
    return ModelInfo(
        path=header.path,
        name=header.name or header.path.stem,
        architecture=header.architecture,
        quantisation=header.quantisation,
        size_bytes=header.file_size,
        context_length=context.context_length,
        trained_context=header.trained_context,
        gpu_layers=model.layer_count + 1 if plan.gpu_layers < 0 else plan.gpu_layers,
        thread_count=plan.thread_count,
        writing_threads=plan.writing_threads,
        flash_attention=plan.flash_attention,
        is_measured=plan.is_measured,
        notices=tuple(notice for notice in notices if notice),
    )


def _has_turn_marks(model: llama.Model) -> bool:
    """Whether the vocabulary has the mark for the end of a turn that ChatML writes."""
    return len(model.tokenize(TURN_END)) == 1


def _template_of(header: GgufHeader, model: llama.Model, completes_text: bool) -> tuple[ChatTemplate, str]:
    """The template, and a sentence for the user where it is not the model's own.

    Raises:
        ModelFileError: the template does not come to an end.
    """
    from app.engine.chat_template import ChatTemplate  # Brings Jinja2, which the window need not wait for.

    special = (model.text_of(model.bos_token), model.text_of(model.eos_token))
    if completes_text:
        return ChatTemplate(COMPLETION, *special), ""
    if not header.chat_template:
        return ChatTemplate(CHATML, *special), (
            tr("This model file has no chat template, so a common one (ChatML) is used; answers may be odd.")
        )
    try:
        return ChatTemplate(header.chat_template, *special), ""
    except TemplateStoppedError as error:
        raise ModelFileError(str(error), _AGAIN) from error
    except TemplateError as error:
        return ChatTemplate(CHATML, *special), sentences(
            str(error), tr("A common one (ChatML) is used; answers may be odd.")
        )


def _load_failed(header: GgufHeader, plan: LoadPlan, complaint: str) -> ModelFileError | OutOfMemoryError:
    """What llama.cpp logged, as a sentence."""
    name = header.path.name
    if "alloc" in complaint or "out of memory" in complaint:
        return OutOfMemoryError(
            tr(
                "There was not enough memory to load {name}, which needs about {total_bytes:.1f} GB.",
                name=name,
                total_bytes=plan.total_bytes / 1e9,
            ),
            tr("Close other programs, set a shorter context, or choose a smaller model."),
        )
    lines = [line for line in complaint.splitlines() if line]
    reason = (
        lines[0].rsplit("error loading model: ", 1)[-1].rstrip(".") if lines else tr("no reason was given")
    )
    return ModelFileError(tr("The engine could not load {name}: {reason}.", name=name, reason=reason), _AGAIN)
