"""A conversation as a PDF: pages of paper size with numbers, and text that can be selected."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from app.core import formatting
from app.core.conversation import Conversation
from app.core.translation import tr
from app.exchange.export_format import PaperSize
from app.exchange.markdown_files import ReadFile
from app.ui.exchange.print_html import print_html
from app.ui.fonts import ui_font
from app.ui.theme import Theme

MARGIN_MM = 20.0
UNITS = 96
"""Of the document in an inch: what QTextDocument takes for the pixels of a screen."""
RESOLUTION = 600
BODY_POINTS = 10.5
_FOOT = 40.0
"""Units at the lower edge of a page for its number."""
_FOOT_SIZE = 12
_SIZES = {PaperSize.A4: QPageSize.PageSizeId.A4, PaperSize.LETTER: QPageSize.PageSizeId.Letter}


def pdf_document(conversation: Conversation, read_file: ReadFile, theme: Theme, paper: PaperSize) -> bytes:
    """The branch on screen as the bytes of a PDF file, in the colours of a light theme.

    Args:
        read_file: gives the bytes of an attached file by its SHA-256; None for one that is missing.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(formatting.one_line(conversation.title))
    writer.setCreator(tr("Tarn"))
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    layout = QPageLayout(
        QPageSize(_SIZES[paper]), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
    )
    writer.setPageLayout(layout)
    room = layout.paintRect(QPageLayout.Unit.Inch)
    page = QSizeF(room.width() * UNITS, room.height() * UNITS - _FOOT)
    document = _document(conversation, read_file, theme, page)
    _paint(document, writer, page, QColor(theme.muted), QColor(theme.text))
    buffer.close()
    return bytes(buffer.data().data())


def _document(conversation: Conversation, read_file: ReadFile, theme: Theme, page: QSizeF) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    font = ui_font()
    font.setPointSizeF(BODY_POINTS)
    document.setDefaultFont(font)
    document.setDocumentMargin(0)
    document.setHtml(print_html(conversation, read_file, theme, page.width()))
    document.setPageSize(page)
    return document


def _paint(document: QTextDocument, writer: QPdfWriter, page: QSizeF, muted: QColor, text: QColor) -> None:
    scale = RESOLUTION / UNITS
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, text)
    count = document.pageCount()
    font = QFont(document.defaultFont())
    font.setPixelSize(_FOOT_SIZE)
    painter = QPainter(writer)
    try:
        painter.scale(scale, scale)
        for number in range(count):
            if number:
                writer.newPage()
            shown = QRectF(0, number * page.height(), page.width(), page.height())
            painter.save()
            painter.translate(0, -shown.top())
            context.clip = shown
            painter.setClipRect(shown)
            document.documentLayout().draw(painter, context)
            painter.restore()
            painter.setFont(font)
            painter.setPen(muted)
            foot = QRectF(0, page.height(), page.width(), _FOOT)
            painter.drawText(
                foot, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, f"{number + 1} / {count}"
            )
    finally:
        painter.end()
