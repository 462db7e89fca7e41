"""A voice that speaks as quickly as a test wants."""

from __future__ import annotations

from collections.abc import Callable


class SpokenVoice:
    """Remembers what it was to say.

    Attributes:
        said: the sentences with their languages.
        languages: those that it speaks; none means all of them.
        is_broken: it cannot speak after all.
    """

    def __init__(self, *languages: str) -> None:
        self.said: list[tuple[str, str]] = []
        self.languages = set(languages)
        self.is_broken = False
        self._on_end: Callable[[bool], None] | None = None

    @property
    def is_speaking(self) -> bool:
        return self._on_end is not None

    def say(self, sentence: str, language: str, on_end: Callable[[bool], None]) -> bool:
        if self.languages and language not in self.languages:
            return False
        self.said.append((sentence, language))
        self._on_end = on_end
        return True

    def stop(self) -> None:
        self._on_end = None

    def ends(self, count: int = 1) -> None:
        """Comes to the end of so many sentences."""
        for _ in range(count):
            on_end, self._on_end = self._on_end, None
            if on_end is not None:
                on_end(not self.is_broken)
