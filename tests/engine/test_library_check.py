"""A library of another llama.cpp is refused in words, before it can write where it should not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.core.errors import EngineError
from app.engine.probe import Probe

COMPILER = shutil.which("cc") or shutil.which("gcc")
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or COMPILER is None, reason="Builds a library, as it is done on Linux"
)

SOURCE = """
#include <string.h>
#include <dlfcn.h>
typedef struct { char bytes[%(own)d]; } own;
typedef struct { char bytes[%(size)d]; } foreign;
foreign %(name)s(void) {
    own (*real)(void) = (own (*)(void)) dlsym(dlopen("%(real)s", RTLD_NOW), "%(name)s");
    own given = real();
    foreign result;
    memset(&result, 0, sizeof(result));
    memcpy(result.bytes, given.bytes, %(at)d);
    memcpy(result.bytes + %(at)d + %(inserted)d, given.bytes + %(at)d, %(own)d - %(at)d - %(lost)d);
    %(change)s
    return result;
}
"""
CONTEXT, CONTEXT_BYTES = "llama_context_default_params", 160
MODEL, MODEL_BYTES = "llama_model_default_params", 80


def engine_folder() -> Path:
    spec = find_spec("llama_cpp")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "lib"


def foreign_engine(
    folder: Path, name: str, own: int, at: int = 0, inserted: int = 0, lost: int = 0, change: str = ""
) -> Path:
    """A copy of the engine's folder in which one function gives a structure with other fields."""
    shutil.copytree(engine_folder(), folder, symlinks=False)
    real = folder / "libreal.so"
    (folder / "libllama.so").rename(real)
    source = SOURCE % {
        "own": own,
        "size": own + inserted - lost,
        "name": name,
        "real": real,
        "at": at,
        "inserted": inserted,
        "lost": lost,
        "change": change,
    }
    (folder / "foreign.c").write_text(source)
    command = [COMPILER, "-shared", "-fPIC", "-o", folder / "libllama.so", folder / "foreign.c"]
    command += ["-Wl,--no-as-needed", real, "-ldl", "-Wl,-rpath,$ORIGIN"]
    subprocess.run([str(word) for word in command], check=True)
    return folder


FOREIGN = {
    "a field inserted before the callback": {"name": CONTEXT, "own": CONTEXT_BYTES, "at": 112, "inserted": 8},
    "a field at the end": {"name": CONTEXT, "own": CONTEXT_BYTES, "at": CONTEXT_BYTES, "inserted": 8},
    "many fields at the end": {"name": CONTEXT, "own": CONTEXT_BYTES, "at": CONTEXT_BYTES, "inserted": 200},
    "a field taken away": {"name": CONTEXT, "own": CONTEXT_BYTES, "at": 84, "lost": 8},
    "another default": {"name": CONTEXT, "own": CONTEXT_BYTES, "at": 160, "change": "result.bytes[132] = 0;"},
    "a field in the model's structure": {"name": MODEL, "own": MODEL_BYTES, "at": 24, "inserted": 8},
    "a field at the model's end": {"name": MODEL, "own": MODEL_BYTES, "at": MODEL_BYTES, "inserted": 8},
}


@pytest.mark.parametrize("difference", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_library_is_refused_in_the_trial_and_in_the_window(
    tmp_path: Path, tiny_path: Path, monkeypatch: pytest.MonkeyPatch, difference
) -> None:
    folder = foreign_engine(tmp_path / "engine", **difference)
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(folder))
    with pytest.raises(EngineError, match="is of another version than this program was made for") as refusal:
        Probe(tmp_path / "trials.json").check_library()
    assert str(folder) in str(refusal.value)
    load = f"""
from pathlib import Path
from app.core.errors import EngineError
from app.core.model_file import LoadOptions
from app.engine.engine import Engine
for _ in range(2):
    try:
        Engine().load(Path({str(tiny_path)!r}), LoadOptions(), print)
    except EngineError as error:
        print(error, error.hint)
"""
    window = subprocess.run(
        [sys.executable, "-c", load], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = window.stdout.splitlines()
    assert len(lines) == 2
    assert all("another version" in line and "LLAMA_CPP_LIB_PATH" in line for line in lines)


def test_the_same_library_elsewhere_is_taken_with_the_part_for_pictures(
    tmp_path: Path, tiny_path: Path
) -> None:
    folder = tmp_path / "engine"
    shutil.copytree(engine_folder(), folder)
    code = f"""
import os
from pathlib import Path
from app.core.model_file import LoadOptions
from app.engine.engine import Engine
print(Engine().load(Path({str(tiny_path)!r}), LoadOptions(), lambda share: None).architecture)
print(os.environ["MTMD_CPP_LIB"])
"""
    for others in ({}, {"MTMD_CPP_LIB": "/elsewhere"}):
        environment = {**os.environ, "LLAMA_CPP_LIB_PATH": str(folder), **others}
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.splitlines() == ["lfm2", str(folder)]
