"""Who may import whom. Read from the source, so that imports inside functions count as well."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "app").rglob("*.py"))

# A part of the program, and the parts that it may import. The longest name that fits a module counts.
ALLOWED = {
    "app": set(),
    "app.garbage": set(),
    "app.launch": {
        *("app", "app.application", "app.core", "app.engine", "app.garbage", "app.log", "app.paths"),
        *(
            "app.self_test",
            "app.restart",
            "app.services",
            "app.ui",
            "app.formulas",
            "app.sound",
            "app.documents",
            "app.languages",
        ),
    },
    "app.crash_report": {"app", "app.core", "app.log"},
    "app.self_test": {"app", "app.application", "app.core", "app.services"},
    "app.restart": {"app.languages"},
    "app.application": {
        *("app", "app.core", "app.engine", "app.hub", "app.net", "app.tools", "app.store", "app.ui"),
        *("app.files", "app.log", "app.memory_allocation", "app.paths", "app.settings", "app.crash_report"),
        *("app.services", "app.ui.icons", "app.ui.widgets", "app.ui.transcript.view"),
    },
    "app.log": {"app.core"},
    "app.memory_allocation": set(),
    "app.paths": {"app", "app.core"},
    "app.settings": {"app.core", "app.files"},
    "app.core": {"app.core"},
    "app.languages": {"app.core", "app.languages"},
    "app.files": {"app.core", "app.files"},
    "app.processes": {"app.processes"},
    "app.formulas": {"app.core", "app.formulas", "app.processes"},
    "app.sound": {"app.core", "app.processes", "app.sound"},
    "app.documents": {"app.core", "app.documents", "app.processes"},
    "app.speech": {"app.speech"},
    "app.engine": {"app.core", "app.engine", "app.files", "app.processes"},
    "app.net": {"app.core", "app.net"},
    "app.pictures": {"app.core", "app.pictures"},
    "app.hub": {"app.core", "app.files", "app.hub", "app.net"},
    "app.servers": {"app.core", "app.files", "app.net", "app.servers"},
    "app.tools": {"app.core", "app.net", "app.tools"},
    "app.store": {"app.core", "app.files", "app.store"},
    "app.knowledge": {"app.core", "app.files", "app.knowledge"},
    "app.exchange": {"app.core", "app.exchange", "app.files", "app.store"},
    # The program without its window: of Qt it knows signals and timers, nothing that is drawn.
    "app.services": {
        *("app", "app.core", "app.engine", "app.files", "app.hub", "app.tools", "app.store", "app.settings"),
        *("app.net", "app.servers", "app.paths", "app.pictures", "app.services", "app.formulas", "app.sound"),
        *("app.speech", "app.exchange", "app.documents", "app.knowledge"),
    },
    "app.ui": {
        *("app", "app.core", "app.engine", "app.files", "app.hub", "app.tools", "app.store", "app.settings"),
        *("app.services", "app.ui", "app.ui.fonts", "app.ui.icons", "app.ui.theme", "app.ui.widgets"),
        *("app.ui.transcript.content", "app.ui.transcript.items", "app.ui.transcript.view"),
        *("app.pictures", "app.servers", "app.sound", "app.exchange", "app.documents", "app.knowledge"),
        *("app.languages", "app.ui.reading_direction"),
    },
    "app.ui.fonts": {"app.core"},  # Which language has which characters.
    "app.ui.theme": {"app.ui.fonts"},
    "app.ui.reading_direction": set(),
    # The transcript: what is shown (without Qt), what draws each of its blocks, and the widget around them.
    "app.ui.transcript": set(),
    "app.ui.transcript.content": {"app.core", "app.ui.transcript.content"},
    "app.ui.transcript.items": {
        *("app.core", "app.ui.fonts", "app.ui.icons", "app.ui.reading_direction", "app.ui.theme"),
        *("app.ui.transcript.content", "app.ui.transcript.items"),
    },
    "app.ui.transcript.view": {
        *("app.core", "app.ui.icons", "app.ui.reading_direction", "app.ui.theme", "app.ui.widgets"),
        *("app.ui.transcript.content", "app.ui.transcript.items", "app.ui.transcript.view"),
    },
    # Small parts that know nothing of chats and models; they may look like the rest of the window.
    "app.ui.icons": {"app.ui.fonts"},
    "app.ui.widgets": {"app.ui.fonts", "app.ui.icons", "app.ui.reading_direction", "app.ui.widgets"},
}

# Every part speaks the user's language.
OPEN_TO_ALL = "app.core.translation"

# A library, and the only parts of the program that may know it.
CONFINED = {
    "PySide6": {
        *(
            "app.ui",
            "app.services",
            "app.pictures",
            "app.application",
            "app.garbage",
            "app.launch",
            "app.self_test",
        ),
    },
    "PySide6.QtGui": {"app.ui", "app.pictures", "app.application", "app.self_test"},
    "PySide6.QtWidgets": {"app.ui", "app.application", "app.self_test"},
    "shiboken6": {"app.ui", "app.application"},
    "qtawesome": {"app.ui"},
    "llama_cpp": {"app.engine.llama"},
    "jinja2": {"app.engine"},
    "gguf": {"app.engine"},
    "sqlite3": {"app.store", "app.knowledge"},
    "huggingface_hub": {"app.hub"},
    "httpcore2": {"app.net"},
    "idna": {"app.net"},
    "webencodings": {"app.tools"},
    "babel": {"app.languages"},
    "miniaudio": {"app.sound"},
    "pypdfium2": {"app.documents"},
    "charset_normalizer": {"app.documents"},
    "ziamath": {"app.formulas"},
    "ijson": {"app.exchange"},
    "socksio": {"app.net"},
    "httpx2": {"app.hub", "app.net", "app.servers", "app.tools"},
    "yaml": {"app.core.markdown"},
}

WITHOUT_QT = {"app.ui.transcript.content"}
"""Parts of the window that hold no Qt, so that they can be tried and read without it."""


def part_of(module: str, parts: Iterator[str] | set[str] | dict[str, set[str]]) -> str:
    """The part that a module belongs to: the longest name in `parts` that it starts with."""
    fitting = [part for part in parts if module == part or module.startswith(part + ".")]
    return max(fitting, key=len, default="")


def imported_modules(source: str, package: str) -> Iterator[str]:
    """Every module that the source imports, by its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # `from app import log` imports the module app.log.
            yield from (f"{base}.{name.name}" for name in node.names)


