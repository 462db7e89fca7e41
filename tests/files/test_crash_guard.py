"""What a process was working on is known after its death, and forgotten once the same goes well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.core.risky_work import Crash, RiskyWork, Suspect
from app.files import crash_guard
from app.files.crash_guard import SUSPECTS_NAME, CrashGuard

ROOT = Path(__file__).parent.parent.parent
MODEL = "/models/a.gguf"
DIES = "os.kill(os.getpid(), signal.SIGKILL) if os.name == 'posix' else os._exit(9)"


def run(folder: Path, code: str) -> None:
    """Runs code with a guard in a process of its own."""
    run_and_read(folder, code)


def run_and_read(folder: Path, code: str) -> tuple[int, str]:
    """-> (how it ended, what it printed)."""
    program = f"""
import os, signal, sys, threading, time
from pathlib import Path
from app.core.risky_work import RiskyWork
from app.files.crash_guard import CrashGuard
guard = CrashGuard(Path(sys.argv[1]))
{code}
"""
    command = [sys.executable, "-c", program, str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


def die_during(folder: Path, work: RiskyWork, subject: str = MODEL, version: str = "") -> None:
    run(folder, f"with guard.during(RiskyWork({work.value!r}), {subject!r}, {version!r}): {DIES}")


@pytest.mark.parametrize("work", RiskyWork)
def test_what_a_dead_run_worked_on_is_known(tmp_path: Path, work: RiskyWork) -> None:
    die_during(tmp_path, work)
    guard = CrashGuard(tmp_path)
    assert guard.newly_found == (Suspect(work, MODEL),)
    assert guard.suspect(MODEL) == Suspect(work, MODEL)
    assert guard.suspect("/models/b.gguf") is None


def test_a_run_that_ended_well_or_died_idle_leaves_no_suspect(tmp_path: Path) -> None:
    run(tmp_path, f"with guard.during(RiskyWork.ANSWER, 'a'): pass\n{DIES}")
    assert CrashGuard(tmp_path).newly_found == ()
    run(tmp_path, "guard.begin(RiskyWork.ANSWER, 'a')\nguard.close()")
    assert CrashGuard(tmp_path).newly_found == ()
    assert list(tmp_path.iterdir()) == []


def test_loading_is_left_alone_after_one_death_and_the_rest_after_two_in_a_row(tmp_path: Path) -> None:
    for work in RiskyWork:
        folder = tmp_path / work
        left_alone = []
        for _ in range(2):
            die_during(folder, work)
            suspect = CrashGuard(folder).suspect(MODEL)
            assert suspect is not None
            left_alone.append(suspect.is_left_alone)
        assert left_alone == [work is RiskyWork.LOAD_MODEL, True]


def crash_during(folder: Path, *others: RiskyWork, work: RiskyWork) -> Crash:
    """Crashes in the main thread, while threads beside it do other work."""
    begin = "".join(f"begin_beside({work.value!r})\n" for work in others)
    code = f"""
