"""What people read goes through `tr`: no words are written straight into what shows them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NOT_FOR_PEOPLE = {
    "app/core/reply_parser": "what is wrong with a call is told to the model",
    "app/formulas": "a formula that cannot be drawn is shown as it was written",
    "app/launch.py": "the command line, which stays English",
    "app/self_test.py": "JSON for whoever packages the program",
    "app/tools": "what a tool's errors say is told to the model",
}
"""Where words need no translation, and why."""
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


FILES = sorted((ROOT / "app").rglob("*.py"))


def is_for_people(file: Path) -> bool:
    place = file.relative_to(ROOT).as_posix()
    return not any(place == room or place.startswith(f"{room}/") for room in NOT_FOR_PEOPLE)


def test_no_words_go_past_translation() -> None:
    found = {
        file.relative_to(ROOT).as_posix(): words
        for file in filter(is_for_people, FILES)
        if (words := list(words_past_translation(file.read_text(encoding="utf-8"))))
    }
    assert found == {}


ASIDE = re.compile(r"tr|tr_in|tr_count|tr_later|getLogger|compile|setObjectName|run_in_background|Worker")
"""Calls whose texts are translated, or read by nobody."""
KEYS = {"heading ", "folder ", "waiting ", "picture ", "part "}
"""What rows and cards are known by within the program."""
MARKUP = re.compile(r"[<>{};=_/]|^-|QT_|'none'")


def phrases_past_translation(source: str) -> Iterator[str]:
    """Whatever reads like words for people, wherever it stands: `remark = f"{count} files"` too."""
    tree = ast.parse(source)
    aside = {id(it) for node in ast.walk(tree) for it in _never_shown(node)}
    pieces = {id(it) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for it in node.values}
    for node in ast.walk(tree):
        if id(node) in aside:
            continue
        if isinstance(node, ast.JoinedStr):
            # A field stands for one word.
            words = "".join(str(it.value) if isinstance(it, ast.Constant) else "@" for it in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            words = node.value
        else:
            continue
        is_phrase = re.search(r"[A-Za-z@]+ [a-z]{3,}|[a-z]{3,} @", words) and not MARKUP.search(words)
        if is_phrase and words.replace("@", "") not in KEYS:
            yield words


def _never_shown(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        texts = [it.value for it in node.body if isinstance(it, ast.Expr)]
        yield from (it for it in texts if isinstance(it, ast.Constant))
    if isinstance(node, ast.Raise | ast.Assert):  # Errors for people are found by their names.
        yield from ast.walk(node)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = getattr(node.func.value, "id", "") if isinstance(node.func, ast.Attribute) else ""
        if ASIDE.fullmatch(name) or owner == "log":
            yield from ast.walk(node)


def test_the_window_has_no_words_of_its_own() -> None:
    found = {
        file.relative_to(ROOT).as_posix(): words
        for file in (ROOT / "app" / "ui").rglob("*.py")
        if (words := list(phrases_past_translation(file.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source", ['remark = f"{count} files"', 'return "not run" if it else ""', 'title = f"Denied: {name} now"']
)
def test_words_that_are_shown_later_are_found(source: str) -> None:
    assert len(list(phrases_past_translation(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'tr_count("{count:,} file", "{count:,} files", count)',
        'log.info("Loaded %s", name)',
        'key = f"folder {id}"',
        'html = f"<p class=note>{words}</p>"',
        'def read() -> str:\n    """What was read."""\n    return name',
    ],
)
def test_what_nobody_reads_is_let_pass(source: str) -> None:
    assert list(phrases_past_translation(source)) == []


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
