"""A button that is an icon, coloured by the palette."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QMenu, QToolButton, QWidget
from typing_extensions import override

from app.ui.icons import icon, icon_size
from app.ui.widgets.pointer import forget_pointer
from app.ui.widgets.tooltip import with_shortcut

_RECOLOURED_BY = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)


class IconButton(QToolButton):
    """An icon to press. Its name is read aloud and, with the shortcut, is its tooltip."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        shortcut: str = "",
        parent: QWidget | None = None,
        role: QPalette.ColorRole = QPalette.ColorRole.WindowText,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._role = role
        self._fit_icon()
        # Reached with Tab; a click leaves the focus where the user types.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_name(name, shortcut)
        self._recolour()

    def set_name(self, name: str, shortcut: str = "") -> None:
        """What the button does, in words."""
        self.setAccessibleName(name)
        self.setToolTip(with_shortcut(name, shortcut))

    def set_icon(self, icon_name: str) -> None:
        """Shows another icon."""
        self._icon_name = icon_name
        self._recolour()

    def set_muted(self, is_muted: bool) -> None:
        """Shows the icon pale, where the button only tells why there is nothing to do."""
        roles = QPalette.ColorRole
        self._role = roles.PlaceholderText if is_muted else roles.WindowText
        self._recolour()

    def _fit_icon(self) -> None:
        self.setIconSize(QSize(icon_size(), icon_size()))

    @override
    def setMenu(self, menu: QMenu) -> None:
        super().setMenu(menu)
        menu.aboutToHide.connect(lambda: forget_pointer(self))

    def _recolour(self) -> None:
        # Not the own palette: the style sheet changes it to the colours of the button.
        self.setIcon(icon(self._icon_name, QGuiApplication.palette(), self._role))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _RECOLOURED_BY:
            self._recolour()
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_icon()