import faulthandler
faulthandler.enable()
def begin_beside(work):
    work_for_ever = lambda: guard.begin(RiskyWork(work), work) and time.sleep(60)
    threading.Thread(target=work_for_ever, daemon=True).start()
{begin}
time.sleep(0.5 if {len(others)} else 0)
guard.begin(RiskyWork({work.value!r}), {MODEL!r})
print(threading.get_ident(), flush=True)
os.abort()"""
    ended, output = run_and_read(folder, code)
    assert ended != 0
    return Crash(int(output))


@pytest.mark.parametrize("work", RiskyWork)
def test_what_a_run_crashed_in_is_left_alone_at_once(tmp_path: Path, work: RiskyWork) -> None:
    crash = crash_during(tmp_path, work=work)
    suspect = CrashGuard(tmp_path, crash).suspect(MODEL)
    assert suspect is not None
    assert suspect.is_left_alone
    assert suspect.is_proven


def test_what_went_on_beside_a_crash_is_not_blamed_for_it(tmp_path: Path) -> None:
    beside = (RiskyWork.COUNT_TOKENS, RiskyWork.ANSWER)
    crash = crash_during(tmp_path, *beside, work=RiskyWork.OPEN_CONVERSATION)
    guard = CrashGuard(tmp_path, crash)
    assert {one.work for one in guard.newly_found} == {*beside, RiskyWork.OPEN_CONVERSATION}
    assert [one.work for one in guard.newly_found if one.is_left_alone] == [RiskyWork.OPEN_CONVERSATION]


def test_a_crash_on_a_thread_of_the_engine_is_blamed_on_the_model(tmp_path: Path) -> None:
    crash_during(tmp_path, RiskyWork.ANSWER, work=RiskyWork.OPEN_CONVERSATION)
    guard = CrashGuard(tmp_path, Crash(thread=None))
    assert [one.work for one in guard.newly_found if one.was_fault] == [RiskyWork.ANSWER]


def test_a_suspect_is_remembered_until_its_work_ends_well(tmp_path: Path) -> None:
    die_during(tmp_path, RiskyWork.COUNT_TOKENS)
    CrashGuard(tmp_path).close()
    assert CrashGuard(tmp_path).newly_found == ()
    with closing(CrashGuard(tmp_path)) as guard:
        with guard.during(RiskyWork.LOAD_MODEL, MODEL):
            pass
        assert guard.suspect(MODEL) is not None, "loading says nothing of counting"
        with guard.during(RiskyWork.COUNT_TOKENS, MODEL):
            pass
        assert guard.suspect(MODEL) is None
    assert CrashGuard(tmp_path).suspect(MODEL) is None


def test_two_deaths_count_only_in_a_row(tmp_path: Path) -> None:
    die_during(tmp_path, RiskyWork.ANSWER)
    run(tmp_path, f"with guard.during(RiskyWork.ANSWER, {MODEL!r}): pass")
    die_during(tmp_path, RiskyWork.ANSWER)
    assert CrashGuard(tmp_path).suspect(MODEL) == Suspect(RiskyWork.ANSWER, MODEL)


def test_a_file_that_was_exchanged_is_another_one(tmp_path: Path) -> None:
    die_during(tmp_path, RiskyWork.LOAD_MODEL, version="first download")
    guard = CrashGuard(tmp_path)
    assert guard.suspect(MODEL, "first download") is not None
    assert guard.suspect(MODEL, "second download") is None


def test_what_hangs_is_noted_while_it_hangs(tmp_path: Path) -> None:
    """And a kill then proves what it would not prove otherwise."""
    code = f"""
from app.files import crash_guard
crash_guard.HANGING_SECONDS[RiskyWork.OPEN_CONVERSATION] = 0.1
crash_guard._LOOK_AGAIN_SECONDS = 0.05
guard.begin(RiskyWork.OPEN_CONVERSATION, 'c1', is_synced=False)
time.sleep(1)
{DIES}"""
    run(tmp_path, code)
    suspect = CrashGuard(tmp_path).suspect("c1")
    assert suspect == Suspect(RiskyWork.OPEN_CONVERSATION, "c1", was_hanging=True)
    assert suspect.is_left_alone


def test_the_watch_ends_with_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_guard, "_LOOK_AGAIN_SECONDS", 0.01)
    guard = CrashGuard(tmp_path)
    for _ in range(3):
        with guard.during(RiskyWork.COUNT_TOKENS, MODEL):
            assert guard._watcher is not None
        deadline = time.monotonic() + 10
        while guard._watcher is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert guard._watcher is None
    guard.close()


def test_marks_of_a_run_that_goes_on_are_not_taken_for_a_dead_one(tmp_path: Path) -> None:
    code = "guard.begin(RiskyWork.LOAD_MODEL, 'a')\nprint('ready', flush=True)\ntime.sleep(60)"
    program = "import sys, time; from pathlib import Path; from app.core.risky_work import RiskyWork\n"
    program += "from app.files.crash_guard import CrashGuard; guard = CrashGuard(Path(sys.argv[1]))\n" + code
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert CrashGuard(tmp_path).newly_found == ()
        assert len(list(tmp_path.iterdir())) == 1
        other.kill()
        other.wait()
        assert [one.subject for one in CrashGuard(tmp_path).newly_found] == ["a"]


def test_several_works_at_once_are_all_known(tmp_path: Path) -> None:
    run(
        tmp_path,
        f"""
