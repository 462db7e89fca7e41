"""Scripts that draw the screens, for people to look at: `python -m tests.screenshots.shell FOLDER`.

`TARN_LANGUAGE=ar` before the command draws them in a language: `en_XA` with words longer by two fifths,
`en_XB` from right to left.
"""

import os

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.languages.choice import VARIABLE, use_language
from app.paths import resources

if VARIABLE in os.environ:  # Before modules are imported that hold words.
    _language = use_language(resources() / "translations", None, ())
    if _language.is_right_to_left:
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
