"""The library for this processor is chosen in a child, and one that dies is left out."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import EngineError
from app.engine import variants
from app.engine.variants import Variants, other_libraries, processor_libraries
from app.processes.own_process import own_command

SUFFIX = ".dll" if sys.platform == "win32" else ".so"
CHILD = """
import json, os, signal, sys
fatal = json.loads(sys.argv[1])
arguments = sys.argv[2:]
with open(arguments[1] + "/tries", "a") as file:
    file.write("x")
excluded = arguments[2:]
names = [name for name in sorted(os.listdir(arguments[1]), reverse=True)
         if name.startswith("libggml-cpu-") and name not in excluded]
if not names:
    sys.exit(1)
print("trying", names[0], flush=True)
if names[0] in fatal:
    os.kill(os.getpid(), signal.SIGILL)
print(json.dumps([names[0]]))
"""
needs_compiler = pytest.mark.skipif(
    shutil.which("gcc") is None or sys.platform != "linux", reason="Makes libraries with gcc"
)


def library(folder: Path, name: str) -> str:
    path = folder / f"libggml-cpu-{name}{SUFFIX}"
    path.write_bytes(b"")
    return path.name


def chooser(folder: Path, fatal: list[str]) -> Variants:
    command = [sys.executable, "-c", CHILD, json.dumps(fatal)]
    return Variants(folder.parent / "cache" / "engine.json", folder, command=command)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "engine with spaces ü"
    made.mkdir()
    return made


def tries(folder: Path) -> int:
    return len((folder / "tries").read_text(encoding="utf-8"))


def test_an_engine_for_one_kind_of_processor_needs_no_choice(folder: Path) -> None:
    (folder / f"libggml-cpu{SUFFIX}").write_bytes(b"")
    assert chooser(folder, []).choose() == ()
    assert not (folder / "tries").exists()


def test_the_best_that_works_is_chosen(folder: Path) -> None:
    library(folder, "haswell")
    best = library(folder, "zen4")
    assert chooser(folder, []).choose() == (folder / best,)


@pytest.mark.skipif(sys.platform == "win32", reason="Dies of a signal")
def test_a_library_that_dies_of_an_illegal_instruction_is_left_out(folder: Path) -> None:
    good = library(folder, "haswell")
    fatal = [library(folder, "sapphirerapids"), library(folder, "zen4")]
    assert chooser(folder, fatal).choose() == (folder / good,)
    assert tries(folder) == 3


def test_the_choice_is_remembered(folder: Path) -> None:
    best = library(folder, "zen4")
    chooser(folder, []).choose()
    assert chooser(folder, []).choose() == (folder / best,)
    assert tries(folder) == 1


@pytest.mark.parametrize("change", ["build", "processor", "record"])
def test_the_choice_is_made_again_for_another_build_or_processor(
    folder: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(folder, "haswell")
    chooser(folder, []).choose()
    if change == "build":
        library(folder, "zen4")
    elif change == "processor":
        monkeypatch.setattr(variants, "processor_name", lambda: "Another processor")
    else:
        (folder.parent / "cache" / "engine.json").write_text("[", encoding="utf-8")
    chooser(folder, []).choose()
    assert tries(folder) == 2


@pytest.mark.parametrize(("library_name", "expected"), [("ggml-vulkan", 2), ("ggml-cpu-zen4", 1)])
def test_the_choice_is_made_again_for_another_graphics_driver_where_that_matters(
    folder: Path, library_name: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(folder, "haswell")
    (folder / f"lib{library_name}{SUFFIX}").write_bytes(b"")
    chooser(folder, []).choose()
    monkeypatch.setenv("VK_DRIVER_FILES", "/another/driver.json")
    chooser(folder, []).choose()
    assert tries(folder) == expected


def test_a_choice_that_cannot_be_kept_is_made_all_the_same(folder: Path) -> None:
    best = library(folder, "zen4")
    (folder.parent / "cache").write_text("a file in the way", encoding="utf-8")
    assert chooser(folder, []).choose() == (folder / best,)


@pytest.mark.skipif(sys.platform == "win32", reason="Dies of a signal")
def test_where_none_runs_the_user_is_told_what_to_do(folder: Path) -> None:
    fatal = [library(folder, "haswell"), library(folder, "zen4")]
    with pytest.raises(EngineError, match="does not run on this computer's processor") as caught:
        chooser(folder, fatal).choose()
    assert "source" in caught.value.hint
    assert not (folder.parent / "cache" / "engine.json").exists()


def test_libraries_are_told_apart_by_their_names(folder: Path) -> None:
    for name in ("ggml", "ggml-base", "ggml-cpu-zen4", "ggml-cpu-x64", "ggml-vulkan", "llama"):
        (folder / f"lib{name}{SUFFIX}").write_bytes(b"")
    assert [path.name for path in processor_libraries(folder)] == [
        f"libggml-cpu-x64{SUFFIX}",
        f"libggml-cpu-zen4{SUFFIX}",
    ]
    assert [path.name for path in other_libraries(folder)] == [f"libggml-vulkan{SUFFIX}"]


@needs_compiler
def test_the_real_child_survives_libraries_that_die_when_they_are_loaded(folder: Path) -> None:
    """Real libraries: one executes an illegal instruction as soon as it is loaded, one says it cannot run."""
    compile_library(folder, "dies", "__attribute__((constructor)) void start(void) { __builtin_trap(); }")
    compile_library(folder, "unfit", "int ggml_backend_score(void) { return 0; }")
    assert real_child(folder).returncode == -signal.SIGILL
    without = real_child(folder, "libggml-cpu-dies.so")
    assert without.returncode == 3, without.stdout
    assert without.stdout.splitlines()[-1] == "No library fits this processor."
    with pytest.raises(EngineError, match="does not run"):
        Variants(folder.parent / "engine.json", folder).choose()


def real_child(folder: Path, *excluded: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*own_command("--try-engine"), "--folder", str(folder), *excluded],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def compile_library(folder: Path, name: str, code: str) -> None:
    target = folder / f"libggml-cpu-{name}.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(target)], input=code, text=True, check=True
    )
