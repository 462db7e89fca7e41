"""The built program as people get it: no Python, no packages, another folder, an empty home.

uv run packaging/build.py --folder-only
TARN_BUNDLE=dist/linux/tarn uv run pytest -m bundle
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from app import __version__
from app.languages.catalogs import available_codes
from app.paths import resources
from tests.packaging.conftest import MODELS, Program
from tests.packaging.screen import Picture, Screen, pause, wait_for

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(900)]

TINY = MODELS / "tiny-lfm2.gguf"
TITLE = "Tarn"
LARGEST_BYTES = 260_000_000


def with_library(program: Program, tmp_path: Path, name: str, code: str, *needed: str) -> str:
    """A copy of the program with one more library of the engine."""
    moved = tmp_path / "tarn"
    shutil.copytree(program.command.parent, moved, symlinks=True)
    folder = moved / "_internal/llama_cpp/lib"
    if not list(folder.glob("libggml-cpu-*.so")):
        pytest.skip("This program was built for one kind of processor")
    compile_library(folder / name, code, *needed)
    program.command = moved / "tarn"
    return name


def compile_library(target: Path, code: str, *needed: str) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    command = ["gcc", "-shared", "-fPIC", "-o", str(target), "-x", "c", "-", "-x", "none", *needed]
    subprocess.run(command, input=code, text=True, check=True)


def chosen_after_self_test(program: Program, data: Path) -> list[str]:
    """Names of the engine's libraries that an answer was made with."""
    assert str(self_test(program, "--data-dir", str(data))["reply"]).strip()
    chosen: list[str] = json.loads((data / "cache/engine.json").read_text(encoding="utf-8"))["libraries"]
    return chosen


