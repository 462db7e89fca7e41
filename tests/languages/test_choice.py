"""The user's choice comes before the system's, and a named language before both."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import translation
from app.core.translation import tr
from app.languages.choice import VARIABLE, use_language
from tests.languages.test_catalogs import PO

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def catalogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(VARIABLE, "")
    for code in ("de", "fr"):
        (tmp_path / code).mkdir()
        (tmp_path / code / "tarn.po").write_text(
            PO.replace("Schließen", f"Close in {code}"), encoding="utf-8"
        )
    yield tmp_path
    translation.use(translation.ENGLISH, gettext.NullTranslations())


def test_the_system_chooses_where_the_user_has_not(catalogs: Path) -> None:
    assert use_language(catalogs, catalogs / "settings.toml", ["fr-CA", "en"]).code == "fr"
    assert tr("Close") == "Close in fr"
    assert os.environ[VARIABLE] == "fr"


def test_the_user_chooses_over_the_system(catalogs: Path) -> None:
    settings = catalogs / "settings.toml"
    settings.write_text('language = "de"\n', encoding="utf-8")
    assert use_language(catalogs, settings, ["fr"]).code == "de"
    assert tr("Close") == "Close in de"


@pytest.mark.parametrize("content", ["language = 5", "language = ", 'language = "xx"', "\x00", "[" * 5000])
def test_settings_that_cannot_be_read_do_not_stop_the_start(catalogs: Path, content: str) -> None:
    settings = catalogs / "settings.toml"
    settings.write_text(content, encoding="utf-8")
    assert use_language(catalogs, settings, ["es"]).code == "en"
    assert tr("Close") == "Close"


def test_a_named_language_comes_first(catalogs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "en_XA")
    assert use_language(catalogs, None, ["de"]).code == "en_XA"
    assert tr("Close") != "Close"


def test_a_process_that_the_program_starts_speaks_the_same_language() -> None:
    code = (
        "import sys; from app.languages.choice import use_language; from pathlib import Path;"
        "use_language(Path('nowhere'), None, ()); from app.core.errors import SEE_LOG; print(SEE_LOG)"
    )
    environment = {**os.environ, VARIABLE: "en_XA", "PYTHONIOENCODING": "utf-8"}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert told.stdout.decode("utf-8").startswith("Šéé ťĥé ĺôĝ")


def test_nothing_that_holds_words_is_imported_before_the_language_is_known() -> None:
    """Words of modules are translated once, when they are imported."""
    code = (
        "import sys, app.languages.choice, app.paths; print(*(n for n in sys.modules if n.startswith('app')))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    others = {name for name in told.stdout.split() if not name.startswith("app.languages")}
    assert others == {"app", "app.core", "app.core.translation", "app.paths"}
