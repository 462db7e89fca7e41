"""A whole conversation as JSON: every branch, every part and all that is known about the answers.

The file is one object:

    format          "tarn-conversation"
    version         2 where files are attached, else 1
    conversation    id, title, is_titled_by_user, created_at, updated_at, tip_id, system_prompt, model_path,
                    preset_name, overrides (names and values), draft, draft_attachments, tools (names, or
                    null), permissions
    messages        a list, parents before their children, each with id, parent_id, role, state, created_at,
                    parts, generation
    files           the attached files: their SHA-256, and their bytes in base64

Times are ISO 8601 with a time zone. Parts have a `kind` (text, reasoning, tool_call, tool_result, picture,
recording, document) and the fields of `core/message.py`, with the text that the model wrote in `raw`. Lone
surrogates, which UTF-8 cannot hold, are written as JSON escapes. `docs/exported_chats.md` says the same to
other programs.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from app.core.conversation import Conversation, MessageNode, MessageState, new_id
from app.core.errors import ImportFormatError
from app.core.generation import Generation
from app.core.message import AttachmentPart, Message, Part, Role
from app.core.parsing import ParseError, parse_json
from app.core.permission import Permissions
from app.core.preset_overrides import is_usable
from app.core.translation import tr
from app.files.converter import converted
from app.store.message_json import figure_fault, generation_values, part_from_values, part_values

FORMAT = "tarn-conversation"
VERSION = 2
_BEFORE_FILES = 1
MOST_BYTES = 2 * 1024**3

ReadFile = Callable[[str], bytes | None]

_HINT = tr("Choose a JSON file that Tarn exported.")


def to_json(conversation: Conversation, read_file: ReadFile = lambda _sha256: None) -> str:
    """The conversation as JSON text; `from_json` gives the same conversation back, and `files_from_json` what
    is attached to it.

    Args:
        read_file: gives the bytes of an attached file by its SHA-256; None for one that is missing.
    """
    details = {
        name: value
        for name, value in asdict(replace(conversation, nodes=())).items()
        if name not in ("nodes", "is_damaged", "is_temporary", "queued")
    }
    details |= {
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "overrides": dict(conversation.overrides),
        "draft": conversation.kept_draft,
        "draft_attachments": [part_values(part) for part in conversation.kept_attachments],
        "permissions": {
            "always": sorted(conversation.permissions.always),
            "never": sorted(conversation.permissions.never),
        },
    }
    named = [part.file.sha256 for part in _attachments(conversation)]
    files = {sha256: data for sha256 in dict.fromkeys(named) if (data := read_file(sha256)) is not None}
    values = {
        "format": FORMAT,
        "version": VERSION if named else _BEFORE_FILES,
        "conversation": details,
        "messages": [_node_values(node) for node in conversation.nodes],
    }
    if files:
        values["files"] = {sha256: base64.b64encode(data).decode() for sha256, data in files.items()}
    # Surrogates that stand alone are escaped; two in a row would be read as one character.
    return _with_lone_surrogates_escaped(json.dumps(values, ensure_ascii=False, indent=1))


def from_json(text: str | bytes) -> Conversation:
    """The exported conversation, with its ids.

    Raises:
        ImportFormatError: the text is none, comes from a newer version, or is damaged.
    """
    values = _read(text)
    try:
        return _conversation(values["conversation"], values["messages"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ImportFormatError(tr("The exported chat is damaged."), tr("Export it again.")) from error


def files_from_json(text: str | bytes) -> list[bytes]:
    """The files that are attached to the exported conversation; those that are damaged are left out.

    Raises:
        ImportFormatError: as `from_json`.
    """
    files = _read(text).get("files", {})
    found: list[bytes] = []
    for sha256, encoded in files.items() if isinstance(files, dict) else ():
        with contextlib.suppress(ValueError, TypeError):
            data = base64.b64decode(encoded, validate=True)
            if hashlib.sha256(data).hexdigest() == sha256:
                found.append(data)
    return found


def _read(text: str | bytes) -> dict[str, Any]:
    try:
        values = parse_json(text, MOST_BYTES)
    except ParseError as error:
        raise ImportFormatError(tr("This file cannot be read as JSON."), _HINT) from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ImportFormatError(tr("This file is not a chat that Tarn exported."), _HINT)
    version = values.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ImportFormatError(
            tr("This chat was exported by a newer version of Tarn."), tr("Install the newest version.")
        )
    return values


def _attachments(conversation: Conversation) -> Iterator[AttachmentPart]:
    for node in conversation.nodes:
        yield from node.message.attachments
    yield from conversation.kept_attachments


def _node_values(node: MessageNode) -> dict[str, Any]:
    generation = node.message.generation
    return {
        "id": node.id,
        "parent_id": node.parent_id,
        "role": node.role.value,
        "state": node.state.value,
        "created_at": node.created_at.isoformat(),
        "parts": [part_values(part) for part in node.message.parts],
        "generation": generation_values(generation) if generation else None,
    }


def _conversation(details: dict[str, Any], messages: list[dict[str, Any]]) -> Conversation:
    overrides = tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in details["overrides"].items()
    )
    permissions = details["permissions"]
    special = ("overrides", "permissions", "nodes", "draft_attachments", "queued")
    plain = {name: value for name, value in details.items() if name not in special}
    conversation = converted(Conversation, plain, _refuse)
    nodes: dict[str, MessageNode] = {}
    for values in messages:
        node = _node(values)
        if node.id in nodes or (node.parent_id is not None and node.parent_id not in nodes):
            raise ValueError("the tree of messages is damaged")
        nodes[node.id] = node
    tip_id = conversation.tip_id
    if tip_id is not None and tip_id not in nodes:
        raise ValueError("the message on screen is missing")
    return replace(
        conversation,
        nodes=tuple(nodes.values()),
        draft_attachments=tuple(
            part for part in _parts(details.get("draft_attachments", ())) if isinstance(part, AttachmentPart)
        ),
        overrides=tuple((name, value) for name, value in overrides if is_usable(name, value)),
        permissions=Permissions(frozenset(permissions["always"]), frozenset(permissions["never"])),
    )


def _node(values: dict[str, Any]) -> MessageNode:
    generation = None
    if values["generation"] is not None:
        generation = converted(Generation, values["generation"], _refuse, figure_fault)
    created_at = datetime.fromisoformat(values["created_at"])
    if created_at.tzinfo is None:
        raise ValueError("a date without a time zone")
    return MessageNode(
        Message(Role(values["role"]), _parts(values["parts"]), generation),
        values["parent_id"],
        values["id"] or new_id(),
        created_at,
        MessageState(values["state"]),
    )


def _parts(entries: Iterable[Any]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for entry in entries:
        part, is_legible = part_from_values(entry)
        if part is None or not is_legible:
            raise ValueError("a part is damaged")
        parts.append(part)
    return tuple(parts)


def _refuse(name: str, _value: object, problem: str) -> None:
    raise ValueError(f"{name}: {problem}")


def _with_lone_surrogates_escaped(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(f"\\u{ord(it):04x}" if "\ud800" <= it <= "\udfff" else it for it in text)
    return text