def self_test(program: Program, *arguments: str, **environment: str) -> dict[str, object]:
    done = program.run("--self-test", "--model", str(TINY), *arguments, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_it_says_its_version(program: Program) -> None:
    assert program.run("--version").stdout == f"Tarn {__version__}\n"


def test_it_is_small_enough(program: Program) -> None:
    files = [path for path in program.command.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    models = [path for path in files if path.parent.name == "models"]
    assert sum(path.stat().st_size for path in set(files) - set(models)) < LARGEST_BYTES


def test_it_answers_without_python(program: Program) -> None:
    assert str(self_test(program)["reply"]).strip()


@pytest.mark.parametrize(
    "environment",
    [
        {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"},
        {"LANG": "ja_JP.UTF-8"},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        {"FONTCONFIG_FILE": "/nonexistent", "FONTCONFIG_PATH": "/nonexistent"},
    ],
    ids=["double size", "Japanese", "no D-Bus", "no fonts"],
)
def test_it_answers_in_odd_surroundings(program: Program, environment: dict[str, str]) -> None:
    assert str(self_test(program, **environment)["reply"]).strip()


def test_it_runs_from_a_folder_with_an_odd_name(program: Program, tmp_path: Path) -> None:
    moved = tmp_path / "Programme für 日本"
    shutil.copytree(program.command.parent, moved, symlinks=True)
    program.command = moved / "tarn"
    assert str(self_test(program)["reply"]).strip()


def test_a_home_that_cannot_be_written_is_an_error_in_words(program: Program) -> None:
    in_the_way = program.home / ".local"
    in_the_way.write_text("not a folder", encoding="utf-8")
    done = program.run("--self-test", "--model", str(TINY), "--data-dir", str(in_the_way / "share"))
    assert done.returncode == 1
    assert str(in_the_way) in json.loads(done.stdout)["error"]


def test_the_starter_model_answers_where_it_is_inside(program: Program) -> None:
    """And a program without it says what to do."""
    done = program.run("--self-test")
    result = json.loads(done.stdout)
    if list((program.command.parent / "_internal/resources/models").glob("*.gguf")):
        assert result["model"] == "SmolLM2 135M Instruct"
        assert result["reply"].strip()
    else:
        assert done.returncode == 1
        assert "--model" in result["error"]


def test_a_model_may_be_named_as_seen_from_the_folder_one_is_in(program: Program) -> None:
    shutil.copy2(TINY, program.elsewhere / "mine.gguf")
    done = program.run("--self-test", "--model", "mine.gguf")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_licences_of_what_is_inside_are_there(program: Program) -> None:
    text = (program.command.parent / "_internal/resources/licences.txt").read_text(encoding="utf-8")
    for name in ("Tarn", "Python", "Qt", "Typeface Inter", "QtAwesome", "jinja2", "llama_cpp_python"):
        assert f"\n{name}".lower() in f"\n{text}".lower(), name


def test_every_language_is_inside_and_compiled(program: Program) -> None:
    inside = program.command.parent / "_internal"
    translations = inside / "resources" / "translations"
    codes = available_codes(resources() / "translations")
    assert {path.relative_to(translations).as_posix() for path in translations.rglob("*.*")} == {
        f"{code}/tarn.mo" for code in codes
    }
    for code in codes:
        assert (inside / f"PySide6/Qt/translations/qtbase_{code}.qm").exists(), code


def test_a_library_that_the_processor_cannot_run_is_left_out(program: Program, tmp_path: Path) -> None:
    """The best of the engine's libraries is made to die of an illegal instruction."""
    code = (
        "int ggml_backend_score(void) { return 1000000; } void *ggml_backend_init(void) { __builtin_trap(); }"
    )
    library = with_library(program, tmp_path, "libggml-cpu-newest.so", code)
    chosen = chosen_after_self_test(program, tmp_path / "data")
    assert chosen
    assert library not in chosen


def test_where_no_library_runs_it_says_so_and_what_to_do(program: Program, tmp_path: Path) -> None:
    code = "int ggml_backend_score(void) { return 1; } void *ggml_backend_init(void) { __builtin_trap(); }"
    library = with_library(program, tmp_path, "libggml-cpu-only.so", code)
    for path in (program.command.parent / "_internal/llama_cpp/lib").glob("libggml-cpu-*.so"):
        if path.name != library:
            path.unlink()
    done = program.run("--self-test", "--model", str(TINY))
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert "does not run on this computer's processor" in error
    assert "In a virtual machine" in error


@pytest.mark.parametrize("is_missing", [True, False], ids=["no driver", "driver that dies"])
def test_without_a_working_graphics_driver_it_runs_on_the_processor(
    program: Program, tmp_path: Path, is_missing: bool
) -> None:
    """As the engine for graphics cards finds it on most computers."""
    code = "extern int driver(void); void *ggml_backend_init(void) { driver(); return 0; }"
    driver = tmp_path / "libdriver-of-this-test.so"
    compile_library(driver, "int driver(void) { __builtin_trap(); }")
    library = with_library(program, tmp_path, "libggml-vulkan.so", code, str(driver))
    if is_missing:
        driver.unlink()
    chosen = chosen_after_self_test(program, tmp_path / "data")
    assert chosen
    assert library not in chosen


def test_a_person_can_use_it(program: Program, screen: Screen) -> None:
    """Writes, sees the answer grow, changes the model, starts the program twice, and exports."""
    models = program.home / ".local/share/tarn/models"
    models.mkdir(parents=True)
    for path in (TINY, MODELS / "tiny-lfm2moe-q8.gguf"):
        shutil.copy2(path, models / path.name)
    started = program.start(screen, str(models / TINY.name))
    try:
        screen.focus(TITLE)
        log = program.home / ".local/state/tarn/log/tarn.log"
        wait_for(lambda: loaded(log) == 1, 120, "loaded model")
        before = screen.picture()
        screen.keys("ctrl+l")
        screen.types("Hello, who are you?")
        screen.keys("Return")
        assert steps_of_growth(screen, before) >= 2
        screen.keys("ctrl+m")
        settled(screen)
        screen.keys("Down", "Return")
        wait_for(lambda: loaded(log) == 2, 120, "second model")
        again = program.start(screen)
        assert again.wait(60) == 0
        screen.focus(TITLE)
        screen.keys("ctrl+e")
        screen.focus("Export chats")
        screen.keys("Return")
        screen.focus("Export to Markdown")
        screen.keys("ctrl+a")
        exported = program.home / "chat.md"
        screen.types(str(exported).replace(" of Zoë", " of Zoë") if str(exported).isascii() else "chat.md")
        screen.keys("Return")
        found = wait_for(lambda: list(program.home.rglob("chat.md")), 30, "exported file")
        text = wait_for(lambda: found[0].read_text(encoding="utf-8"), 10, "text in it")
        assert "Hello, who are you?" in text
        screen.focus(TITLE)
        screen.keys("ctrl+q")
        assert started.wait(30) == 0
    finally:
        if started.poll() is None:
            started.kill()
            started.wait()


def test_the_first_start_is_quick(program: Program, screen: Screen) -> None:
    began = time.monotonic()
    started = program.start(screen)
    try:
        wait_for(lambda: screen.has_window(TITLE), 30, "window")
        took = time.monotonic() - began
    finally:
        started.terminate()
        started.wait()
    limit = float(os.environ.get("TARN_START_LIMIT_S", "2"))
    assert took < limit, f"The window took {took:.1f} s"


def loaded(log: Path) -> int:
    return log.read_text(encoding="utf-8").count("Loaded ") if log.exists() else 0


def steps_of_growth(screen: Screen, before: Picture) -> int:
    """How often the conversation changed until it stood still. The cursor below it blinks for ever."""
    steps, last, still_since = 0, before.upper_part(), time.monotonic()
    end = still_since + 120
    while time.monotonic() < min(end, still_since + 4):
        now = screen.picture().upper_part()
        if now.rows_that_differ(last):
            steps, still_since = steps + 1, time.monotonic()
        last = now
        pause()
    return steps


def settled(screen: Screen) -> None:
    last = screen.picture()

    def is_still() -> bool:
        nonlocal last
        now, former = screen.picture(), last
        last = now
        return now.rows_that_differ(former) < 30

    wait_for(is_still, 10, "still picture")
