"""A conversation's branches as rows from top to bottom: each stretch of messages between two forks is one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from app.core.conversation import Conversation, MessageNode


@dataclass(frozen=True, slots=True)
class BranchRow:
    """Messages that follow each other without a fork.

    What is on screen, and the newest continuation of every other branch, goes straight on below, in the same
    lane; other versions stand between, one lane to the right.
    """

    first: MessageNode
    last_id: str
    count: int
    """How many messages there are."""
    lane: int
    """How far to the right, from 0."""
    is_shown: bool
    """Whether it is on screen."""
    version: int = 1
    """Which of its versions the first message is, counted from 1."""
    version_count: int = 1
    is_branching_off: bool = False
    """It begins beside the lane that it stands next to, not below the row above it in its own."""
    goes_on: bool = False
    """A row below it in its lane follows it."""


def branch_rows(conversation: Conversation) -> list[BranchRow]:
    """All branches of a conversation; a single row, or none, where it has no fork."""
    children: defaultdict[str | None, list[MessageNode]] = defaultdict(list)
    for node in conversation.nodes:
        children[node.parent_id].append(node)
    shown = {node.id for node in conversation.path()}
    rows: list[BranchRow] = []
    # What is still to be drawn, the next last: the first message of a row, its lane and its versions.
    waiting = _in_order(children[None], 0, shown, is_root=True)
    while waiting:
        first, lane, version, count, is_branching_off = waiting.pop()
        last, length = first, 1
        while len(below := children[last.id]) == 1:
            last, length = below[0], length + 1
        rows.append(
            BranchRow(
                first,
                last.id,
                length,
                lane,
                first.id in shown,
                version,
                count,
                is_branching_off,
                goes_on=bool(below),
            )
        )
        waiting += _in_order(below, lane, shown)
    return rows


_Waiting = tuple[MessageNode, int, int, int, bool]


def _in_order(
    versions: list[MessageNode], lane: int, shown: set[str], *, is_root: bool = False
) -> list[_Waiting]:
    """The versions of a message in the reverse order of their rows: what goes straight on comes last there.

    Of the first message there is nothing to branch off from, so its versions stand below each other.
    """
    if not versions:
        return []
    main = next((node for node in versions if node.id in shown), versions[-1])
    rest = [
        (node, lane if is_root else lane + 1, number, len(versions), not is_root)
        for number, node in enumerate(versions, 1)
        if node is not main
    ]
    straight = (main, lane, versions.index(main) + 1, len(versions), False)
    return [straight, *reversed(rest)]
