"""A style made ready for drawing: colours, fonts, text formats and icons, each made once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPixmap,
    QTextBlockFormat,
    QTextCharFormat,
)

from app.core.formula import Formula, FormulaSource, unmarked
from app.core.han_language import han_language
from app.core.translation import language
from app.ui.fonts import BODY_SIZE, SMALL_SIZE, code_font, ui_font
from app.ui.icons import coloured_icon
from app.ui.theme import Theme
from app.ui.transcript.content.blocks import Span
from app.ui.transcript.items.attachment_source import AttachmentSource, NoAttachments
from app.ui.transcript.items.formula_images import FormulaImages

LINE_HEIGHT, COMPACT_LINE_HEIGHT = 1.6, 1.35
"""Of the text size: what 150 % of the font's own height comes to, and 125 %."""
CODE_LINE_HEIGHT, COMPACT_CODE_LINE_HEIGHT = 1.5, 1.35
COMPACT_GAPS = 0.5
"""Of the empty space between blocks and messages."""
COLUMN_WIDTH = 760
HEADING_LINE_HEIGHT = 1.35
HEADING_SIZES = {1: 22, 2: 19, 3: 17}
CODE_IN_HEADING = 2
"""Pixels by which code in a heading is smaller than the heading: letters of one width look larger."""
ICON_SIZE = 18
SMALL_ICON_SIZE = 14
FORMULA_SIZE = 1.12
"""Of the letters around it: those of the font for formulas look smaller."""
HOVER_OPACITY = 0.08
"""Of the text's colour, laid over what is under the pointer."""


def without_formulas(formula: Formula) -> None:
    """Draws no formula."""


