"""What every test shares: Qt without a display, processes side by side, a folder that may not be written."""

import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support import collection, compiled_modules, opt_in, side_by_side
from tests.support.waiting import PatientQtBot

# Before Qt is imported anywhere: tests open real windows, but never on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return side_by_side.process_count(config)


def pytest_configure(config: pytest.Config) -> None:
    compiled_modules.keep_in(config.cache.mkdir("compiled_modules"))
    side_by_side.take_one_core(config)
    collection.begin()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What runs alone comes first: later it would wait for the end of long tests, and all others with it."""
    opt_in.deselect(config, items)
    items.sort(key=lambda item: item.get_closest_marker("measures") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    try:
        return (yield from _in_turn(item))
    finally:
        collection.collect()


def _in_turn(item: pytest.Item) -> Generator[None, object, object]:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    run_folder = item.config._tmp_path_factory.getbasetemp().parent  # type: ignore[attr-defined]
    with side_by_side.turn(run_folder, item.get_closest_marker("measures") is not None):
        return (yield)


@pytest.fixture(autouse=True)
def no_titles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is asked for a title only where a test is about titles: it comes at a time of its own."""
    titles = sys.modules.get("app.services.titles")
    if titles is not None and request.node.get_closest_marker("titles") is None:
        monkeypatch.setattr(titles.TitleService, "_is_unnamed", lambda *_: False)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientQtBot:
    """In place of pytest-qt's own."""
    return PatientQtBot(request)


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
