"""What a reader can do with a message: copy it, open its cards, and ask for another answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from app.core.message import Role
from app.ui.chat.transcript.action import Action
from app.ui.chat.transcript.blocks import CardHeader
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.code_segment import CodeSegment
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.footer import actions_of
from app.ui.chat.transcript.hit import Hit
from app.ui.chat.transcript.menu import Choice
from app.ui.chat.transcript.segment import Target

MESSAGE = "message"
CODE = "code"
SELECTION = "selection"
ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Requests:
    """Whom to tell what the reader wants; each is given the message's id."""

    regenerate: Callable[[str], None]
    edit: Callable[[str], None]
    go_on: Callable[[str], None]
    show_version: Callable[[str, int], None]
    show_figures: Callable[[str], None]
    open_link: Callable[[str], None]
    act: Callable[[str, Action, str], None]
    """Told of the buttons within a message, with what the button is for and what it is about."""
    copied: Callable[[str], None]


class MessageActions:
    """Does what buttons and the menu are for."""

    def __init__(self, canvas: Canvas, requests: Requests) -> None:
        self._canvas = canvas
        self._requests = requests

    def use(self, entry: Entry, target: Target) -> bool:
        """Does what a target is for; whether the message has to be laid out anew."""
        match target.action:
            case Action.COPY:
                self.copy(entry.message.text, MESSAGE)
            case Action.COPY_CODE:
                self.copy(self._code(entry, target.segment), CODE)
            case Action.REGENERATE:
                self._requests.regenerate(entry.id)
            case Action.EDIT:
                self._requests.edit(entry.id)
            case Action.CONTINUE:
                self._requests.go_on(entry.id)
            case Action.PREVIOUS_VERSION:
                self._requests.show_version(entry.id, entry.version - 1)
            case Action.NEXT_VERSION:
                self._requests.show_version(entry.id, entry.version + 1)
            case Action.SHOW_FIGURES:
                self._requests.show_figures(entry.id)
            case Action.OPEN_LINK:
                self._requests.open_link(target.payload)
            case Action.TOGGLE_CARD | Action.SHOW_MORE | Action.FOLD_TEXT:
                self._fold(entry, target)
                return True
            case _:
                self._requests.act(entry.id, target.action, target.payload)
        return False

    def copy(self, text: str, label: str) -> None:
        """Puts text on the clipboard, which cannot hold halves of surrogate pairs."""
        QApplication.clipboard().setText(text.encode("utf-8", "replace").decode("utf-8"))
        self._requests.copied(label)

    def choices(self, hit: Hit, selected: str) -> list[Choice]:
        """The lines of a message's menu."""
        entry = hit.entry
        shortcut = QKeySequence.StandardKey.Copy
        choices = [
            Choice("Copy selection", lambda: self.copy(selected, SELECTION), bool(selected), shortcut),
            Choice("Copy message", lambda: self.copy(self._plain_text(entry), MESSAGE)),
        ]
        if entry.message.role is not Role.USER:
            choices.append(Choice("Copy as Markdown", lambda: self.copy(entry.message.text, MESSAGE)))
        choices += self._choices_under(hit)
        requests = list(self._request_choices(entry))
        return [*choices, Choice(), *requests] if requests else choices

    def _choices_under(self, hit: Hit) -> Iterator[Choice]:
        index = hit.body.segment_at(hit.point.y())
        if index is not None and isinstance(hit.body.segments[index], CodeSegment):
            yield Choice("Copy code", lambda: self.copy(self._code(hit.entry, index), CODE))
        if hit.target is not None and hit.target.action is Action.OPEN_LINK:
            address = hit.target.payload
            yield Choice("Copy address", lambda: self.copy(address, ADDRESS))

    def _request_choices(self, entry: Entry) -> Iterator[Choice]:
        offered = actions_of(entry)
        if Action.REGENERATE in offered:
            yield Choice("Regenerate", lambda: self._requests.regenerate(entry.id))
            if self._canvas.sibling:
                words = f"Answer with {self._canvas.sibling}"
                yield Choice(words, lambda: self._requests.act(entry.id, Action.ANSWER_WITH_SIBLING, ""))
        if Action.EDIT in offered:
            yield Choice("Edit", lambda: self._requests.edit(entry.id))
        if Action.CONTINUE in offered:
            yield Choice("Continue", lambda: self._requests.go_on(entry.id))
        if entry.figures:
            yield Choice("Show figures", lambda: self._requests.show_figures(entry.id))

    def _code(self, entry: Entry, segment: int) -> str:
        row = self._canvas.row_of(entry.id)
        found = self._canvas.body(row).segments[segment] if row is not None else None
        return found.code if isinstance(found, CodeSegment) else ""

    def _plain_text(self, entry: Entry) -> str:
        if entry.message.role is Role.USER:
            return entry.message.text  # Also what is folded away.
        row = self._canvas.row_of(entry.id)
        if row is None:
            return ""
        body = self._canvas.body(row)
        return body.plain_text(body.whole(entry.id))

    def _fold(self, entry: Entry, target: Target) -> None:
        """Opens or closes a card, or shows more or less of a long text."""
        folds = self._canvas.folds
        row = self._canvas.row_of(entry.id)
        if target.action is Action.TOGGLE_CARD and row is not None:
            header = self._canvas.body(row).segments[target.segment].block
            folds.cards[entry.id, target.payload] = not (isinstance(header, CardHeader) and header.is_open)
        elif target.action is Action.SHOW_MORE:
            folds.show_more(entry.id)
        elif entry.id in folds.unfolded:
            folds.unfolded.discard(entry.id)
        else:
            folds.unfolded.add(entry.id)
        self._canvas.refresh(entry.id)
