"""Offers the names of collections while `#` and a name are typed into a message."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QCompleter, QListView

from app.knowledge.collection import Collection
from app.ui.composer.composer_edit import ComposerEdit
from app.ui.fonts import scaled

_BEGUN = re.compile(r"(?:^|(?<=\s))#[^\s#]*$")
_WIDTH = 240


class CollectionCompleter(QObject):
    """A list under the words, from which a collection's name is taken with Enter, Tab or the mouse."""

    def __init__(self, edit: ComposerEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._names = QStringListModel(self)
        self.completer = QCompleter(self._names, self)
        self.completer.setWidget(edit)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._popup = QListView()
        self._popup.setObjectName("collection_names")
        self.completer.setPopup(self._popup)
        self.completer.activated.connect(self._take)
        edit.popup = self._popup
        edit.textChanged.connect(self._on_text_changed)

    def set_collections(self, collections: Sequence[Collection]) -> None:
        """What can be asked by its name."""
        self._names.setStringList([it.tag for it in collections])

    def _on_text_changed(self) -> None:
        begun = self._begun()
        is_typed = self._edit.document().isUndoAvailable()  # A draft that is put there is not.
        if not begun or not is_typed or not self._names.rowCount():
            self._popup.hide()
            return
        self.completer.setCompletionPrefix(begun[1:])
        if self.completer.completionCount() == 0 or self.completer.currentCompletion() == begun:
            self._popup.hide()
            return
        self._popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        area = self._edit.cursorRect()
        area.setWidth(scaled(_WIDTH))
        self.completer.complete(area)

    def _begun(self) -> str:
        """The `#` before the cursor with what is typed of a name; empty where there is none."""
        cursor = self._edit.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        found = _BEGUN.search(before)
        return found[0] if found else ""

    def _take(self, tag: str) -> None:
        cursor = self._edit.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self._begun())
        )
        cursor.insertText(f"{tag} ")
        self._edit.setTextCursor(cursor)
