"""The .deb in a bare Debian, with nothing there but what the package asks for.

debootstrap --variant=minbase bookworm /tmp/bare-debian
TARN_BUNDLE=dist/linux/tarn TARN_DEBIAN_ROOT=/tmp/bare-debian uv run pytest -m bundle
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import __version__
from tests.packaging.conftest import MODELS

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
pytestmark = [pytest.mark.bundle, pytest.mark.timeout(1200)]


def in_root(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
    return subprocess.run(
        ["chroot", str(root), *command],
        env={**environment, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def root() -> Iterator[Path]:
    """A bare Debian with the system's list of processes, which no real one lacks."""
    given = os.environ.get("TARN_DEBIAN_ROOT")
    if not given or shutil.which("chroot") is None or os.geteuid() != 0:
        pytest.skip("TARN_DEBIAN_ROOT names no bare Debian, or this is not root")
    processes = Path(given) / "proc"
    subprocess.run(["mount", "-t", "proc", "proc", str(processes)], check=True)
    yield Path(given)
    subprocess.run(["umount", str(processes)], check=True)


def test_it_installs_and_answers_in_a_bare_debian(root: Path) -> None:
    packages = Path(os.environ["TARN_BUNDLE"]).resolve().parent.parent
    deb = packages / f"tarn_{__version__}_{ARCHITECTURES[platform.machine()]}.deb"
    for path in (deb, MODELS / "tiny-lfm2.gguf"):
        shutil.copy2(path, root / "tmp" / path.name)
    assert in_root(root, "which", "python3").returncode != 0
    installed = in_root(root, "apt-get", "install", "-y", "--no-install-recommends", f"/tmp/{deb.name}")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    done = in_root(root, "tarn", "--self-test", "--model", "/tmp/tiny-lfm2.gguf")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["reply"].strip()
    assert in_root(root, "apt-get", "purge", "-y", "tarn").returncode == 0
    assert not list((root / "usr").rglob("tarn*"))
