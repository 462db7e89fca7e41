"""Sizes and times as people read them."""

from __future__ import annotations


def gigabytes(size_bytes: float) -> str:
    """A size in the units that shops and file managers use: 731 MB, 5.2 GB."""
    if size_bytes >= 0.95e9:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"
