"""The clock, in any time zone."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.tools.clock import clock_tool
from app.tools.running import run_tool

MOMENT = datetime(2026, 7, 1, 12, 0, 0, tzinfo=timezone(timedelta(hours=-4), "EDT"))


def ask(**arguments: object) -> str:
    return run_tool(clock_tool(lambda: MOMENT), arguments, threading.Event()).raw


@pytest.mark.parametrize(
    ("zone", "answer"),
    [
        (None, "Wednesday, 2026-07-01 12:00:00 (EDT, UTC-04:00)"),
        ("", "Wednesday, 2026-07-01 12:00:00 (EDT, UTC-04:00)"),
        ("Europe/Paris", "Wednesday, 2026-07-01 18:00:00 (CEST, UTC+02:00)"),
        ("Asia/Tokyo", "Thursday, 2026-07-02 01:00:00 (JST, UTC+09:00)"),
        ("tokyo", "Thursday, 2026-07-02 01:00:00 (JST, UTC+09:00)"),
        ("new york", "Wednesday, 2026-07-01 12:00:00 (EDT, UTC-04:00)"),
        ("UTC", "Wednesday, 2026-07-01 16:00:00 (UTC, UTC+00:00)"),
        ("UTC+5:30", "Wednesday, 2026-07-01 21:30:00 (UTC+05:30, UTC+05:30)"),
        ("-3", "Wednesday, 2026-07-01 13:00:00 (UTC-03:00, UTC-03:00)"),
    ],
)
def test_the_time_is_told_in_the_zone_that_was_asked_for(zone: str | None, answer: str) -> None:
    assert ask(time_zone=zone) == answer


def test_without_a_zone_it_is_the_users_own() -> None:
    assert ask() == "Wednesday, 2026-07-01 12:00:00 (EDT, UTC-04:00)"


@pytest.mark.parametrize("zone", ["Atlantis", "UTC+99", "../../etc/passwd", "\0"])
def test_a_zone_that_there_is_not_is_refused_in_words(zone: str) -> None:
    assert ask(time_zone=zone).startswith("Error: There is no time zone named")


def test_the_real_clock_tells_the_present() -> None:
    told = run_tool(clock_tool(), {"time_zone": "UTC"}, threading.Event()).raw

    moment = datetime.strptime(told.partition(" (")[0], "%A, %Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)
