"""The Python packages that go into the program: an environment with them and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from source import ROOT


class Environment:
    """A virtual environment of its own, so that nothing of the developer's gets into the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        self.python = folder / scripts / ("python.exe" if sys.platform == "win32" else "python")
        self._scripts = folder / scripts

    def make(self) -> None:
        """Installs what pyproject.toml names: the dependencies, the packager and the starter model."""
        groups = ["--no-default-groups", "--group", "packaging", "--group", "starter"]
        subprocess.run(
            [_uv(), "sync", "--quiet", "--no-install-project", "--python", sys.executable, *groups],
            cwd=ROOT,
            env={**_without_environment(), "UV_PROJECT_ENVIRONMENT": str(self.folder)},
            check=True,
        )

    def package_folder(self, name: str) -> Path:
        """Where a package was installed."""
        code = (
            "import importlib.util as u, sys; print(u.find_spec(sys.argv[1]).submodule_search_locations[0])"
        )
        return Path(self.run("-c", code, name).strip())

    def run(self, *arguments: str, **variables: str) -> str:
        """Runs the environment's Python; gives what it printed."""
        command = [str(self.python), *arguments]
        environment = {**_without_environment(), **variables}
        return subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def tool(self, name: str) -> str:
        """A program of the system's or, where there is none, of the environment's."""
        found = shutil.which(name) or shutil.which(name, path=str(self._scripts))
        if found is None:
            raise SystemExit(f"{name} was not found. Install it and build again.")
        return found


def _uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv")
    if found is None:
        raise SystemExit("uv was not found. Install it (pip install uv) and build again.")
    return found


def _without_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