def work(number):
    with guard.during(RiskyWork.COUNT_TOKENS, str(number)):
        time.sleep(60)
for number in range(8):
    threading.Thread(target=work, args=(number,), daemon=True).start()
time.sleep(1)
{DIES}""",
    )
    assert {one.subject for one in CrashGuard(tmp_path).newly_found} == set("01234567")


DAMAGES = [
    b"",
    b"\x00" * 300,
    b"\xff\xfe",
    b"[" * 200_000,
    b"[]",
    b"null",
    b'{"marks": {"work": "answer"}, "suspects": 5}',
    b'{"process_id": 1e999, "started_at": "now", "marks": [1, null, [], {"work": "bake", "subject": "a"}]}',
    b'{"process_id": -1, "started_at": NaN, "marks": [{"work": "answer"}]}',
    b'{"process_id": 99999999999999999999, "started_at": 1, "marks": []}',
    b'{"suspects": [{"work": "answer", "subject": "a", "version": "", "deaths": 1e999, "was_fault": 0, '
    b'"was_hanging": 0}]}',
    b'{"marks": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("damage", DAMAGES, ids=range(len(DAMAGES)))
def test_damaged_files_are_no_suspects_and_no_obstacle(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "process-1234.json").write_bytes(damage)
    (tmp_path / SUSPECTS_NAME).write_bytes(damage)
    guard = CrashGuard(tmp_path)
    assert guard.newly_found == ()
    with guard.during(RiskyWork.LOAD_MODEL, MODEL):
        pass
    guard.close()
    assert not (tmp_path / "process-1234.json").exists()


def test_a_mark_that_was_being_rewritten_is_read(tmp_path: Path) -> None:
    """The process died between writing the shorter one and cutting off the rest of the longer one."""
    mark = {
        "work": "answer",
        "subject": "a",
        "version": "",
        "deaths": 1,
        "was_fault": False,
        "was_hanging": False,
    }
    text = json.dumps({"process_id": 1, "started_at": 0.0, "marks": [mark]})
    (tmp_path / "process-1.json").write_text(text + '"a"}]}', encoding="utf-8")
    assert CrashGuard(tmp_path).newly_found == (Suspect(RiskyWork.ANSWER, "a"),)


def test_a_folder_that_cannot_be_made_keeps_nothing_from_working(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_bytes(b"")
    for folder in (tmp_path / "in the way", tmp_path / "in the way" / "marks", None):
        guard = CrashGuard(folder)
        for work in RiskyWork:
            with guard.during(work, MODEL):
                pass
        guard.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="Nothing is forbidden to root")
def test_a_folder_that_cannot_be_written_keeps_nothing_from_working(tmp_path: Path) -> None:
    die_during(tmp_path, RiskyWork.LOAD_MODEL)
    tmp_path.chmod(0o500)
    try:
        for _ in range(2):
            guard = CrashGuard(tmp_path)
            assert guard.suspect(MODEL) is not None
            with guard.during(RiskyWork.COUNT_TOKENS, "b"):
                pass
            guard.close()
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.measures
def test_marks_cost_next_to_nothing(tmp_path: Path) -> None:
    guard = CrashGuard(tmp_path)
    began = time.perf_counter()
    for _ in range(1000):
        with guard.during(RiskyWork.COUNT_TOKENS, MODEL, is_synced=False):
            pass
    assert time.perf_counter() - began < 2.0  # 0.1 s on an idle machine.
    guard.close()
