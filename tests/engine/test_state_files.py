"""What a model remembers of conversations is on the disk: restored after a restart, and never wrong."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.message import Message
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine import state_files
from app.engine.checkpoints import Checkpoint
from app.engine.engine import Engine
from app.engine.kept_states import KeptState
from app.engine.media_positions import position_of
from app.engine.state_files import SavedState, StateFiles
from tests.support.asking import Answer, ask, assistant, system, user

SHORT = Sampling(temperature=0, max_tokens=12)
MEGABYTE = 1024 * 1024
KEY = "the model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "states"


@pytest.fixture(autouse=True)
def _disk_with_room(monkeypatch) -> None:
    monkeypatch.setattr(state_files, "LEAST_FREE_BYTES", 0)


def kept(first: int = 0, tokens: int = 200, size: int = 1000) -> KeptState:
    state = bytearray(os.urandom(size))
    checkpoints = (Checkpoint(50, b"early"), Checkpoint(150, b"late", starts_answer=True))
    return KeptState(list(range(first, first + tokens)), tokens - 10, state, checkpoints)


def files_in(folder: Path, most_bytes: int = MEGABYTE) -> StateFiles:
    files = StateFiles(folder, most_bytes)
    files.open(KEY)
    return files


def found(files: StateFiles, like: KeptState) -> KeptState | None:
    return files.best([*like.tokens, -1], len(like.tokens), is_cuttable=False, only_read=False).take()


def only_file(folder: Path) -> Path:
    [path] = folder.glob("*.state")
    return path


def test_a_state_comes_back_as_it_was(folder):
    before = kept()
    files_in(folder).write("one", SavedState(KEY, before))
    after = found(files_in(folder), before)
    assert after is not None
    assert (after.tokens, after.read_length) == (before.tokens, before.read_length)
    assert bytes(after.state) == bytes(before.state)
    assert after.checkpoints == before.checkpoints


def test_places_of_pictures_come_back_too(folder):
    before = kept()
    for number, identity in enumerate((2**127 + 5, 7)):
        before.tokens[number * 20 : number * 20 + 5] = [position_of(identity, place) for place in range(5)]
    files_in(folder).write("one", SavedState(KEY, before))
    after = found(files_in(folder), before)
    assert after is not None
    assert after.tokens == before.tokens


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_its_owner_may_read_it(folder):
    files_in(folder).write("one", SavedState(KEY, kept()))
    assert stat.S_IMODE(only_file(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_another_model_is_not_given_it_and_leaves_it_there(folder):
    before = kept()
    files_in(folder).write("one", SavedState("another model", before))
    files = files_in(folder)
    assert found(files, before) is None
    assert only_file(folder).exists()


@pytest.mark.parametrize("place", [0, 14, 47, 400, 1500, -40, -1])
def test_a_damaged_file_is_not_used_and_taken_away(folder, place):
    before = kept()
    files_in(folder).write("one", SavedState(KEY, before))
    data = bytearray(only_file(folder).read_bytes())
    data[place] ^= 0x40
    only_file(folder).write_bytes(data)
    assert found(files_in(folder), before) is None
    assert not list(folder.glob("*.state"))


@pytest.mark.parametrize("length", [0, 5, 20, 300, -1])
def test_a_file_that_was_cut_short_is_taken_away(folder, length):
    before = kept()
    files_in(folder).write("one", SavedState(KEY, before))
    only_file(folder).write_bytes(only_file(folder).read_bytes()[:length])
    assert found(files_in(folder), before) is None
    assert not list(folder.glob("*.state"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Tarn state 1\n",
        b"Tarn state 1\n\xff\xff\xff\xff",
        b"Tarn state 1\n\x02\x00\x00\x00[]",
        b"Tarn state 1\n\x02\x00\x00\x00{}",
        b'Tarn state 1\n\x0a\x00\x00\x00{"key": 1}',
        os.urandom(2000),
    ],
)
def test_a_foreign_file_is_taken_away(folder, data):
    folder.mkdir()
    (folder / "foreign.state").write_bytes(data)
    assert found(files_in(folder), kept()) is None
    assert not list(folder.glob("*.state"))


def test_a_file_that_was_written_anew_meanwhile_is_not_taken_for_the_old_one(folder):
    before, files = kept(), files_in(folder)
    files.write("one", SavedState(KEY, before))
    offered = files.best(before.tokens, 200, is_cuttable=True, only_read=False)
    StateFiles(folder, MEGABYTE).write("one", SavedState(KEY, kept(first=1000)))
    assert offered.take() is None
    assert only_file(folder).exists()


def test_what_was_used_least_recently_goes_first(folder):
    states = [kept(first=first, size=10_000) for first in (0, 1000, 2000)]
    files = files_in(folder, most_bytes=30_000)
    for number, state in enumerate(states[:2]):
        files.write(str(number), SavedState(KEY, state))
        os.utime(files._path_of(str(number)), (number, number))
    assert found(files, states[0]) is not None
    files.write("2", SavedState(KEY, states[2]))
    assert [found(files, state) is not None for state in states] == [True, False, True]
    assert files.size <= 30_000


def test_a_state_that_is_larger_than_all_the_room_takes_nothing_away(folder):
    files = files_in(folder, most_bytes=20_000)
    files.write("one", SavedState(KEY, kept(size=10_000)))
    files.write("two", SavedState(KEY, kept(first=1000, size=30_000)))
    assert found(files, kept()) is not None


def test_nothing_is_written_to_a_disk_that_is_nearly_full(folder, monkeypatch):
    monkeypatch.setattr(state_files, "LEAST_FREE_BYTES", 2**60)
    files = files_in(folder)
    files.write("one", SavedState(KEY, kept()))
    assert files.size == 0


def test_a_folder_that_cannot_be_made_is_no_trouble(tmp_path):
    (tmp_path / "file").write_text("in the way")
    files = files_in(tmp_path / "file" / "states")
    files.write("one", SavedState(KEY, kept()))
    files.delete("one")
    files.clear()
    assert files.size == 0


def test_a_conversation_takes_its_file_along_and_so_does_a_smaller_limit(folder):
    files = files_in(folder)
    files.write("one", SavedState(KEY, kept()))
    files.write("two", SavedState(KEY, kept(first=1000)))
    files.delete("one")
    assert found(files, kept()) is None
    files.keep_only(["one"])
    assert files.size == 0
    files.write("../three", SavedState(KEY, kept()))
    assert only_file(folder).exists()
    files.limit(0)
    assert files.size == 0


# With an engine


@pytest.fixture(params=["tiny_path", "starter_path"])
def path(request) -> Path:
    model: Path = request.getfixturevalue(request.param)
    return model


@pytest.fixture
def engines(path: Path, folder: Path) -> Iterator[list[Engine]]:
    """Engines that are loaded one after the other, as in one run after the other."""
    loaded: list[Engine] = []

    yield loaded
    for engine in loaded:
        engine.unload()


def started(engines: list[Engine], path: Path, folder: Path, context_length: int = 1024) -> Engine:
    if engines:
        engines[-1].unload()
    engine = Engine(states=StateFiles(folder, 100 * MEGABYTE))
    engine.load(path, LoadOptions(context_length=context_length), lambda share: None)
    engines.append(engine)
    return engine


def talked(engine: Engine) -> tuple[list[Message], Answer]:
    turns = [system("Be kind to everyone. " * 40), user("Hello")]
    ask(engine, turns, SHORT)
    turns += [assistant("Hello! How can I help you?"), user("What is 17 + 25?")]
    return turns, ask(engine, turns, SHORT)


def saved(engine: Engine, folder: Path, turns: list[Message]) -> None:
    state = engine.copy_state(turns, [])
    assert state is not None
    StateFiles(folder, 100 * MEGABYTE).write("one", state)


def test_after_a_restart_a_conversation_goes_on_where_it_was(engines, path, folder):
    engine = started(engines, path, folder)
    turns, answer = talked(engine)
    saved(engine, folder, turns)
    again = ask(started(engines, path, folder), turns, SHORT)
    assert again.statistics.prompt_tokens - again.statistics.cached_tokens <= 5
    assert again.text == answer.text


def test_a_model_that_is_loaded_otherwise_reads_it_again(engines, path, folder):
    engine = started(engines, path, folder)
    turns, _ = talked(engine)
    saved(engine, folder, turns)
    again = ask(started(engines, path, folder, context_length=1280), turns, SHORT)
    assert again.statistics.cached_tokens == 0


def test_a_state_that_the_engine_does_not_take_is_read_again(engines, tiny_path, folder):
    engine = started(engines, tiny_path, folder)
    turns, answer = talked(engine)
    state = engine.copy_state(turns, [])
    assert state is not None
    broken = KeptState(state.kept.tokens, state.kept.read_length, bytearray(100), state.kept.checkpoints)
    StateFiles(folder, 100 * MEGABYTE).write("one", SavedState(state.key, broken))
    again = ask(started(engines, tiny_path, folder), turns, SHORT)
    assert again.statistics.cached_tokens == 0
    assert again.text == answer.text
    assert not list(folder.glob("*.state"))


def test_the_memory_of_another_conversation_is_not_copied(tiny):
    talked(tiny)
    assert tiny.copy_state([user("stone " * 200)], []) is None
