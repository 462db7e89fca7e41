"""What a model's chat template takes, as it was found out by trying."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.reasoning_markers import ReasoningMarkers
from app.core.translation import tr


class CallForm(StrEnum):
    """How a template is given the tool calls of an answer."""

    TOGETHER = "together"
    ONE_BY_ONE = "one_by_one"
    """Each in an answer of its own, followed by its result."""
    WORDS = "words"
    """As the words that the model wrote: the template knows no calls."""


class WordsBesideCall(StrEnum):
    """Where the words go that an answer holds beside its tool calls."""

    WITH_CALL = "with_call"
    BEFORE_CALL = "before_call"
    """In an answer of their own."""
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class TemplateTraits:
    """The form in which a conversation reaches a model whole. The defaults are what most templates take."""

    system_in_question: bool = False
    """The system prompt goes to the head of the first question."""
    late_system_in_question: bool = False
    """System messages after the first turn go to the head of the next question."""
    joins_turns: bool = False
    """Questions, or answers, that follow one another are joined: speakers have to take turns."""
    opens_with_question: bool = False
    """A conversation that begins with an answer is given a question before it."""
    content_as_parts: bool = False
    """Contents are lists of parts of type `text`."""
    wants_tool_list: bool = False
    """Without tools it is given an empty list of them."""
    wants_descriptions: bool = False
    """Every parameter of a tool has to have a description."""
    offers_tools: bool = False
    """It tells the model about tools."""
    calls: CallForm = CallForm.TOGETHER
    arguments_as_text: bool = False
    """The arguments of a call are JSON in a text, not an object."""
    results_as_words: bool = False
    """What a tool returned is a question."""
    words_beside_call: WordsBesideCall = WordsBesideCall.WITH_CALL
    thought_beside_words_and_call: bool = True
    """An answer may hold a thought, words and a call; otherwise the thought is left out."""
    thought_fields: tuple[str, ...] = ()
    """The fields in which it looks for the thought of an answer."""
    thoughts_in_content: bool = False
    """It takes thoughts out of an answer's content itself."""
    reasoning: ReasoningMarkers | None = None
    """The markers of the thought that its prompts open for the model."""
    answer_tags: tuple[str, ...] = ()
    """The opening and the closing tag that it writes around past answers."""

    def in_words(self) -> tuple[str, ...]:
        """What a user may want to know of it, in sentences; none where everything is as usual."""
        found = (
            (self.system_in_question, tr("Takes the system prompt in the first question.")),
            (not self.offers_tools, tr("Does not tell the model about tools.")),
            (
                self.offers_tools and self.calls is CallForm.ONE_BY_ONE,
                tr("Takes one tool call at a time."),
            ),
            (
                self.offers_tools and self.calls is CallForm.WORDS,
                tr("Takes tool calls as the words that the model wrote."),
            ),
            (
                self.offers_tools and self.results_as_words,
                tr("Takes the results of tools as words of a question."),
            ),
            (
                self.offers_tools and self.words_beside_call is WordsBesideCall.LEFT_OUT,
                tr("Leaves out what the model says beside a tool call."),
            ),
        )
        return tuple(sentence for holds, sentence in found if holds)
