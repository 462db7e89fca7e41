"""Sizes, durations, speeds, counts and dates as people read them. The only place that writes them."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime


def one_line(text: str) -> str:
    """A stranger's text on one line, without what cannot be seen or turns the direction of writing."""
    seen = (letter for letter in text if unicodedata.category(letter) != "Cf")
    shown = (" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in seen)
    return " ".join("".join(shown).split())


def size(size_bytes: float) -> str:
    """A size in the units that shops and file managers use: `512 B`, `98 MB`, `5.2 GB`."""
    if size_bytes >= 0.95e9:
        return f"{size_bytes / 1e9:,.1f} GB"
    if size_bytes >= 1e6:
        return f"{size_bytes / 1e6:.0f} MB"
    return f"{size_bytes / 1e3:.0f} kB" if size_bytes >= 1e3 else f"{size_bytes:.0f} B"


def size_done(done_bytes: int, size_bytes: int) -> str:
    """How much of a size has come: `312 MB of 731 MB`; only the first where the whole is not known (0)."""
    return f"{size(done_bytes)} of {size(size_bytes)}" if size_bytes else size(done_bytes)


def transfer_speed(bytes_per_second: float) -> str:
    """`3.1 MB/s`; empty while it is not known."""
    return f"{size(bytes_per_second)}/s" if bytes_per_second > 0 else ""


def generation_speed(tokens_per_second: float) -> str:
    """`7.3 tokens/s`, `1,204 tokens/s`."""
    decimals = 0 if tokens_per_second >= 100 else 1
    return f"{tokens_per_second:,.{decimals}f} tokens/s"


def duration(seconds: float) -> str:
    """`13 ms`, `0.4 s`, `8.2 s`, `41 s`, `2 min 5 s`."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return whole_seconds(seconds)


def clock(seconds: float) -> str:
    """A length of sound: `0:04`, `2:05`, `1:02:05`."""
    whole = round(seconds)
    minutes = f"{whole // 60 % 60:02d}" if whole >= 3600 else f"{whole // 60}"
    return f"{f'{whole // 3600}:' if whole >= 3600 else ''}{minutes}:{whole % 60:02d}"


def whole_seconds(seconds: float) -> str:
    """A duration for which fractions do not count: `0 s`, `41 s`, `2 min 5 s`, `1 h 12 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
    )


def waiting_time(seconds: float) -> str:
    """A time that somebody is asked to wait, in words: `1 second`, `40 seconds`, `5 minutes`, `3 hours`."""
    if seconds < 90:
        return counted(round(seconds), "second")
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 48 * 3600 else "a very long time"


def time_left(seconds: float | None) -> str:
    """About how long it will still take: `a few seconds left`, `12 minutes left`; empty while unknown."""
    if seconds is None:
        return ""
    if seconds < 8:
        return "a few seconds left"
    if seconds < 55:
        return f"{max(10, round(seconds / 5) * 5)} seconds left"
    if seconds < 90:
        return "a minute left"
    if seconds < 3570:
        return f"{round(seconds / 60)} minutes left"
    hours = seconds / 3600
    return f"{hours:.0f} hours left" if hours >= 9.5 else f"{hours:.1f} hours left"


def days_ago(time: datetime | None, now: datetime) -> str:
    """`today`, `yesterday`, `5 days ago`, `3 May 2026`; `never` for None."""
    if time is None:
        return "never"
    local, today = time.astimezone(), now.astimezone().date()
    days = (today - local.date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 15 else f"{local.day} {local:%B %Y}"


def short_day(time: datetime) -> str:
    """A date where several stand below each other: `3 May 2026`."""
    local = time.astimezone()
    return f"{local.day} {local:%b %Y}"


def day_of(day: date) -> str:
    """A day that a sentence names: `3 May 2026`."""
    return f"{day.day} {day:%B %Y}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 model`, `1,204 models`. `many` is the plural where an s does not make it."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def tokens(count: int) -> str:
    """`1 token`, `32,768 tokens`."""
    return counted(count, "token")


def parameters(number: int) -> str:
    """A model's size as its makers write it: `1.2B`, `350M`; empty where it is not known (0)."""
    if number >= 995_000_000:
        return f"{number / 1e9:.1f}B"
    return f"{number / 1e6:.0f}M" if number else ""


def short_count(number: int) -> str:
    """A count where there is little room: `512`, `1.4k`, `34k`, `1.2M`."""
    if number >= 999_500:
        return f"{number / 1e6:.1f}M"
    if number >= 9950:
        return f"{number / 1000:.0f}k"
    return f"{number / 1000:.1f}k" if number >= 1000 else str(number)
