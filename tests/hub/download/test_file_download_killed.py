"""A download whose process is killed, and one whose disk fails."""

import multiprocessing
import random
import shutil
import subprocess
import sys

import pytest

from tests.fakes.hub_server import varied_bytes
from tests.support import fetching_process

REPOSITORY, NAME = "owner/large-GGUF", "large-Q8_0.gguf"
KILLS = 20
LINE_SPEED = 50_000_000
"""Bytes a second. Without a limit megabytes wait in the system's buffers, and a kill takes them along."""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a fork server to start children quickly")
def test_a_download_killed_twenty_times_at_random_bytes_ends_whole_and_fetches_little_twice(server, models):
    size = 210_000_000
    data = varied_bytes(size)
    server.put(REPOSITORY, NAME, data)
    seed = random.randrange(1_000_000)
    places = sorted(random.Random(seed).sample(range(size), KILLS))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.fetching_process"])
    target = models / "owner" / "large-GGUF" / NAME
    for start, end in zip([0, *places], places, strict=False):
        child = context.Process(
            target=fetching_process.fetch, args=(server.address, REPOSITORY, NAME, str(models))
        )
        server.fail(stall_at=end - start, then=child.kill, bytes_per_second=LINE_SPEED)
        child.start()
        child.join(20)
        assert child.exitcode == -9, f"seed {seed}"
        assert not target.exists()
        child.close()
    fetching_process.fetch(server.address, REPOSITORY, NAME, str(models))
    assert target.read_bytes() == data
    assert server.sent_bytes() < 1.1 * size, f"seed {seed}"
    assert [path.name for path in target.parent.iterdir()] == [NAME]


def on_a_disk_of_its_own(folder, script):
    """Runs a script in a process that may mount disks which nobody else sees; the lines that it prints."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("this system cannot mount disks for one process")
    command = [unshare, "--map-root-user", "--mount", "sh", "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if ended.returncode == 77 or "unshare" in ended.stderr:
        pytest.skip("this system does not let users mount disks")
    return ended.stdout.splitlines()


def fetching(server, folder):
    module = "tests.support.fetching_process"
    return f"{sys.executable} -m {module} {server.address} {REPOSITORY} {NAME} {folder}"


def test_a_disk_that_becomes_full_is_said_and_what_arrived_stays(server, models):
    size = 100_000_000
    server.put(REPOSITORY, NAME, varied_bytes(size))
    server.fail(bytes_per_second=40_000_000)
    part = f"{models}/owner/large-GGUF/{NAME}.part"
    said = on_a_disk_of_its_own(
        models,
        f"mount -t tmpfs -o size=260m none {models} || exit 77; "
        # Another program takes the room once the download is under way.
        f"(until [ -s {part} ]; do sleep 0.02; done; head -c 240M /dev/zero > {models}/filler) 2>&- & "
        f"{fetching(server, models)}; wait; stat -c %s {part}; rm {models}/filler; "
        f"{fetching(server, models)}",
    )
    assert (
        said[0] == "DiskFullError|The disk is full.|Free up space, then resume. What was downloaded is saved."
    )
    assert 0 < int(said[1]) < size
    assert said[2] == "fetched"
    assert server.downloads()[-1].sent_bytes == size - int(said[1])


def test_a_disk_that_is_full_already_is_said_before_anything_is_fetched(server, models):
    server.put(REPOSITORY, NAME, varied_bytes(10_000_000))
    said = on_a_disk_of_its_own(
        models, f"mount -t tmpfs -o size=50m none {models} || exit 77; {fetching(server, models)}"
    )
    assert said[0].startswith("DiskFullError|Not enough disk space: 10 MB are needed, 52 MB are")
    assert server.downloads() == []


def test_a_read_only_folder_is_said(server, models):
    server.put(REPOSITORY, NAME, varied_bytes(1000))
    said = on_a_disk_of_its_own(
        models, f"mount -t tmpfs -o ro none {models} || exit 77; {fetching(server, models)}"
    )
    assert said[0].startswith(f"ModelFolderError|The folder {models}/owner/large-GGUF cannot be written.|")
    assert server.downloads() == []


def test_a_drive_that_is_unplugged_in_the_middle_is_said_and_what_arrived_is_used(server, models, tmp_path):
    size = 40_000_000
    server.put(REPOSITORY, NAME, varied_bytes(size))
    server.fail(bytes_per_second=20_000_000)
    drive = tmp_path / "drive"
    drive.mkdir()
    part = f"{models}/owner/large-GGUF/{NAME}.part"
    said = on_a_disk_of_its_own(
        models,
        f"mount --bind {drive} {models} || exit 77; "
        f"(until [ -s {part} ]; do sleep 0.02; done; umount -l {models}) 2>&- & "
        f"{fetching(server, models)}; wait; ls {models} | wc -l; mount --bind {drive} {models}; "
        f"stat -c %s {part}; {fetching(server, models)}",
    )
    assert said[0].startswith(f"ModelFolderError|The folder {models}/owner/large-GGUF is not there")
    assert "Connect the drive again" in said[0]
    assert said[1].strip() == "0"  # Nothing is written to where the drive had been.
    assert said[3] == "fetched"
    assert server.sent_bytes() == size
    assert (drive / "owner" / "large-GGUF" / NAME).read_bytes() == varied_bytes(size)


def test_two_processes_at_once_fetch_a_file_once(server, hub, models):
    size = 20_000_000
    server.put(REPOSITORY, NAME, varied_bytes(size))
    server.fail(bytes_per_second=20_000_000)
    command = [
        sys.executable,
        "-m",
        "tests.support.fetching_process",
        server.address,
        REPOSITORY,
        NAME,
        models,
    ]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [child.communicate(timeout=60)[0] for child in children] == ["fetched\n"] * 3
    assert server.sent_bytes() == size
    assert [path.name for path in (models / "owner" / "large-GGUF").iterdir()] == [NAME]
