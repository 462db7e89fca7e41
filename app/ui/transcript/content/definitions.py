"""What a text defines, and what it mentions of that: addresses and footnotes by their labels."""

from __future__ import annotations

import re

from markdown_it.common.utils import normalizeReference

from app.ui.transcript.content.markdown import Environment
from app.ui.transcript.content.markdown_rules.references import FOOTNOTES

_MENTION = re.compile(r"\[([^\[\]]{1,300})\]")


def mentions(text: str) -> set[str]:
    """The labels that a text mentions in brackets."""
    return {normalizeReference(found) for found in _MENTION.findall(text)} if "[" in text else set()


def defined_labels(environment: Environment) -> set[str]:
    """The labels of all addresses and footnotes that are defined."""
    notes = (normalizeReference(f"^{label}") for label in environment.get(FOOTNOTES, ()))
    return {*environment.get("references", ()), *notes}
