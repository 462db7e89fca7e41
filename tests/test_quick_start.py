from __future__ import annotations

import json
import subprocess
import sys

WHEN_NEEDED = {
    "babel",
    "charset_normalizer",
    "huggingface_hub",
    "httpx2",
    "ijson",
    "jinja2",
    "jsonschema",
    "keyring",
    "llama_cpp",
    "miniaudio",
    "numpy",
    "pypdfium2",
    "ziamath",
}
"""Packages that take long to import, and that no window needs to be seen."""


def test_the_window_opens_without_what_only_later_steps_need() -> None:
    script = "import app.application, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = set(json.loads(done.stdout))
    assert "app.application" in imported
    assert not WHEN_NEEDED & imported
