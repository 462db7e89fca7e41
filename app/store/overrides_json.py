"""What a conversation does differently from its preset, as it is written into the file."""

from __future__ import annotations

import json

from app.core.parsing import ParseError, parse_json
from app.core.preset_overrides import Overrides, is_usable
from app.store.text_column import restored, stored_text


def overrides_to_json(overrides: Overrides) -> str | bytes:
    """Names and values as one object; an empty text where there are none."""
    return stored_text(json.dumps(dict(overrides), ensure_ascii=False)) if overrides else ""


def overrides_from_json(value: object) -> tuple[Overrides, bool]:
    """The overrides as they were, and whether all of them are legible."""
    text, is_whole = restored(value)
    if not text:
        return (), is_whole
    try:
        values = parse_json(text, None)
    except ParseError:
        values = None
    if not isinstance(values, dict):
        return (), False
    read = [(name, tuple(it) if isinstance(it, list) else it) for name, it in values.items()]
    usable = tuple((name, it) for name, it in read if is_usable(name, it))
    return usable, is_whole and len(usable) == len(read)
