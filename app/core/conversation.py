"""A conversation: a tree of messages and the path through it that is on screen.

A message knows its parent, and the conversation points at its tip, so a second answer to the same question
or an edited question is only another child of the same parent. Everything here is a value: changes give a
new one.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from app.core.message import AttachmentPart, Message, Role
from app.core.permission import Permissions
from app.core.translation import tr

UNTITLED = tr("New chat")
_BRANCH = " (branch)"

_LINE_MARKS = re.compile(r"^(?:[#>*+-]+(?:\s+|$)|`{3,}.*)+")
"""What makes a line of Markdown a heading, a quote, an item of a list or the edge of a code block."""


UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a date that is not legible any more."""


def new_id() -> str:
    return uuid.uuid4().hex


def now() -> datetime:
    return datetime.now(UTC)


class MessageState(StrEnum):
    """Whether a message is whole."""

    COMPLETE = "complete"
    STREAMING = "streaming"  # Found in a file, it means that the program ended in the middle.
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MessageNode:
    """A message at its place in the tree."""

    message: Message
    parent_id: str | None = None
    id: str = field(default_factory=new_id)
    created_at: datetime = field(default_factory=now)
    state: MessageState = MessageState.COMPLETE
    is_damaged: bool = False
    """The file held something for it that is not legible; what is here is what could be read."""

    @property
    def role(self) -> Role:
        return self.message.role


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """What the list of conversations shows."""

    id: str
    title: str
    updated_at: datetime
    created_at: datetime = UNKNOWN_TIME
    is_pinned: bool = False
    is_archived: bool = False
    folder_id: str = ""
    """Empty for one that is in no folder."""
    deleted_at: datetime | None = None
    """None for one that is not in the bin."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A named place for conversations."""

    name: str
    parent_id: str = ""
    """The folder that it is in; empty for one at the top. Only those at the top hold others."""
    id: str = field(default_factory=new_id)
    created_at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A tree of messages with the settings it is held under."""

    id: str = field(default_factory=new_id)
    title: str = UNTITLED
    is_titled_by_user: bool = False
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    nodes: tuple[MessageNode, ...] = ()
    """Every message of every branch, parents before their children."""
    tip_id: str | None = None
    """The last message of the branch on screen; None where nothing was said yet."""
    system_prompt: str = ""
    model_path: str = ""
    """The model last used here; empty before the first answer."""
    preset_name: str = ""
    overrides: tuple[tuple[str, float | str | tuple[str, ...]], ...] = ()
    """Values that differ from the preset's, by name; `core/preset_overrides.py` applies them."""
    draft: str = ""
    """What was typed and not sent."""
    draft_attachments: tuple[AttachmentPart, ...] = ()
    """What was attached to it."""
    queued: tuple[Message, ...] = ()
    """Messages that are sent one after the other when the answer under way is done; on the disk, they are
    the beginning of the draft."""
    tools: tuple[str, ...] | None = None
    """The names of the tools that are on; None where the user has not chosen yet."""
    permissions: Permissions = field(default_factory=Permissions)
    """Which tools may run without being asked for, and which never."""
    collections: tuple[str, ...] = ()
    """The ids of the collections that its questions are looked up in."""
    is_damaged: bool = False
    """The file held something for one of the values above that is not legible."""
    is_temporary: bool = False
    """It is never written to the disk, and gone once another one is on screen."""

    @property
    def kept_draft(self) -> str:
        """All that was written and not sent, as one text."""
        texts = (*(message.text for message in self.queued), self.draft)
        return "\n\n".join(text for text in texts if text)

    @property
    def kept_attachments(self) -> tuple[AttachmentPart, ...]:
        """What is attached to that."""
        queued = (part for message in self.queued for part in message.attachments)
        return (*queued, *self.draft_attachments)

    def path(self) -> list[MessageNode]:
        """The messages on screen, from the first to the tip."""
        by_id = {node.id: node for node in self.nodes}
        steps: list[MessageNode] = []
        node = by_id.get(self.tip_id) if self.tip_id else None
        while node is not None:
            steps.append(node)
            node = by_id.get(node.parent_id) if node.parent_id else None
        steps.reverse()
        return steps

    def newest(self, role: Role) -> MessageNode | None:
        """The last message on screen that has this role."""
        return next((node for node in reversed(self.path()) if node.role is role), None)

    def node(self, node_id: str) -> MessageNode:
        """The message with that id.

        Raises:
            KeyError: it is not in this conversation.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)

    def children(self, node_id: str | None) -> list[MessageNode]:
        """The messages that follow a message (None: the first ones), oldest first."""
        return [node for node in self.nodes if node.parent_id == node_id]

    def siblings(self, node_id: str) -> list[MessageNode]:
        """The versions of a message, itself included, oldest first."""
        return self.children(self.node(node_id).parent_id)

    @property
    def has_versions(self) -> bool:
        """Whether any message has more than one version."""
        return len({node.parent_id for node in self.nodes}) < len(self.nodes)

    def newest_tip_below(self, node_id: str) -> str:
        """The end of the newest branch that goes through a message."""
        tip = node_id
        while below := self.children(tip):
            tip = below[-1].id
        return tip

    def with_node(self, node: MessageNode) -> Conversation:
        """With a message added, which becomes the tip; its parent must be here."""
        return replace(self, nodes=(*self.nodes, node), tip_id=node.id, updated_at=now())

    def with_replaced(self, node: MessageNode) -> Conversation:
        """With one message's content exchanged (same id)."""
        nodes = tuple(node if old.id == node.id else old for old in self.nodes)
        return replace(self, nodes=nodes, updated_at=now())

    def without_version(self, node_id: str) -> Conversation:
        """Without a message and all that followed it; another version of it comes on screen, if there is one.

        Where it was on screen and had no other version, the conversation ends with the message before it.
        """
        gone = {node_id, *self._ids_below(node_id)}
        left = replace(self, nodes=tuple(node for node in self.nodes if node.id not in gone))
        if self.tip_id not in gone:
            return left
        versions = [node.id for node in self.siblings(node_id)]
        place = versions.index(node_id)
        nearest = (versions[place + 1 :] or versions[:place][-1:])[:1]
        tip_id = left.newest_tip_below(nearest[0]) if nearest else self.node(node_id).parent_id
        return replace(left, tip_id=tip_id, updated_at=now())

    def with_inserted(self, node: MessageNode) -> Conversation:
        """With one between its parent (None: the beginning) and all that followed that, on any branch."""
        below = self._ids_below(node.parent_id)
        moved = [
            replace(old, parent_id=node.id) if old.parent_id == node.parent_id else old
            for old in self.nodes
            if old.id in below
        ]
        stay = [old for old in self.nodes if old.id not in below]
        tip_id = node.id if self.tip_id == node.parent_id else self.tip_id
        return replace(self, nodes=(*stay, node, *moved), tip_id=tip_id, updated_at=now())

    def without_message(self, node_id: str) -> Conversation:
        """Without one message; what followed it follows the one before it."""
        parent_id = self.node(node_id).parent_id
        nodes = tuple(
            replace(node, parent_id=parent_id) if node.parent_id == node_id else node
            for node in self.nodes
            if node.id != node_id
        )
        tip_id = parent_id if self.tip_id == node_id else self.tip_id
        return replace(self, nodes=nodes, tip_id=tip_id, updated_at=now())

    def branched(self, node_id: str) -> Conversation:
        """A new conversation with copies of a message and of all before it, under the same settings."""
        nodes: list[MessageNode] = []
        for node in self.with_tip(node_id).path():
            nodes.append(replace(node, id=new_id(), parent_id=nodes[-1].id if nodes else None))
        return replace(
            self,
            id=new_id(),
            title=self.title if self.title.endswith(_BRANCH) else self.title + _BRANCH,
            created_at=now(),
            updated_at=now(),
            nodes=tuple(nodes),
            tip_id=nodes[-1].id,
            draft="",
            draft_attachments=(),
            queued=(),
            is_damaged=False,
        )

    def _ids_below(self, node_id: str | None) -> set[str | None]:
        """All that follows a message, on any branch; None: everything."""
        below: set[str | None] = {node_id}
        for node in self.nodes:  # Parents come before their children.
            if node.parent_id in below:
                below.add(node.id)
        return below - {node_id}

    def with_restored(self, before: Conversation) -> Conversation:
        """With the messages that it had before and lost, at their old places."""
        known = {node.id: node for node in self.nodes}
        old_ids = {node.id for node in before.nodes}
        old = (known.get(node.id, node) for node in before.nodes)
        newer = (node for node in self.nodes if node.id not in old_ids)
        return replace(self, nodes=(*old, *newer))

    def with_tip(self, node_id: str | None) -> Conversation:
        """With another branch on screen."""
        return replace(self, tip_id=node_id)


def title_from(text: str, longest: int = 48) -> str:
    """A title made from a first message: its first line that has words, cut at a word."""
    for line in text.splitlines():
        words = _LINE_MARKS.sub("", line.strip(), count=1).split()
        if words:
            title = " ".join(words)
            if len(title) <= longest:
                return title
            cut = title[: longest + 1].rsplit(" ", 1)[0][:longest]
            return cut.rstrip(",.;:") + "…"
    return UNTITLED


def messages_of(path: Sequence[MessageNode]) -> list[Message]:
    return [node.message for node in path]
