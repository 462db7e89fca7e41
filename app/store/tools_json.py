"""Which tools of a conversation are on, and what they may do, as it is written into the file."""

from __future__ import annotations

import json
import logging
from typing import Any

from app.core.permission import Permissions
from app.store.message_json import restored_text, stored_text

log = logging.getLogger(__name__)

NOTHING_CHOSEN: tuple[tuple[str, ...] | None, Permissions] = (None, Permissions())


def tools_to_json(tools: tuple[str, ...] | None, permissions: Permissions) -> str | bytes:
    """Three lists of names as one object; an empty text where the user has chosen nothing."""
    if (tools, permissions) == NOTHING_CHOSEN:
        return ""
    values = {
        "on": None if tools is None else list(tools),
        "always": sorted(permissions.always),
        "never": sorted(permissions.never),
    }
    return stored_text(json.dumps(values, ensure_ascii=False))


def tools_from_json(value: str | bytes) -> tuple[tuple[str, ...] | None, Permissions]:
    """The choice as it was. What is not legible is no choice: then every call is asked for again."""
    if not value:
        return NOTHING_CHOSEN
    try:
        values = json.loads(restored_text(value))
        on = None if values["on"] is None else tuple(_names(values["on"]))
        return on, Permissions(frozenset(_names(values["always"])), frozenset(_names(values["never"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        log.warning("Which tools a conversation uses is not legible")
        return NOTHING_CHOSEN


def _names(values: Any) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(name, str) for name in values):
        raise ValueError("names of tools must be a list of texts")
    return values
