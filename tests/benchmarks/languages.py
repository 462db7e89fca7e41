"""How much longer the start takes in each language than in English.

    python -m tests.benchmarks.languages

Each start is a process of its own, in a data folder of its own; English and the others take turns, so that
what else the machine does slows all of them. The times are those of the window's thread on the processor,
until the window was drawn once: the least of all turns, and the median.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from app.languages.catalogs import available_codes
from app.languages.choice import VARIABLE
from app.paths import resources

TURNS = 15
ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import os, sys, time
from pathlib import Path
from app import launch
language = launch._choose_language(Path(sys.argv[1]))
chosen = time.thread_time()
from app.application import Application, create_qt_application
from app.ui.qt_language import use_qt_language
qt = create_qt_application([])
use_qt_language(qt, language)
application = Application(Path(sys.argv[1]))
application.window.show()
qt.processEvents()
print(chosen, time.thread_time())
sys.stdout.flush()
os._exit(0)
"""


def start(code: str) -> tuple[float, float]:
    """Milliseconds until the language was there, and until the window was."""
    environment = {**os.environ, VARIABLE: code, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # Else most of the time goes into compiling the source.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, folder],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    chosen, shown = map(float, done.stdout.split())
    return chosen * 1000, shown * 1000


def main() -> None:
    codes = ("en", *available_codes(resources() / "translations"))
    for code in codes:  # Compiles what is not compiled.
        start(code)
    taken: dict[str, list[tuple[float, float]]] = {code: [] for code in codes}
    for _turn in range(TURNS):
        for code in codes:
            taken[code].append(start(code))
    for code in codes:
        chosen, shown = (statistics.median(it[index] for it in taken[code]) for index in (0, 1))
        pairs = zip(taken[code], taken["en"], strict=True)
        more = statistics.median(here[1] - english[1] for here, english in pairs)
        print(
            f"{code:6} language {chosen:6.0f} ms  window {shown:6.0f} ms  more than English {more:+5.0f} ms"
        )


if __name__ == "__main__":
    main()
