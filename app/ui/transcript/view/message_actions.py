"""What a reader can do with a message: copy it, open its cards, and ask for another answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QKeySequence

from app.core.conversation import MessageState
from app.core.message import Role
from app.core.translation import tr
from app.ui.transcript.content.blocks import Block, CardHeader, CodeBlock, TableBlock
from app.ui.transcript.content.file_names import suggested_name
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.table_text import csv_of, markdown_of
from app.ui.transcript.items.block_view import Target
from app.ui.transcript.items.code import CodeView
from app.ui.transcript.items.footer import actions_of
from app.ui.transcript.view.clipboard import put_data, put_text
from app.ui.transcript.view.context_menu import ContextMenuItem
from app.ui.transcript.view.hit_test import HitTest
from app.ui.transcript.view.message_column import MessageColumn

MESSAGE = "message"
CODE = "code"
SELECTION = "selection"
TABLE = "table"
ADDRESS = "address"
_PICTURE_CHOICES = (
    (tr("Open picture"), MessageAction.OPEN_PICTURE),
    (tr("Copy picture"), MessageAction.COPY_PICTURE),
    (tr("Save picture…"), MessageAction.SAVE_PICTURE),
)
ROLE_NAMES = {Role.USER: tr("User"), Role.ASSISTANT: tr("Assistant"), Role.SYSTEM: tr("System")}
"""The roles that a message can be given, as the field calls them."""
_RECORDING_CHOICES = (
    (tr("Play or stop recording"), MessageAction.PLAY_RECORDING),
    (tr("Save recording…"), MessageAction.SAVE_RECORDING),
)
_DOCUMENT_CHOICES = (
    (tr("Show what the model reads"), MessageAction.OPEN_DOCUMENT),
    (tr("Save file…"), MessageAction.SAVE_DOCUMENT),
)


@dataclass(frozen=True, slots=True)
class MessageRequests:
    """Whom to tell what the reader wants; each is given the message's id."""

    regenerate: Callable[[str], None]
    edit: Callable[[str], None]
    go_on: Callable[[str], None]
    show_version: Callable[[str, int], None]
    show_figures: Callable[[str], None]
    open_link: Callable[[str], None]
    save_code: Callable[[str, str], None]
    """Given the code and a name for the file."""
    wrap_code: Callable[[], None]
    """The reader wants long lines of code broken, or no longer."""
    act: Callable[[str, MessageAction, str], None]
    """Told of the buttons within a message, with what the button is for and what it is about."""
    copied: Callable[[str], None]


