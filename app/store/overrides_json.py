"""What a conversation does differently from its preset, as it is written into the file."""

from __future__ import annotations

import json
import logging

from app.core.preset_overrides import Overrides, is_usable
from app.store.message_json import restored_text, stored_text

log = logging.getLogger(__name__)


def overrides_to_json(changes: Overrides) -> str | bytes:
    """Names and values as one object; an empty text where there are none."""
    return stored_text(json.dumps(dict(changes), ensure_ascii=False)) if changes else ""


def overrides_from_json(value: str | bytes) -> Overrides:
    """The changes as they were. What cannot be used is left out: the conversation is worth more than it."""
    if not value:
        return ()
    try:
        values = json.loads(restored_text(value))
        read = tuple((name, tuple(it) if isinstance(it, list) else it) for name, it in values.items())
    except (ValueError, AttributeError, RecursionError):
        log.warning("What a conversation changed in its preset is not legible")
        return ()
    return tuple((name, it) for name, it in read if is_usable(name, it))