def forbidden_imports(module: str, source: str, package: str = "") -> list[str]:
    """What is wrong with a module's imports, a sentence each."""
    here = part_of(module, ALLOWED)
    wrong = []
    for name in imported_modules(source, package or module.rpartition(".")[0]):
        top = name.partition(".")[0]
        if top == "app" and part_of(name, ALLOWED) not in ALLOWED[here] and not part_of(name, (OPEN_TO_ALL,)):
            wrong.append(f"{module} imports {name}")
        library = part_of(name, CONFINED)
        if library and not part_of(module, CONFINED[library]):
            wrong.append(f"{module} imports {library}")
        if top == "PySide6" and part_of(module, WITHOUT_QT):
            wrong.append(f"{module} imports {top}")
        if top in {"main", "tests"}:
            wrong.append(f"{module} imports {top}")
    return wrong


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_only_what_its_place_allows(path):
    package = ".".join(path.parent.parts)
    assert forbidden_imports(module_name(path), (ROOT / path).read_text(encoding="utf-8"), package) == []


def test_every_module_has_a_place():
    placed = {part for part in ALLOWED if part != "app"}
    assert [str(path) for path in MODULES if not part_of(module_name(path), placed)] == ["app/__init__.py"]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app.core.message", "from app.store.database import Database"),
        ("app.core.message", "import app.paths"),
        ("app.engine.engine", "from app.hub import catalog"),
        ("app.servers.server_engine", "from app.engine.engine import Engine"),
        ("app.hub.library.library", "def later():\n    from app.engine.gguf import read_header"),
        ("app.store.presets", "from app.settings import Settings"),
        ("app.settings", "from app.store.presets import PresetStore"),
        ("app.files.toml_file", "from app.settings import Settings"),
        ("app.store.presets", "from ..hub import catalog"),
        ("app.ui.main_window", "from app.application import Application"),
        ("app.ui.widgets.toast", "from app.core.errors import UserError"),
        ("app.ui.widgets.toast", "from ..theme import Theme"),
        ("app.ui.transcript.content.markdown", "from app.ui.transcript.items.text import TextView"),
        ("app.ui.transcript.items.text", "from app.ui.transcript.view.painter import Painter"),
        ("app.ui.transcript.view.painter", "from app.ui.composer.composer import Composer"),
        ("app.ui.transcript.content.markdown", "from PySide6.QtCore import QRectF"),
        ("app.core.prompt", "from PySide6.QtCore import QObject"),
        ("app.engine.engine", "import llama_cpp.llama_cpp as llama"),
        ("app.core.prompt", "import jinja2.sandbox"),
        ("app.ui.main_window", "import sqlite3"),
        ("app.store.presets", "from huggingface_hub import HfApi"),
        ("app.core.message", "import main"),
        ("app.hub.library.library", "from tests.fakes import hub"),
        ("app.services.models", "from app.ui.messages import Messages"),
        ("app.services.models", "from PySide6.QtWidgets import QWidget"),
        ("app.services.models", "from PySide6 import QtGui"),
    ],
)
def test_the_rule_rejects_a_forbidden_import(module, source):
    assert len(forbidden_imports(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "app.ui.main_window",
            "from app.store.conversations import ConversationStore\nimport PySide6.QtWidgets",
        ),
        ("app.ui.composer.composer", "from app.ui.widgets.icon_button import IconButton"),
        ("app.engine.llama.context", "import llama_cpp"),
        ("app.application", "from app import log, paths\nfrom app.ui.main_window import MainWindow"),
        ("app.store.database", "import sqlite3\nfrom app.core.errors import StoreError"),
        ("app.core.message", "import json, dataclasses\nfrom app.core.sampling import Sampling"),
    ],
)
def test_the_rule_accepts_what_is_allowed(module, source):
    assert forbidden_imports(module, source) == []


def test_no_two_classes_have_one_name():
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path))
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_the_program_without_its_window_does_not_need_qt():
    """Imports everything outside the window in a process in which Qt cannot be imported."""
    windowless = [
        name
        for name in map(module_name, MODULES)
        if part_of(name, WITHOUT_QT) or not part_of(name, CONFINED["PySide6"])
    ]
    program = f"""
import importlib, sys
sys.modules["PySide6"] = None
for name in {windowless!r}:
    importlib.import_module(name)
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_the_services_run_where_nothing_can_be_drawn():
    """Imports all of them in a process in which Qt's windows and pictures cannot be imported."""
    services = [name for name in map(module_name, MODULES) if part_of(name, {"app.services"})]
    program = f"""
import importlib, sys
sys.modules["PySide6.QtGui"] = sys.modules["PySide6.QtWidgets"] = None
for name in {services!r}:
    importlib.import_module(name)
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
