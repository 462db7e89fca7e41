"""The colours, fonts and sizes that the transcript is drawn with, as a plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

TEXT_FAMILIES = (
    "Inter",
    "Segoe UI",
    "Noto Sans",
    "Noto Sans CJK JP",
    "Hiragino Sans",
    "Yu Gothic UI",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Color Emoji",
    "Apple Color Emoji",
    "Segoe UI Emoji",
)
CODE_FAMILIES = (
    "JetBrains Mono",
    "Menlo",
    "Consolas",
    "DejaVu Sans Mono",
    "Noto Sans Mono CJK JP",
    "Noto Sans Arabic",
    "Noto Color Emoji",
)


@dataclass(frozen=True, slots=True)
class TranscriptStyle:
    """Colours are `#rrggbb` or, with opacity first, `#aarrggbb`; sizes are pixels."""

    surface: str
    raised: str
    text: str
    muted: str
    line: str
    accent: str
    danger: str
    code: str
    """Behind a code block."""
    code_header: str
    code_text: str
    bubble: str
    selection: str
    link: str
    inline_code: str
    """Behind code within a sentence."""
    inline_code_text: str
    hover: str
    """Laid over what is under the pointer."""
    syntax_keyword: str
    syntax_function: str
    syntax_type: str
    syntax_string: str
    syntax_number: str
    syntax_comment: str
    syntax_operator: str
    text_families: tuple[str, ...] = TEXT_FAMILIES
    code_families: tuple[str, ...] = CODE_FAMILIES
    text_size: int = 15
    code_size: int = 13
    small_size: int = 13

    @classmethod
    def of_colours(cls, colours: Mapping[str, str], *, is_dark: bool) -> TranscriptStyle:
        """A style from a theme's named colours; what the theme does not name is taken from the default."""
        base = DARK if is_dark else LIGHT
        known = {field.name for field in fields(cls)}
        return replace(base, **{name: value for name, value in colours.items() if name in known})  # type: ignore[arg-type]

    def zoomed(self, percent: int) -> TranscriptStyle:
        """The same with all letters larger or smaller; 100 changes nothing."""
        sizes = {name: max(6, round(getattr(self, name) * percent / 100)) for name in _SIZES}
        return replace(self, **sizes)


_SIZES = ("text_size", "code_size", "small_size")


DARK = TranscriptStyle(
    surface="#1f2023",
    raised="#26272c",
    text="#e7e7ea",
    muted="#9a9ba3",
    line="#3b3d44",
    accent="#6fc3d0",
    danger="#f28b82",
    code="#17181b",
    code_header="#25262b",
    code_text="#d7dae0",
    bubble="#2f3136",
    selection="#2b5a66",
    link="#7fc8e8",
    inline_code="#35373e",
    inline_code_text="#f0d3c3",
    hover="#14ffffff",
    syntax_keyword="#c792ea",
    syntax_function="#6cb6ff",
    syntax_type="#e5c07b",
    syntax_string="#98c379",
    syntax_number="#e0a06f",
    syntax_comment="#848993",
    syntax_operator="#7cc4cf",
)
LIGHT = TranscriptStyle(
    surface="#ffffff",
    raised="#f5f6f7",
    text="#1d1f23",
    muted="#666a73",
    line="#dfe1e5",
    accent="#2f7d8c",
    danger="#b3261e",
    code="#f7f8f9",
    code_header="#eef0f2",
    code_text="#24292f",
    bubble="#eff1f3",
    selection="#b7dde4",
    link="#17687a",
    inline_code="#eceef1",
    inline_code_text="#8a3b1e",
    hover="#0f000000",
    syntax_keyword="#8839c4",
    syntax_function="#1f5fbf",
    syntax_type="#8a5a00",
    syntax_string="#2f7a2f",
    syntax_number="#a8501a",
    syntax_comment="#6b7280",
    syntax_operator="#2a7685",
)
