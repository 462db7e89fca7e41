"""What people read goes through `tr`: no words are written straight into what shows them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MARKED = (
    *(
        "app/core/errors.py",
        "app/core/formatting.py",
        "app/core/markdown",
        "app/core/preset.py",
        "app/core/prompt.py",
        "app/core/recovery_progress.py",
        "app/core/shown_prompt.py",
        "app/core/stop_texts.py",
        "app/core/summary.py",
        "app/core/turn.py",
        "app/engine",
        "app/files",
        "app/hub",
        "app/knowledge",
        "app/net",
    ),
    *(
        "app/exchange",
        "app/pictures",
        "app/servers",
        "app/sound",
        "app/store",
        "app/ui/exchange",
        "app/ui/model_manager",
        "app/ui/palette",
    ),
    *(
        "app/ui/presets",
        "app/ui/settings",
        "app/ui/transcript",
        "app/ui/widgets",
        "app/documents",
        "app/ui/chat",
        "app/ui/composer",
        "app/ui/knowledge",
        "app/ui/sidebar",
        "app/services",
    ),
    *("app/ui/crash_notice.py", "app/ui/drop_hint.py", "app/ui/main_window.py", "app/ui/menus.py"),
    *("app/ui/recovery_window.py", "app/ui/shortcuts_dialog.py", "app/ui/version_check.py"),
)
"""Rooms of which all words are given to `tr`."""
SHOWING = {
    *("QAction", "QCheckBox", "QGroupBox", "QLabel", "QPushButton", "QRadioButton", "QToolButton"),
    *("addAction", "addButton", "addItem", "addMenu", "addRow", "addTab", "setAccessibleDescription"),
    *(
        "setAccessibleName",
        "setHeaderLabels",
        "setHorizontalHeaderLabels",
        "setInformativeText",
        "setLabelText",
    ),
    *("setPlaceholderText", "setPrefix", "setSpecialValueText", "setStatusTip", "setSuffix", "setTabText"),
    *("setText", "setTitle", "setToolTip", "setWindowTitle", "show_done", "show_error", "show_notice"),
    *("show_undo", "InsetLabel", "IconButton", "SearchField", "QuestionDialog"),
}
"""Calls whose texts stand on the screen. Errors for people are found by their names."""
NAMES = re.compile(r"(</?qt>|hf_|https?://[a-z.]+|Tarn|JSON|PDF|GGUF|Hugging Face|GiB|GB|MB|%|×|·|…|\W|\d)*")
"""What is written the same in every language."""


def words_past_translation(source: str) -> Iterator[str]:
    """The texts that are shown without `tr`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_error = name.endswith("Error") and name not in PLAIN_ERRORS
        if name in SHOWING or is_error:
            for argument in node.args:
                yield from _literals(argument, is_error)


PLAIN_ERRORS = {
    *(
        "AssertionError",
        "KeyError",
        "NotImplementedError",
        "OSError",
        "ParseError",
        "RuntimeError",
        "TypeError",
    ),
    *(
        "ValueError",
        "DatabaseError",
        "MiniaudioError",
        "XmlRefusedError",
        "AnswerTooLongError",
        "PrivateAddressError",
        "ConnectError",
    ),
}
"""Mistakes in the program, and reasons inside a sentence of another error."""


def _literals(node: ast.expr, is_error: bool) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body, is_error)
        yield from _literals(node.orelse, is_error)
    texts = (
        [node] if isinstance(node, ast.Constant) else node.values if isinstance(node, ast.JoinedStr) else []
    )
    words = "".join(
        str(text.value) for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)
    )
    is_identifier = isinstance(node, ast.Constant) and not is_error and re.fullmatch(r"[a-z0-9_.:-]+", words)
    is_shortcut = re.fullmatch(r"((Ctrl|Shift|Alt)\+)*(Esc|Del|Enter|Up|Down|F\d+|[A-Z])", words)
    if re.search(r"[A-Za-z]{2}", words) and not (NAMES.fullmatch(words) or is_identifier or is_shortcut):
        yield words


FILES = sorted(
    file
    for room in MARKED
    for file in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_words_go_past_translation(file: Path) -> None:
    assert list(words_past_translation(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'label.setText("Ready.")',
        'label.setText(f"{name} is ready.")',
        'QLabel("Chats" if many else "Chat", self)',
        'raise StoreError("The disk is full.", tr("Free up space."))',
        'raise HubError(tr("Gone."), "try again")',
    ],
)
def test_words_past_translation_are_found(source: str) -> None:
    assert len(list(words_past_translation(source))) >= 1


@pytest.mark.parametrize(
    "source",
    [
        'label.setText(tr("Ready."))',
        'button.setObjectName("ready_button")',
        'IconButton("x", tr("Close"), "Ctrl+W", self)',
        'label.setText(f"{name}, {size}")',
        'raise ValueError("This is not a size.")',
    ],
)
def test_what_is_translated_or_never_shown_is_let_pass(source: str) -> None:
    assert list(words_past_translation(source)) == []
