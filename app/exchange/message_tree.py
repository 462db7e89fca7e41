"""Makes a conversation's tree of messages that name their parents, whatever they name.

What other programs write may name parents that are missing, or go in circles; entries without words stand
between messages. Nothing is recursive: a conversation may have thousands of messages one below the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.core.conversation import UNTITLED, Conversation, MessageNode, MessageState, now
from app.core.errors import ImportFormatError
from app.core.generation import Generation
from app.core.message import Message, Part, Role, ToolResultPart
from app.core.translation import tr


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of one message."""

    id: str
    parent_id: str | None
    role: Role = Role.USER
    parts: tuple[Part, ...] = ()
    """Empty for an entry that only stands between two others."""
    at: datetime | None = None
    model_name: str = ""
    state: MessageState = MessageState.COMPLETE
    generation: Generation | None = None
    """Where more is known of an answer than the model's name."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Messages, parents before their children, and the last one on screen."""

    nodes: tuple[MessageNode, ...]
    tip_id: str | None


def tree_of(entries: Iterable[Entry], shown_id: str = "", at: datetime | None = None) -> Tree:
    """The messages as a tree.

    Args:
        entries: in the file's order; of two with one id, the last counts.
        shown_id: the entry that ends the branch on screen; otherwise the newest branch is.
        at: when those were made of which the file does not say it; now where that is not known either.
    """
    by_id = {entry.id: entry for entry in entries}
    below: dict[str | None, list[Entry]] = {}
    for entry in by_id.values():
        parent_id = entry.parent_id if entry.parent_id in by_id and entry.parent_id != entry.id else None
        below.setdefault(parent_id, []).append(entry)
    maker = _Maker(at or now())
    for root in below.get(None, ()):
        maker.add_all_below(root, below)
    for entry in by_id.values():  # What is left goes in circles, which are cut at their first message.
        maker.add_all_below(entry, below)
    return Tree(tuple(maker.nodes.values()), maker.tip(shown_id, by_id))


def chain_of(entries: Iterable[Entry], at: datetime | None = None) -> Tree:
    """The messages one below the other, in their order, whatever parents they name."""
    chained: list[Entry] = []
    for number, entry in enumerate(entries):
        chained.append(replace(entry, id=str(number), parent_id=str(number - 1) if number else None))
    return tree_of(chained, at=at)


def conversation_of(
    tree: Tree,
    title: str,
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
    system_prompt: str = "",
) -> Conversation:
    """The conversation of these messages.

    Args:
        tree: its messages.
        title: empty where the file gives none.
        created_at: where the file does not say it, the first message does.
        updated_at: where the file does not say it, the newest message does.
        system_prompt: what the model was told before.

    Raises:
        ImportFormatError: there is not one message in it.
    """
    if not tree.nodes:
        raise ImportFormatError(tr("There is no message in it."))
    return Conversation(
        title=title or UNTITLED,
        is_titled_by_user=bool(title),
        created_at=created_at or tree.nodes[0].created_at,
        updated_at=updated_at or max(node.created_at for node in tree.nodes),
        nodes=tree.nodes,
        tip_id=tree.tip_id,
        system_prompt=system_prompt,
    )


class _Maker:
    """Adds messages one by one; each entry once."""

    def __init__(self, at: datetime) -> None:
        self.nodes: dict[str, MessageNode] = {}
        self._at = at
        self._last_of: dict[str, str | None] = {}
        """The message that stands for an entry, or for those above it where it has no words."""

    def add_all_below(self, first: Entry, below: dict[str | None, list[Entry]]) -> None:
        waiting: list[tuple[Entry, str | None]] = [(first, None)]
        while waiting:
            entry, parent = waiting.pop()
            if entry.id in self._last_of:
                continue
            last = self._add(entry, parent, is_only_child=len(below.get(entry.parent_id, ())) == 1)
            self._last_of[entry.id] = last
            waiting += [(child, last) for child in reversed(below.get(entry.id, ()))]

    def tip(self, shown_id: str, by_id: dict[str, Entry]) -> str | None:
        if not self.nodes:
            return None
        tip = self._last_of.get(shown_id)
        children: dict[str | None, str] = {node.parent_id: node.id for node in self.nodes.values()}
        if tip is None:
            tip = children[None]
            while tip in children:
                tip = children[tip]
        return tip

    def _add(self, entry: Entry, parent_id: str | None, is_only_child: bool) -> str | None:
        """The message that what is below the entry hangs on."""
        if not entry.parts:
            return parent_id
        parent = self.nodes.get(parent_id) if parent_id else None
        at = entry.at or (parent.created_at if parent else self._at)
        if parent is not None and is_only_child and _goes_on(parent, entry):
            return self._lengthen(parent, entry)
        last = parent_id
        for role, parts in rounds_of(entry.role, entry.parts):
            generation = None
            if role is Role.ASSISTANT:
                generation = entry.generation or Generation(entry.model_name)
            node = MessageNode(Message(role, parts, generation), last, created_at=at, state=entry.state)
            self.nodes[node.id] = node
            last = node.id
        return last

    def _lengthen(self, node: MessageNode, entry: Entry) -> str:
        """Some programs write a thought and the answer after it as two messages."""
        generation = entry.generation or node.message.generation
        if generation is not None and not generation.model_name:
            generation = replace(generation, model_name=entry.model_name)
        message = replace(node.message, parts=(*node.message.parts, *entry.parts), generation=generation)
        self.nodes[node.id] = replace(node, message=message, state=entry.state)
        return node.id


def _goes_on(parent: MessageNode, entry: Entry) -> bool:
    """Whether an entry belongs to the same answer as the message above it."""
    is_one_side = parent.role is entry.role is Role.ASSISTANT
    has_calls = bool(parent.message.tool_calls) or any(
        isinstance(part, ToolResultPart) for part in entry.parts
    )
    return is_one_side and not has_calls


def rounds_of(role: Role, parts: tuple[Part, ...]) -> list[tuple[Role, tuple[Part, ...]]]:
    """An answer as rounds: each ends with its calls, and their results are a message of the tool's."""
    if role is not Role.ASSISTANT or not any(isinstance(part, ToolResultPart) for part in parts):
        return [(role, parts)]
    rounds: list[tuple[Role, list[Part]]] = []
    for part in parts:
        side = Role.TOOL if isinstance(part, ToolResultPart) else Role.ASSISTANT
        if not rounds or rounds[-1][0] is not side:
            rounds.append((side, []))
        rounds[-1][1].append(part)
    return [(side, tuple(taken)) for side, taken in rounds]
