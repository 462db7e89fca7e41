"""From messages to the text that a model was trained to continue, by the template in its file.

Templates are programs by strangers. Those whose text is known run in this process; every other one runs in
one that may be ended when it takes too long or too much.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from app.core.message import Message
from app.core.template_traits import CallForm, TemplateTraits
from app.engine.compiled_template import CompiledTemplate, Prompt
from app.engine.known_templates import CHATML, is_known
from app.engine.template_process import RemoteTemplate

__all__ = ["CHATML", "ChatTemplate", "Prompt"]

log = logging.getLogger(__name__)


class ChatTemplate:
    """One model's template."""

    def __init__(self, source: str, bos_text: str = "", eos_text: str = "") -> None:
        """Raises TemplateError: the template is not valid, or does not come to an end when it is tried."""
        self.source = source
        self._template: CompiledTemplate | RemoteTemplate = (
            CompiledTemplate(source, bos_text, eos_text)
            if is_known(source)
            else RemoteTemplate(source, bos_text, eos_text)
        )
        self._told: set[str] = set()

    @property
    def traits(self) -> TemplateTraits:
        """What it takes, as it was found out by trying."""
        return self._template.traits

    @property
    def offers_tools(self) -> bool:
        """Whether the template tells the model about tools at all."""
        return self.traits.offers_tools

    @property
    def answer_tags(self) -> tuple[str, ...]:
        """The tags that the model writes around its answers, after what the template does with them."""
        return self.traits.answer_tags

    @property
    def reads_tool_calls(self) -> bool:
        """Whether it writes the calls of past answers itself."""
        return self.traits.calls is not CallForm.WORDS

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        prefill: str = "",
        for_reply: bool = True,
    ) -> Prompt:
        """The prompt for the next reply, `prefill` being words that the reply is to begin with.

        Safe from any thread.

        Raises:
            TemplateError: the template refuses these messages in every form, fails, or does not come to an
                end.
        """
        prompt = self._template.render(messages, tools, prefill, for_reply)
        if not self._told.issuperset(prompt.left_out):
            self._told.update(prompt.left_out)
            log.warning("The chat template leaves out %s", ", ".join(prompt.left_out))
        return prompt
