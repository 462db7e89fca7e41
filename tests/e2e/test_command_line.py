"""The program as a command, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from app import __version__

ROOT = Path(__file__).parent.parent.parent
TINY_MODEL = ROOT / "tests" / "data" / "tiny-lfm2.gguf"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT.parent,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_version_is_printed() -> None:
    assert run("--version").stdout == f"Tarn {__version__}\n"


def test_the_self_test_asks_the_starter_model_and_prints_one_line() -> None:
    done = run("--self-test")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    result = json.loads(line)
    assert set(result) == {"reply", "ttft_ms", "tokens_per_second", "model", "startup_ms"}
    assert result["reply"].strip()
    assert result["model"] == "SmolLM2 135M Instruct"
    assert result["ttft_ms"] > 0
    assert result["tokens_per_second"] > 0
    assert result["startup_ms"] > 0


def test_the_self_test_asks_the_model_that_is_given(tmp_path: Path) -> None:
    done = run("--self-test", "--model", str(TINY_MODEL), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == "Tiny LFM2.5"
    assert (tmp_path / "data" / "conversations.db").exists()


def test_a_model_may_be_named_as_seen_from_the_folder_one_is_in() -> None:
    done = run("--self-test", "--model", os.path.relpath(TINY_MODEL, ROOT.parent))
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["model"] == "Tiny LFM2.5"


def test_the_self_test_without_any_model_says_so_at_once(tmp_path: Path) -> None:
    """As in a packaged program without the starter model."""
    code = (
        "import sys; from app.hub.library import library; library.STARTER_PACKAGE = 'no_such_package'; "
        "from app.launch import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--self-test", "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "--model" in json.loads(done.stdout)["error"]


def test_the_self_test_says_what_is_wrong_with_a_model(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(TINY_MODEL.read_bytes()[:5000])
    done = run("--self-test", "--model", str(broken))
    assert done.returncode == 1
    assert "broken" in json.loads(done.stdout)["error"]


def test_a_data_folder_that_cannot_be_made_is_an_error_in_words(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder", encoding="utf-8")
    done = run("--self-test", "--data-dir", str(in_the_way / "data"))
    assert done.returncode == 1
    assert str(in_the_way) in json.loads(done.stdout)["error"]