class MessageActions:
    """Does what buttons and the menu are for."""

    def __init__(self, column: MessageColumn, requests: MessageRequests) -> None:
        self._column = column
        self._requests = requests

    def use(self, entry: MessageEntry, target: Target) -> bool:
        """Does what a target is for; whether the message has to be laid out anew."""
        match target.action:
            case MessageAction.COPY:
                self.copy(entry.message.text, MESSAGE)
            case MessageAction.COPY_CODE:
                self.copy(self._code(entry, target.block_index), CODE)
            case MessageAction.SAVE_CODE:
                self._requests.save_code(self._code(entry, target.block_index), target.payload)
            case MessageAction.WRAP_CODE:
                self._requests.wrap_code()
            case MessageAction.FOLD_CODE:
                code = self._block(entry, target.block_index)
                self._column.expansion.cards[entry.id, target.payload] = (
                    isinstance(code, CodeBlock) and code.is_folded
                )
                self._column.refresh(entry.id)
                return True
            case MessageAction.REGENERATE:
                self._requests.regenerate(entry.id)
            case MessageAction.EDIT:
                self._requests.edit(entry.id)
            case MessageAction.CONTINUE:
                self._requests.go_on(entry.id)
            case MessageAction.PREVIOUS_VERSION:
                self._requests.show_version(entry.id, entry.version - 1)
            case MessageAction.NEXT_VERSION:
                self._requests.show_version(entry.id, entry.version + 1)
            case MessageAction.SHOW_FIGURES:
                self._requests.show_figures(entry.id)
            case MessageAction.OPEN_LINK:
                self._requests.open_link(target.payload)
            case MessageAction.TOGGLE_CARD | MessageAction.SHOW_MORE | MessageAction.FOLD_TEXT:
                self._fold(entry, target)
                return True
            case _:
                self._requests.act(entry.id, target.action, target.payload)
        return False

    def copy(self, text: str, label: str) -> None:
        """Put text on the clipboard."""
        put_text(text)
        self._requests.copied(label)

    def copy_data(self, data: QMimeData, label: str) -> None:
        """Put something on the clipboard in several forms."""
        put_data(data)
        self._requests.copied(label)

    def choices(self, hit: HitTest, selected: str, selected_markdown: str) -> list[ContextMenuItem]:
        """The lines of a message's menu."""
        entry = hit.entry
        shortcut = QKeySequence.StandardKey.Copy
        choices = [
            ContextMenuItem(
                tr("Copy selection"), lambda: self.copy(selected, SELECTION), bool(selected), shortcut
            ),
            ContextMenuItem(tr("Copy message"), lambda: self.copy(self._plain_text(entry), MESSAGE)),
        ]
        if selected:
            ask = partial(self._requests.act, entry.id, MessageAction.ASK_ABOUT, selected)
            choices[:0] = [ContextMenuItem(tr("Ask about this"), ask), ContextMenuItem()]
            copy_markdown = partial(self.copy, selected_markdown, SELECTION)
            choices.insert(3, ContextMenuItem(tr("Copy selection as Markdown"), copy_markdown))
        if entry.message.role is not Role.USER:
            choices.append(
                ContextMenuItem(tr("Copy as Markdown"), lambda: self.copy(entry.message.text, MESSAGE))
            )
        choices += self._choices_under(hit)
        requests = list(self._request_choices(entry))
        return [*choices, ContextMenuItem(), *requests] if requests else choices

    def _choices_under(self, hit: HitTest) -> Iterator[ContextMenuItem]:
        index = hit.layout.view_at(hit.point.y())
        if index is not None and isinstance(hit.layout.views[index], CodeView):
            yield ContextMenuItem(tr("Copy code"), lambda: self.copy(self._code(hit.entry, index), CODE))
            code = hit.layout.views[index].block
            name = suggested_name(code.language if isinstance(code, CodeBlock) else "")
            save = partial(self._requests.save_code, self._code(hit.entry, index), name)
            yield ContextMenuItem(tr("Save code as…"), save)
        table = hit.layout.views[index].block if index is not None else None
        if isinstance(table, TableBlock):
            yield ContextMenuItem(tr("Copy table as CSV"), lambda: self.copy(csv_of(table), TABLE))
            yield ContextMenuItem(tr("Copy table as Markdown"), lambda: self.copy(markdown_of(table), TABLE))
        if hit.target is not None and hit.target.action is MessageAction.OPEN_LINK:
            address = hit.target.payload
            yield ContextMenuItem(tr("Copy link"), lambda: self.copy(address, ADDRESS))
        if hit.target is not None and hit.target.action is MessageAction.OPEN_PICTURE:
            yield from self._choices_of(hit, _PICTURE_CHOICES)
        if hit.target is not None and hit.target.action is MessageAction.PLAY_RECORDING:
            yield from self._choices_of(hit, _RECORDING_CHOICES)
        if hit.target is not None and hit.target.action is MessageAction.OPEN_DOCUMENT:
            yield from self._choices_of(hit, _DOCUMENT_CHOICES)

    def _choices_of(
        self, hit: HitTest, choices: Sequence[tuple[str, MessageAction]]
    ) -> Iterator[ContextMenuItem]:
        payload = hit.target.payload if hit.target else ""
        for words, action in choices:
            yield ContextMenuItem(words, partial(self._requests.act, hit.entry.id, action, payload))

    def _request_choices(self, entry: MessageEntry) -> Iterator[ContextMenuItem]:
        offered = actions_of(entry)
        if MessageAction.REGENERATE in offered:
            yield ContextMenuItem(tr("Regenerate"), lambda: self._requests.regenerate(entry.id))
            if self._column.sibling:
                title = tr("Answer with {sibling}", sibling=self._column.sibling)
                answer_with_sibling = partial(
                    self._requests.act, entry.id, MessageAction.ANSWER_WITH_SIBLING, ""
                )
                yield ContextMenuItem(title, answer_with_sibling)
        if MessageAction.EDIT in offered:
            yield ContextMenuItem(tr("Edit"), lambda: self._requests.edit(entry.id))
        elif entry.can_be_edited:
            is_answer = entry.message.role is Role.ASSISTANT
            words = tr("Edit answer") if is_answer else tr("Edit system message")
            yield ContextMenuItem(words, lambda: self._requests.edit(entry.id), not self._is_busy())
        if MessageAction.CONTINUE in offered:
            yield ContextMenuItem(tr("Continue"), lambda: self._requests.go_on(entry.id))
        if self._column.style.reads_aloud and entry.message.role is Role.ASSISTANT and entry.message.text:
            is_read = self._column.read_aloud_id == entry.id
            act = partial(self._requests.act, entry.id, MessageAction.READ_ALOUD, "")
            yield ContextMenuItem(tr("Stop reading aloud") if is_read else tr("Read aloud"), act)
        if entry.figures:
            yield ContextMenuItem(tr("Statistics"), lambda: self._requests.show_figures(entry.id))
        yield from self._changes(entry)

    def _changes(self, entry: MessageEntry) -> Iterator[ContextMenuItem]:
        """What changes the conversation around a message."""
        is_free = not self._is_busy()

        def act(action: MessageAction, payload: str = "") -> Callable[[], None]:
            return partial(self._requests.act, entry.id, action, payload)

        if entry.state is not MessageState.STREAMING:
            yield ContextMenuItem()
            yield ContextMenuItem(tr("Branch into new chat"), act(MessageAction.BRANCH), is_free)
            places = (
                ContextMenuItem(tr("Above…"), act(MessageAction.INSERT_ABOVE)),
                ContextMenuItem(tr("Below…"), act(MessageAction.INSERT_BELOW)),
            )
            yield ContextMenuItem(tr("Insert message"), is_enabled=is_free, choices=places)
        if entry.can_be_changed:
            roles = tuple(
                ContextMenuItem(name, act(MessageAction.CHANGE_ROLE, role), role is not entry.message.role)
                for role, name in ROLE_NAMES.items()
            )
            yield ContextMenuItem(tr("Change role"), is_enabled=is_free, choices=roles)
        if entry.version_count > 1:
            yield ContextMenuItem(tr("Delete this version"), act(MessageAction.DELETE_VERSION), is_free)
        elif entry.can_be_changed:
            yield ContextMenuItem(tr("Delete this message"), act(MessageAction.REMOVE), is_free)

    def _is_busy(self) -> bool:
        """Whether an answer is being written or its tools run, so that no message may change."""
        return any(entry.is_under_way for entry in self._column.entries)

    def _code(self, entry: MessageEntry, view: int) -> str:
        row = self._column.row_of(entry.id)
        found = self._column.layout(row).views[view] if row is not None else None
        return found.code if isinstance(found, CodeView) else ""

    def _block(self, entry: MessageEntry, view: int) -> Block | None:
        row = self._column.row_of(entry.id)
        return self._column.layout(row).views[view].block if row is not None else None

    def _plain_text(self, entry: MessageEntry) -> str:
        if entry.message.role is Role.USER:
            return entry.message.text  # Also what is folded away.
        row = self._column.row_of(entry.id)
        if row is None:
            return ""
        layout = self._column.layout(row)
        return layout.plain_text(layout.whole())

    def _fold(self, entry: MessageEntry, target: Target) -> None:
        """Opens or closes a card, or shows more or less of a long text."""
        expansion = self._column.expansion
        row = self._column.row_of(entry.id)
        if target.action is MessageAction.TOGGLE_CARD and row is not None:
            header = self._column.layout(row).views[target.block_index].block
            expansion.cards[entry.id, target.payload] = not (
                isinstance(header, CardHeader) and header.is_open
            )
        elif target.action is MessageAction.SHOW_MORE:
            expansion.show_more(entry.id)
        elif expansion.is_unfolded(entry.id):
            expansion.unfolded.discard(entry.id)
        else:
            expansion.unfolded.add(entry.id)
        self._column.refresh(entry.id)
