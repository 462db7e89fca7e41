"""Speed and time left, from byte counts on a clock that is told."""

import pytest

from app.hub.download.progress import Speedometer


def run(points):
    speed = Speedometer()
    for now, done in points:
        speed.note(now, done)
    return speed


def test_a_steady_stream_has_its_speed_and_time():
    speed = run([(second / 10, second * 100) for second in range(31)])
    assert speed.bytes_per_second(3.0) == pytest.approx(1000)
    assert speed.seconds_left(3.0, 10_000) == pytest.approx(7.0)


def test_nothing_is_said_before_it_is_known():
    speed = Speedometer()
    assert speed.bytes_per_second(0) == 0
    assert speed.seconds_left(0, 100) is None
    speed = run([(0, 0), (0.1, 1000)])
    assert speed.seconds_left(0.1, 5000) is None


def test_the_speed_follows_a_change_within_seconds():
    slow = [(second, second * 100) for second in range(20)]
    fast = [(20 + second, 2000 + second * 10_000) for second in range(7)]
    assert run(slow + fast).bytes_per_second(26) == pytest.approx(10_000)


def test_what_stands_still_has_no_speed():
    speed = run([(second, second * 100) for second in range(10)])
    assert speed.bytes_per_second(9 + 5.1) == 0
    assert speed.seconds_left(9 + 5.1, 5000) is None


def test_beginning_again_forgets_the_past():
    speed = run([(0, 0), (1, 5000), (2, 10_000), (3, 0), (4, 100)])
    assert speed.bytes_per_second(4) == pytest.approx(100)


def test_time_left_is_never_negative():
    assert run([(0, 0), (1, 200)]).seconds_left(1, 100) == 0
