"""From a rendered prompt to its tokens, so that nothing but markup becomes a control token.

llama.cpp finds the markers of a vocabulary in a text by their letters, wherever these stand. Here only those
that are wholly the template's or the model's own are read as markers. What merely spells one is content, and
is tokenized as ordinary words. A prompt without any of those is tokenized in one go.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from app.engine.tracked_text import mark_of

_HTML_TAG = re.compile(
    r"</?(?:a|b|blockquote|body|br|caption|code|col|colgroup|dd|del|div|dl|dt|em|font|h[1-6]|head|hr|html|i|img"
    r"|input|ins|label|li|link|meta|ol|option|p|pre|s|script|select|small|span|strike|strong|style|sub|sup"
    r"|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul)>"
)
"""Words of ordinary texts, which some vocabularies (Gemma's) have whole."""
_ANCHORS = ("\n", "a", "0", ".")

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SpecialToken:
    """A token that a vocabulary sets apart from those that words are made of."""

    token: int
    text: str
    is_user_defined: bool = False
    """Its letters become this token even where no markers are to be read."""
    strips_left: bool = False
    """It takes the white space before it away..."""
    strips_right: bool = False
    """...or that after it."""


class Vocabulary(Protocol):
    """What is asked of a model; `app.engine.llama.Model` offers it."""

    def tokenize(self, text: str, reads_markers: bool = True) -> list[int]: ...

    def special_tokens(self) -> Iterable[SpecialToken]: ...

    def bytes_of(self, token: int) -> bytes: ...


class PromptTokenizer:
    """Tokenizes prompts and texts for one model. Safe from any thread, as its vocabulary is."""

    def __init__(self, vocabulary: Vocabulary, template: str = "") -> None:
        """`template` is the source of the chat template: what it writes are markers, however they look."""
        self._vocabulary = vocabulary
        self._markers = {
            special.text: special
            for special in vocabulary.special_tokens()
            if special.text and _is_marker(special, template)
        }
        self._spelling = {marker.token: marker.text for marker in self._markers.values()}
        lengths = defaultdict(set)
        for text in self._markers:
            lengths[text[0]].add(len(text))
        self._lengths = {letter: sorted(found) for letter, found in lengths.items()}
        self._longest = max(map(len, self._markers), default=0)
        self._first_letter = re.compile(f"[{re.escape(''.join(lengths))}]") if lengths else None
        first = vocabulary.tokenize("a", False)[:1]
        self._adds_space = bool(first) and vocabulary.bytes_of(first[0]).startswith(b" ")

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text; a marker in it counts as one where it is tracked as own, else as words.

        Raises:
            NativeFailure: the model was closed, or its tokenizer failed.
        """
        own = mark_of(text)
        found = list(self._occurrences(text))
        foreign = [span for span in found if 0 in own[slice(*span)]]
        if not foreign:
            return self._vocabulary.tokenize(text)
        markers = _longest_first([span for span in found if 0 not in own[slice(*span)]])
        starts = [start for start, _ in foreign]
        tokens: list[int] = []
        before = (0, 0)
        read = 0
        for after in (*markers, (len(text), len(text))):
            start, end = before[1], after[0]
            near = foreign[bisect_left(starts, start - self._longest) : bisect_left(starts, end)]
            spelled = [span for span in near if span[1] > start]
            if spelled:
                if read < start:
                    tokens += self._vocabulary.tokenize(text[read:start])
                tokens += self._words(text, self._stripped(text, before, after), spelled)
                read = end
            before = after
        return tokens + (self._vocabulary.tokenize(text[read:]) if read < len(text) else [])

    def _occurrences(self, text: str) -> Iterator[_Span]:
        """Where a marker is spelled, overlapping ones too."""
        if self._first_letter is None:
            return
        markers = self._markers
        for match in self._first_letter.finditer(text):
            start = match.start()
            for length in self._lengths[match[0]]:
                if text[start : start + length] in markers:
                    yield start, start + length

    def _stripped(self, text: str, before: _Span, after: _Span) -> _Span:
        """The words between two markers, without the white space that these take away."""
        start, end = before[1], after[0]
        left, right = (self._markers.get(text[slice(*marker)]) for marker in (before, after))
        if left is not None and left.strips_right:
            start = end - len(text[start:end].lstrip())
        if right is not None and right.strips_left:
            end = start + len(text[start:end].rstrip())
        return start, end

    def _words(self, text: str, words: _Span, spelled: Sequence[_Span]) -> list[int]:
        """Tokens of content, without markers. Those that would be found in any case are cut in two."""
        start, end = words
        cuts = {
            at + 1
            for at, stop in spelled
            if self._markers[text[at:stop]].is_user_defined and start <= at and stop <= end
        }
        edges = [start, *sorted(cuts), end]
        tokens: list[int] = []
        for number, (left, right) in enumerate(pairwise(edges)):
            piece = text[left:right]
            tokens += self._continued(piece) if number else self._vocabulary.tokenize(piece, False)
        return [plain for token in tokens for plain in self._plain(token)]

    def _continued(self, text: str) -> list[int]:
        """Tokens of a text that goes on within a line: some vocabularies begin each text with a space."""
        if self._adds_space:
            for anchor in _ANCHORS:
                head = self._vocabulary.tokenize(anchor, False)
                tokens = self._vocabulary.tokenize(anchor + text, False)
                if tokens[: len(head)] == head:
                    return tokens[len(head) :]
        return self._vocabulary.tokenize(text, False)

    def _plain(self, token: int) -> list[int]:
        """A token as it is; a marker that was made of words all the same, letter by letter."""
        if token not in self._spelling:
            return [token]
        spelled = [part for letter in self._spelling[token] for part in self._continued(letter)]
        return [part for part in spelled if part not in self._spelling]


def _is_marker(special: SpecialToken, template: str) -> bool:
    text = special.text
    if not special.is_user_defined:
        return True
    if len(text) < 2 or text.isspace():
        return False
    has_letters = any(letter.isalnum() or letter in "|\"'" for letter in text)
    looks_like_one = has_letters and not text.isalnum() and not _HTML_TAG.fullmatch(text)
    return looks_like_one or text in template


def _longest_first(spans: Iterable[_Span]) -> list[_Span]:
    """Those that llama.cpp chooses of spans in the order of the text: of some that overlap, the longest."""
    chosen: list[_Span] = []
    group: list[_Span] = []
    for span in spans:
        if group and span[0] >= max(end for _, end in group):
            chosen += _apart(group)
            group = []
        group.append(span)
    return chosen + _apart(group)


def _apart(group: list[_Span]) -> list[_Span]:
    taken: list[_Span] = []
    for start, end in sorted(group, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= left or start >= right for left, right in taken):
            taken.append((start, end))
    return sorted(taken)
