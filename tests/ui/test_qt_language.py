"""Qt's own words, and its numbers, are in the language of the window."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from app.core.translation import ENGLISH
from app.languages.language import LANGUAGES

PROGRAM = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from app.languages.language import language_of
from app.ui.qt_language import use_qt_language
qt = QApplication([])
use_qt_language(qt, language_of(sys.argv[1]))
box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
cancel = box.buttons()[0].text()
print(json.dumps([cancel, QLocale().toString(120), qt.isRightToLeft()]))
"""


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_the_buttons_and_digits_of_qt(code: str) -> None:
    command = [sys.executable, "-c", PROGRAM, code]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    cancel, number, is_mirrored = json.loads(done.stdout)
    assert (cancel.replace("&", "") == "Cancel") is (code == ENGLISH)
    assert number == "120"
    assert is_mirrored is (code == "ar")
