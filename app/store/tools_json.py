"""Which tools of a conversation are on, and what they may do, as it is written into the file."""

from __future__ import annotations

import json

import msgspec

from app.core.parsing import ParseError, parse_json
from app.core.permission import Permissions
from app.store.text_column import restored, stored_text

ToolChoice = tuple[tuple[str, ...] | None, Permissions]
NOTHING_CHOSEN: ToolChoice = (None, Permissions())


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


def tools_from_json(value: object) -> tuple[ToolChoice, bool]:
    """The choice as it was, and whether it is legible.

    Where any of it is not, nothing counts as chosen: then every call is asked for again.
    """
    text, is_whole = restored(value)
    if not text:
        return NOTHING_CHOSEN, is_whole
    try:
        values = parse_json(text, None)
        on = msgspec.convert(values["on"], tuple[str, ...] | None)
        always, never = (msgspec.convert(values[name], frozenset[str]) for name in ("always", "never"))
    except (ParseError, msgspec.ValidationError, KeyError, TypeError, IndexError):
        return NOTHING_CHOSEN, False
    return (on, Permissions(always, never)), is_whole
