"""What every test shares: Qt without a display, and a folder that may not be written."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before Qt is imported anywhere: tests open real windows, but never on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def folder_without_write_permission() -> Iterator[Path]:
    """A folder of somebody else's. Root may write everywhere, so a test that runs as root steps down."""
    if sys.platform == "win32":
        pytest.skip("Windows has no permissions of this kind")
    folder = Path(tempfile.mkdtemp())  # Not tmp_path: above that, only its owner may look.
    folder.chmod(0o555)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    yield folder
    if was_root:
        os.seteuid(0)
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
