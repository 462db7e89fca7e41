"""The blocks of one outermost block as a tree, for whoever shortens a growing text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

LISTS = ("bullet_list_open", "ordered_list_open")
_NESTING = (*LISTS, "list_item_open", "blockquote_open", "footnote_open")

_MARKER = re.compile(r"[-*+]|\d{1,9}[.)]")
_NUMBER = re.compile(r"\d{1,9}(?=[.)])")
_NOTE = re.compile(r"\[\^[^\s\]\[^]{1,60}\]:")
_WIDEST_GAP = 4
"""Spaces behind a marker; what stands behind more is code."""


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


def last_path(root: Node) -> list[Node]:
    """From the outermost block to the innermost last one."""
    path = [root]
    while path[-1].is_nesting and path[-1].children:
        path.append(path[-1].children[-1])
    return path


def depth_of(path: Sequence[Node]) -> int:
    """In how many lists, quotes and footnotes a block stands that is within all of these."""
    return sum(node.is_nesting and node.type != "list_item_open" for node in path)


def stand_in(line: str, number: int, containers: Sequence[Node], words: str) -> str | None:
    """A line that stands for what begins with a line: its quotes and markers, and some words.

    Args:
        line: the first line of a block.
        number: of that line.
        containers: what the block stands in, from the outside.
        words: stand for the block.
    """
    place = 0
    for node in containers:
        behind = len(line) - len(line[place:].lstrip(" \t"))
        if node.type == "blockquote_open":
            if line[behind : behind + 1] != ">":
                return None
            place = behind + 1
        elif node.start == number and (node.type == "list_item_open" or node.type == "footnote_open"):
            found = (_NOTE if node.type == "footnote_open" else _MARKER).match(line, behind)
            if found is None:
                return None
            place = found.end()
    gap = line[place : len(line) - len(line[place:].lstrip(" \t"))]
    is_marked = bool(containers) and (
        containers[-1].start == number or containers[-1].type == "blockquote_open"
    )
    if is_marked and (len(gap.expandtabs(4)) > _WIDEST_GAP or not gap or place + len(gap) == len(line)):
        gap = " "
    return line[:place] + gap + words


def beginning_with_one(line: str) -> str:
    """A stand-in for the first item of a numbered list, whose number lets it follow a paragraph."""
    *_, last = _NUMBER.finditer(line)
    return line[: last.start()] + "1".rjust(last.end() - last.start(), "0") + line[last.end() :]


def is_blank(line: str, quotes: int) -> bool:
    """Whether a line is empty for what stands in so many quotes."""
    return re.match(rf"(?:[ \t]*>){{{quotes}}}[ \t]*$", line) is not None
