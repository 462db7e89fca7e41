"""The language of the window in tests and pictures: `TARN_TEST_LANGUAGE`, by default English."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.languages.choice import VARIABLE, use_language
from app.paths import resources

TEST_VARIABLE = "TARN_TEST_LANGUAGE"


def use_language_of_environment(variable: str = TEST_VARIABLE) -> None:
    """Call it before modules are imported that hold words."""
    if variable not in os.environ:
        return
    os.environ[VARIABLE] = os.environ[variable]
    if use_language(resources() / "translations", None, ()).is_right_to_left:
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
