"""Whether the computer runs on its battery."""

from types import SimpleNamespace

import psutil
import pytest

from app.services.power import is_on_battery


@pytest.mark.parametrize(
    ("plugged", "is_so"),
    [(False, True), (True, False), (None, False)],
    ids=["unplugged", "plugged", "unknown"],
)
def test_what_the_system_says_of_its_battery_counts(monkeypatch, plugged, is_so):
    battery = SimpleNamespace(power_plugged=plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert is_on_battery() is is_so


def test_without_a_battery_there_is_mains_power(monkeypatch):
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert not is_on_battery()


def test_a_system_that_cannot_tell_counts_as_having_mains_power(monkeypatch):
    def fail() -> None:
        raise OSError("no such file")

    monkeypatch.setattr(psutil, "sensors_battery", fail, raising=False)
    assert not is_on_battery()
    monkeypatch.delattr(psutil, "sensors_battery")
    assert not is_on_battery()
