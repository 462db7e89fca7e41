"""Counts, times and languages as people read them."""

from __future__ import annotations

from datetime import datetime

from app.hub.sizes import gigabytes

_LANGUAGES = {
    "en": "English", "ar": "Arabic", "zh": "Chinese", "fr": "French", "de": "German", "ja": "Japanese",
    "ko": "Korean", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "vi": "Vietnamese", "th": "Thai",
    "id": "Indonesian", "hi": "Hindi", "ru": "Russian", "pl": "Polish",
}  # fmt: skip


def languages(codes: tuple[str, ...]) -> str:
    """The languages' English names, in the catalog's order."""
    return ", ".join(_LANGUAGES.get(code, code) for code in codes)


def language_count(codes: tuple[str, ...]) -> str:
    """As short as it goes: the names of two, the number of more."""
    return languages(codes) if len(codes) <= 2 else f"{len(codes)} languages"


def short_count(number: int) -> str:
    """1.2M, 34k, 512."""
    if number >= 999_500:
        return f"{number / 1e6:.1f}M"
    return f"{number / 1000:.1f}k" if 1000 <= number < 9950 else _thousands(number)


def _thousands(number: int) -> str:
    return f"{number / 1000:.0f}k" if number >= 1000 else str(number)


def parameters(number: int) -> str:
    """1.2B, 350M; empty where it is not known."""
    if number >= 995_000_000:
        return f"{number / 1e9:.1f}B"
    return f"{number / 1e6:.0f}M" if number else ""


def tokens(length: int) -> str:
    return f"{length:,} tokens"


def time_left(seconds: float | None) -> str:
    """About how long it will still take; empty while nobody knows."""
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


def speed(bytes_per_second: float) -> str:
    """Empty while it is not known."""
    return f"{gigabytes(bytes_per_second)}/s" if bytes_per_second > 0 else ""


def how_long_ago(time: datetime | None, now: datetime) -> str:
    """Today, yesterday, 5 days ago, 3 May 2026; never for None."""
    if time is None:
        return "never"
    local, today = time.astimezone(), now.astimezone().date()
    days = (today - local.date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 15 else f"{local.day} {local:%B %Y}"


def of_all(done_bytes: int, size_bytes: int) -> str:
    """312 MB of 731 MB."""
    return f"{gigabytes(done_bytes)} of {gigabytes(size_bytes)}" if size_bytes else gigabytes(done_bytes)
