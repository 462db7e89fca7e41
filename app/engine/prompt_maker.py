"""Prompts for a model that runs elsewhere, made by the template and the vocabulary in a file of the same one.

They are the numbers of tokens, so that nothing anybody wrote can be read there as a turn's mark, and the
model reads exactly what it would read here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.core.errors import EngineError, ModelFileError
from app.core.language_model import MadePrompt, ReplyStarted
from app.core.media import not_shown
from app.core.message import Message
from app.core.translation import tr
from app.engine.loaded_model import native_library
from app.engine.model_checks import read_usable
from app.engine.prompt_tokenizer import PromptTokenizer
from app.engine.shown_media import with_marks


class VocabularyPromptMaker:
    """The chat template and the vocabulary of a model file, without its weights. Fits `PromptMaker`."""

    def __init__(self, path: Path, choose_libraries: Callable[[], Sequence[Path]] = tuple) -> None:
        """Loads a file that was tried before.

        Raises:
            ModelFileError: it cannot be used, or has no template.
            TemplateError: its template is not valid.
            EngineError: the engine's library cannot be loaded.
        """
        from app.engine.chat_template import ChatTemplate  # Brings Jinja2.

        header = read_usable(path)
        if not header.chat_template:
            raise ModelFileError(
                tr("{name} has no chat template.", name=path.name), tr("Choose another model.")
            )
        native = native_library(choose_libraries())
        try:
            self._model = native.Model(path, 0, lambda _share: True, vocabulary_only=True)
        except native.LoadFailed as error:
            raise ModelFileError(tr("The vocabulary of {name} cannot be read.", name=path.name)) from error
        model = self._model
        special = (model.text_of(model.bos_token), model.text_of(model.eos_token))
        self._template = ChatTemplate(header.chat_template, *special)
        self._tokenizer = PromptTokenizer(model, self._template.source)
        self._ending = special[1]

    def make(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], prefill: str = ""
    ) -> MadePrompt:
        """The prompt for the next reply, which goes on from `prefill`.

        Raises:
            TemplateError: the template cannot render these messages.
            EngineError: the tokenizer failed.
        """
        marked = with_marks(messages, not_shown)
        prompt = self._template.render(marked.messages, tools, prefill)
        model = self._model
        tokens = self._tokens(prompt.text, self._tokenizer.tokens)
        if model.adds_bos and model.bos_token >= 0 and tokens[:1] != [model.bos_token]:
            tokens = [model.bos_token, *tokens]
        started = ReplyStarted(prompt.starts_in_reasoning, prompt.reasoning, self._template.answer_tags)
        return MadePrompt(tuple(tokens), started, self._ending)

    def count_tokens(self, text: str) -> int:
        return len(self._tokens(text, self._model.tokenize))

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text in which marks are marks, to be compared with what a server makes of it."""
        return self._tokens(text, self._model.tokenize)

    def close(self) -> None:
        with suppress(Exception):
            self._model.close()

    def _tokens(self, text: str, tokenize: Callable[[str], list[int]]) -> list[int]:
        try:
            return tokenize(text)
        except Exception as error:
            raise EngineError(tr("The model's tokenizer failed."), tr("Choose another model.")) from error
