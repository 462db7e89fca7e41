"""A display, a bus and a screen reader's client of their own, for programs that are run on them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ctypes.util import find_library
from pathlib import Path
from typing import Any

SYSTEM_PYTHON = "/usr/bin/python3"
CLIENT = Path(__file__).parent / "at_spi_client.py"
LONGEST_WAIT = 60.0

_LIBRARIES = {
    "xcb-cursor": "libxcb-cursor0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "xcb-icccm": "libxcb-icccm4",
}
"""What Qt needs for windows on a display."""


def what_is_missing() -> str:
    """Why no screen reader can be played here; empty where nothing is missing."""
    if sys.platform != "linux":
        return "AT-SPI is what screen readers use on Linux"
    needed = {"Xvfb": "xvfb", "dbus-daemon": "dbus", SYSTEM_PYTHON: "python3"}
    missing = [package for program, package in needed.items() if shutil.which(program) is None]
    for library, package in _LIBRARIES.items():
        if find_library(library) is None:
            missing.append(package)
    if not Path("/usr/share/dbus-1/services/org.a11y.Bus.service").exists():
        missing.append("at-spi2-core")
    has_bindings = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    if (
        "python3" not in missing
        and subprocess.run([SYSTEM_PYTHON, "-c", has_bindings], check=False, capture_output=True).returncode
    ):
        missing.append("python3-gi and gir1.2-atspi-2.0")
    return f"Not installed: {', '.join(missing)}" if missing else ""


class ScreenReaderClient:
    """A process on the accessibility bus that asks what a screen reader asks."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.said: list[str] = []
        """What has been announced so far."""
        self.focused: list[tuple[str, str]] = []
        """Role and name of all that the keyboard went to."""
        self.process = subprocess.Popen(
            [SYSTEM_PYTHON, str(CLIENT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def ask(self, do: str, **more: object) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def tree(self, role: str, name: str = "", depth: int = 1) -> Any:
        return self.ask("tree", role=role, name=name, depth=depth)

    def act(self, role: str, name: str, action: str) -> Any:
        return self.ask("act", role=role, name=name, action=action)

    def listen(self) -> None:
        """Takes up what has been told."""
        for kind, role, name, detail, data in self.ask("heard"):
            if kind.startswith("object:announcement"):
                self.said.append(data)
            elif kind == "object:state-changed:focused" and detail:
                self.focused.append((role, name))

    def wait_until(self, is_so: Callable[[], object]) -> None:
        end = time.monotonic() + LONGEST_WAIT
        while True:
            self.listen()
            if is_so():
                return
            assert time.monotonic() < end, (self.said, self.focused)
            time.sleep(0.05)


@contextmanager
def accessibility_bus(folder: Path) -> Iterator[ScreenReaderClient]:
    """Ends all of it at the end."""
    with ExitStack() as ends:
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "NO_AT_BRIDGE": "0"}
        environment.update(QT_QPA_PLATFORM="xcb", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_ACCESSIBILITY="1")
        environment.pop("AT_SPI_BUS_ADDRESS", None)
        folder.chmod(0o700)
        read, write = os.pipe()
        display = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
        ends.callback(_end, subprocess.Popen(display, pass_fds=(write,), stderr=subprocess.DEVNULL))
        os.close(write)
        with os.fdopen(read) as number:
            environment["DISPLAY"] = f":{number.readline().strip()}"
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        ends.callback(_end, bus)
        assert bus.stdout
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        client = ScreenReaderClient(environment)
        ends.callback(_end, client.process)
        yield client


@contextmanager
def program_on(client: ScreenReaderClient, *command: str) -> Iterator[subprocess.Popen[str]]:
    """Runs a program that the client can ask."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=client.environment,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.terminate()
    process.wait()
