"""Small PDF files, written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
"""Of a page, in points."""
MARGIN, LINE = 60, 16


@dataclass(frozen=True)
class PlacedText:
    """Words at a place of a page, from its lower left corner."""

    x: float
    y: float
    text: str
    size: float = 11


def pdf_of(*pages: str | Sequence[PlacedText]) -> bytes:
    """A PDF whose pages hold these lines, or texts at their places."""
    return _written([_placed(page) for page in pages])


def _placed(page: str | Sequence[PlacedText]) -> Sequence[PlacedText]:
    if not isinstance(page, str):
        return page
    lines = page.split("\n")
    return [PlacedText(MARGIN, HEIGHT - MARGIN - LINE * at, line) for at, line in enumerate(lines) if line]


def _written(pages: Sequence[Sequence[PlacedText]]) -> bytes:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    numbers = [4 + 2 * at for at in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        font,
    ]
    for number, page in zip(numbers, pages, strict=True):
        content = "\n".join(map(_shown, page)).encode("cp1252", "replace")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (WIDTH, HEIGHT, number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    data = b"%PDF-1.4\n"
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(data))
    )


def _shown(text: PlacedText) -> str:
    escaped = text.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {text.size} Tf {text.x} {text.y} Td ({escaped}) Tj ET"
