"""Sizes, durations, speeds, counts and dates as people read them. The only place that writes them."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from app.core.translation import localised, tr, tr_count, tr_later

_MONTHS = (
    *(tr_later("January"), tr_later("February"), tr_later("March"), tr_later("April"), tr_later("May")),
    *(tr_later("June"), tr_later("July"), tr_later("August"), tr_later("September"), tr_later("October")),
    *(tr_later("November"), tr_later("December")),
)
_SHORT_MONTHS = (
    *(tr_later("Jan"), tr_later("Feb"), tr_later("Mar"), tr_later("Apr"), tr_later("May"), tr_later("Jun")),
    *(tr_later("Jul"), tr_later("Aug"), tr_later("Sep"), tr_later("Oct"), tr_later("Nov"), tr_later("Dec")),
)


def one_line(text: str) -> str:
    """A stranger's text on one line, without what cannot be seen or turns the direction of writing."""
    seen = (letter for letter in text if unicodedata.category(letter) != "Cf")
    shown = (" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in seen)
    return " ".join("".join(shown).split())


def size(size_bytes: float) -> str:
    """A size in the units that shops and file managers use: `512 B`, `98 MB`, `5.2 GB`."""
    if size_bytes >= 0.95e9:
        return tr("{size:,.1f} GB", size=size_bytes / 1e9)
    if size_bytes >= 1e6:
        return tr("{size:.0f} MB", size=size_bytes / 1e6)
    if size_bytes >= 1e3:
        return tr("{size:.0f} kB", size=size_bytes / 1e3)
    return tr("{size:.0f} B", size=size_bytes)


def size_done(done_bytes: int, size_bytes: int) -> str:
    """How much of a size has come: `312 MB of 731 MB`; only the first where the whole is not known (0)."""
    if not size_bytes:
        return size(done_bytes)
    return tr("{done} of {whole}", done=size(done_bytes), whole=size(size_bytes))


def transfer_speed(bytes_per_second: float) -> str:
    """`3.1 MB/s`; empty while it is not known."""
    return tr("{size}/s", size=size(bytes_per_second)) if bytes_per_second > 0 else ""


def generation_speed(tokens_per_second: float) -> str:
    """`7.3 tokens/s`, `1,204 tokens/s`."""
    if tokens_per_second >= 100:
        return tr("{speed:,.0f} tokens/s", speed=tokens_per_second)
    return tr("{speed:,.1f} tokens/s", speed=tokens_per_second)


def duration(seconds: float) -> str:
    """`13 ms`, `0.4 s`, `8.2 s`, `41 s`, `2 min 5 s`."""
    if seconds < 0.1:
        return tr("{time:.0f} ms", time=seconds * 1000)
    if seconds < 9.95:
        return tr("{time:.1f} s", time=seconds)
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
        return tr("{seconds} s", seconds=whole)
    if whole < 3600:
        return tr("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    return tr("{hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)


def waiting_time(seconds: float) -> str:
    """A time that somebody is asked to wait, in words: `1 second`, `40 seconds`, `5 minutes`, `3 hours`."""
    if seconds < 90:
        return tr_count("{count:,} second", "{count:,} seconds", round(seconds))
    if seconds < 90 * 60:
        return tr_count("{count:,} minute", "{count:,} minutes", round(seconds / 60))
    if seconds < 48 * 3600:
        return tr_count("{count:,} hour", "{count:,} hours", round(seconds / 3600))
    return tr("a very long time")


def time_left(seconds: float | None) -> str:
    """About how long it will still take: `a few seconds left`, `12 minutes left`; empty while unknown."""
    if seconds is None:
        return ""
    if seconds < 8:
        return tr("a few seconds left")
    if seconds < 55:
        rounded = max(10, round(seconds / 5) * 5)
        return tr_count("{count:,} second left", "{count:,} seconds left", rounded)
    if seconds < 90:
        return tr("a minute left")
    if seconds < 3570:
        return tr_count("{count:,} minute left", "{count:,} minutes left", round(seconds / 60))
    hours = seconds / 3600
    if hours >= 9.5:
        return tr_count("{count:,} hour left", "{count:,} hours left", round(hours))
    return tr("{hours:.1f} hours left", hours=hours)


def days_ago(time: datetime | None, now: datetime) -> str:
    """`today`, `yesterday`, `5 days ago`, `3 May 2026`; `never` for None."""
    if time is None:
        return tr("never")
    local, today = time.astimezone(), now.astimezone().date()
    days = (today - local.date()).days
    if days <= 0:
        return tr("today")
    if days == 1:
        return tr("yesterday")
    return tr_count("{count:,} day ago", "{count:,} days ago", days) if days < 15 else day_of(local.date())


def short_day(time: datetime) -> str:
    """A date where several stand below each other: `3 May 2026`."""
    local = time.astimezone()
    return _day(local.date(), tr(_SHORT_MONTHS[local.month - 1]))


def day_of(day: date) -> str:
    """A day that a sentence names: `3 May 2026`."""
    return _day(day, tr(_MONTHS[day.month - 1]))


def day_and_month(day: date) -> str:
    """A day of this year where there is little room: `3 May`."""
    return tr("{day} {month}", day=day.day, month=tr(_SHORT_MONTHS[day.month - 1]))


def month_of(day: date) -> str:
    """`May 2026`."""
    return tr("{month} {year}", month=month(day), year=day.year)


def short_month_of(day: date) -> str:
    """The same where there is little room: `Nov 2026`."""
    return tr("{month} {year}", month=tr(_SHORT_MONTHS[day.month - 1]), year=day.year)


def month(day: date) -> str:
    """The name of a month: `May`."""
    return tr(_MONTHS[day.month - 1])


def _day(day: date, month: str) -> str:
    return tr("{day} {month} {year}", day=day.day, month=month, year=day.year)


def whole(number: int) -> str:
    """A number alone: `1,204`."""
    return localised(f"{number:,}")


def tokens(count: int) -> str:
    """`1 token`, `32,768 tokens`."""
    return tr_count("{count:,} token", "{count:,} tokens", count)


def short_tokens(count: int) -> str:
    """The same where there is little room: `34k tokens`."""
    return tr("{count} tokens", count=short_count(count)) if count > 9999 else tokens(count)


def parameters(number: int) -> str:
    """A model's size as its makers write it: `1.2B`, `350M`; empty where it is not known (0)."""
    if number >= 995_000_000:
        return f"{number / 1e9:.1f}B"  # As it stands in the models' names, in every language.
    return f"{number / 1e6:.0f}M" if number else ""


def short_count(number: int) -> str:
    """A count where there is little room: `512`, `1.4k`, `34k`, `1.2M`."""
    if number >= 999_500:
        return localised(f"{number / 1e6:.1f}M")
    if number >= 9950:
        return f"{number / 1000:.0f}k"
    return localised(f"{number / 1000:.1f}k") if number >= 1000 else str(number)