class RenderStyle:
    """Colours, fonts, text formats and icons that block views draw with."""

    def __init__(
        self,
        theme: Theme,
        zoom_percent: int = 100,
        pixel_ratio: float = 1.0,
        *,
        shows_figures: bool = False,
        reads_aloud: bool = False,
        wraps_code: bool = False,
        shows_line_numbers: bool = False,
        attachments: AttachmentSource = NoAttachments(),  # noqa: B008 - it has no state
        column_width: int = COLUMN_WIDTH,
        is_compact: bool = False,
        formulas: FormulaSource = without_formulas,
        han: str = "",
    ) -> None:
        """Make everything ready.

        Args:
            shows_figures: the speed stands under every answer, not only under the one in use.
            reads_aloud: there is a voice for answers.
            wraps_code: long lines of code are broken instead of being scrolled.
            shows_line_numbers: code has them.
            attachments: gives the pictures of messages, and knows of recordings.
            column_width: of the messages at most, where letters have their usual size.
            is_compact: lines and blocks stand closer together.
            formulas: draws them; without it they are shown as they were written.
            han: the language whose forms Chinese characters have; by default the window's.
        """
        self._given: dict[str, Any] = {
            "theme": theme,
            "zoom_percent": zoom_percent,
            "pixel_ratio": pixel_ratio,
            "shows_figures": shows_figures,
            "reads_aloud": reads_aloud,
            "wraps_code": wraps_code,
            "shows_line_numbers": shows_line_numbers,
            "attachments": attachments,
            "column_width": column_width,
            "is_compact": is_compact,
            "formulas": formulas,
            "han": han,
        }
        self._in_forms_of: dict[str, RenderStyle] = {han: self}
        self.theme = theme
        self.direction = QGuiApplication.layoutDirection()
        """In which the window is read; words have a direction of their own."""
        self.wraps_code, self.shows_line_numbers = wraps_code, shows_line_numbers
        self.attachments = attachments
        self.column_width, self.is_compact = column_width, is_compact
        self.gaps = COMPACT_GAPS if is_compact else 1.0
        self._line_height = COMPACT_LINE_HEIGHT if is_compact else LINE_HEIGHT
        self._code_line_height = COMPACT_CODE_LINE_HEIGHT if is_compact else CODE_LINE_HEIGHT
        self.formulas = formulas
        self.formula_images = FormulaImages(formulas, pixel_ratio)
        self.zoom_percent = zoom_percent
        self.shows_figures, self.reads_aloud = shows_figures, reads_aloud
        self.pixel_ratio = pixel_ratio
        self.text_font = ui_font(zoom_percent, han=han)
        self.small_font = ui_font(zoom_percent, SMALL_SIZE, han)
        self.name_font = ui_font(zoom_percent, SMALL_SIZE, han)
        self.name_font.setWeight(QFont.Weight.DemiBold)
        self.code_font = code_font(zoom_percent, han=han)
        self.code_font.setFeature(QFont.Tag("calt"), 0)  # Code is shown as it is, without ligatures.
        code = QFontMetricsF(self.code_font)
        self.code_ascent, self.code_height = code.ascent(), code.height()
        self._colours: dict[str, QColor] = {}
        self._formats: dict[tuple[object, ...], QTextCharFormat] = {}
        self._metrics: dict[tuple[object, ...], QFontMetricsF] = {}
        self._icons: dict[tuple[str, str, int], QPixmap] = {}
        self.hover_colour = theme.colour("text")
        self.hover_colour.setAlphaF(HOVER_OPACITY)

    def changed(self, **changes: Any) -> RenderStyle:
        """The same with other arguments."""
        return RenderStyle(**{**self._given, **changes})

    @property
    def is_right_to_left(self) -> bool:
        return self.direction is Qt.LayoutDirection.RightToLeft

    def in_forms_of(self, text: str) -> RenderStyle:
        """The same with the forms of Chinese characters that the language of a text has."""
        han = han_language(text, language())
        if han not in self._in_forms_of:
            made = self._in_forms_of[han] = self.changed(han=han)
            made._in_forms_of = self._in_forms_of
        return self._in_forms_of[han]

    def px(self, length: float) -> float:
        """A length in pixels, larger or smaller as the letters are."""
        return float(round(length * self.text_font.pixelSize() / BODY_SIZE))

    def colour(self, name: str) -> QColor:
        """The theme's colour of that name."""
        colour = self._colours.get(name)
        if colour is None:
            colour = self._colours[name] = self.theme.colour(name)
        return colour

    def icon(self, name: str, colour: str, size: int = ICON_SIZE) -> QPixmap:
        """An icon (such as `copy`) in one of the theme's colours; it grows with the letters."""
        key = (name, colour, size)
        if key not in self._icons:
            made = coloured_icon(name, self.colour(colour))
            side = round(self.px(size))
            self._icons[key] = made.pixmap(QSize(side, side), self.pixel_ratio)
        return self._icons[key]

    def heading_size(self, level: int) -> int:
        return round(self.px(HEADING_SIZES[level])) if level in HEADING_SIZES else self.text_font.pixelSize()

    def block_format(self, level: int = 0) -> QTextBlockFormat:
        """The line height of a paragraph or heading; formulas and other scripts can make a line higher."""
        size = self.heading_size(level)
        height = size * (HEADING_LINE_HEIGHT if level else self._line_height)
        line = QTextBlockFormat()
        line.setLineHeight(height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        return line

    def code_block_format(self) -> QTextBlockFormat:
        line = QTextBlockFormat()
        height = self.code_font.pixelSize() * self._code_line_height
        line.setLineHeight(height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        return line

    def half_leading(self, level: int = 0) -> float:
        """Half of what a line height adds above the words: drawn that much higher they are centred."""
        height = self.heading_size(level) * (HEADING_LINE_HEIGHT if level else self._line_height)
        natural = QFontMetricsF(self._text_format(Span(""), level, "text").font()).height()
        return max(0.0, (height - natural) / 2)

    def char_format(self, span: Span, level: int = 0, colour: str = "text") -> QTextCharFormat:
        """How a span of text is written in a paragraph or heading."""
        key = (
            *(span.is_bold, span.is_italic, span.is_code, span.is_struck, span.is_muted, span.is_danger),
            *(span.link, level, colour),
        )
        found = self._formats.get(key)
        if found is None:
            found = self._formats[key] = self._text_format(span, level, colour)
        return found

    def formula(self, span: Span, level: int = 0, colour: str = "text") -> Formula | None:
        """What is drawn for a formula; None where it has to be shown as it was written."""
        found = unmarked(span.text)
        if found is None:
            return None
        latex, is_display = found
        size = self.heading_size(level) * FORMULA_SIZE
        return Formula(latex, is_display, size, self.colour(self._text_colour(span, colour)).name())

    def metrics(self, span: Span) -> QFontMetricsF:
        """The measures of a span's font within a table."""
        key = (span.is_bold, span.is_italic, span.is_code)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.char_format(span).font())
        return self._metrics[key]

    def _text_format(self, span: Span, level: int, colour: str) -> QTextCharFormat:
        written = QTextCharFormat()
        font = QFont(self.code_font if span.is_code else self.text_font)
        if not span.is_code:
            font.setPixelSize(self.heading_size(level))
        elif level:
            font.setPixelSize(self.heading_size(level) - CODE_IN_HEADING)
        if span.is_bold or level:
            font.setWeight(QFont.Weight.DemiBold)
        font.setItalic(span.is_italic)
        font.setStrikeOut(span.is_struck)
        written.setFont(font)
        written.setForeground(self.colour(self._text_colour(span, colour)))
        return written

    def _text_colour(self, span: Span, colour: str) -> str:
        if span.is_danger:
            return "danger"
        if span.link:
            return "link"
        if span.is_code:
            return "inline_code_text"
        return "muted" if span.is_muted else colour
