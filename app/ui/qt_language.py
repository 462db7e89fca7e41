"""Qt's own words, such as those of the file dialog, and the direction of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from app.languages.language import Language


def use_qt_language(application: QApplication, language: Language) -> None:
    """Gives Qt the language that was chosen. Call it before widgets are built."""
    # With the digits that all other numbers of the window have; Qt would write Egypt's.
    locale = QLocale("ar_001" if language.code == "ar" else language.code)
    if locale.language() != QLocale.Language.English:
        QLocale.setDefault(locale)
        translator = QTranslator(application)
        if translator.load(
            locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        ):
            application.installTranslator(translator)
    if language.is_right_to_left:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
