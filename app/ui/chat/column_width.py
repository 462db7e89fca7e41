"""How wide the conversation and the composer are, in pixels where letters have their normal size."""

from app.settings import ColumnWidth

PIXELS = {
    ColumnWidth.NARROW: 600,
    ColumnWidth.MEDIUM: 760,
    ColumnWidth.WIDE: 1000,
    ColumnWidth.FULL: 10_000,
}
