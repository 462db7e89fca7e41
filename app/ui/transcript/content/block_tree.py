"""The blocks of one outermost block as a tree, for whoever shortens a growing text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

LISTS = ("bullet_list_open", "ordered_list_open")
_NESTING = (*LISTS, "list_item_open", "blockquote_open", "footnote_open")
_INDENTING = (*LISTS, "blockquote_open", "footnote_open")


@dataclass(slots=True)
class Node:
    """A block with its first line and the line after its last."""

    type: str
    start: int
    end: int
    level: int
    is_hidden: bool = False
    """A paragraph of a list without empty lines between its items."""
    children: list[Node] = field(default_factory=list)

    @property
    def is_nesting(self) -> bool:
        return self.type in _NESTING

    @property
    def is_loose(self) -> bool:
        """Whether the items of a list are set apart."""
        paragraphs = (child for item in self.children for child in item.children)
        return any(child.type == "paragraph_open" and not child.is_hidden for child in paragraphs)


def tree_of(tokens: Sequence[Token]) -> Node:
    """The tree of an outermost block. Rows are the children of a table."""
    roots: list[Node] = []
    open_nodes: list[Node] = []
    for token in tokens:
        if token.nesting < 0:
            if open_nodes and token.level == open_nodes[-1].level:
                open_nodes.pop()
            continue
        if token.map is None or token.type == "inline":
            continue
        node = Node(token.type, token.map[0], token.map[1], token.level, token.hidden)
        (open_nodes[-1].children if open_nodes else roots).append(node)
        if token.nesting > 0:
            open_nodes.append(node)
    return roots[0]


def last_path(root: Node) -> Iterator[tuple[Node, Node | None, int]]:
    """From the outermost block to the innermost last one: each with the list it is in, and its depth.

    The depth is in how many lists, quotes and footnotes the children of the block stand.
    """
    node, parent_list, depth = root, None, 0
    while True:
        if node.type in _INDENTING:
            depth += 1
        if node.type in LISTS:
            parent_list = node
        yield node, parent_list, depth
        if not node.is_nesting or not node.children:
            return
        node = node.children[-1]
