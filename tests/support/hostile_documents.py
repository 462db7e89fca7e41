"""Documents that are damaged, or made to fill the memory, to hang, or to read what was not given."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support.pdf_files import pdf_of

FOLDER = Path(__file__).parents[1] / "data" / "documents"
OUTSIDE = "secret words of a file that nobody gave"
"""What stands in the file that hostile documents refer to."""
_LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
_BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]>'
_MAIN = {
    "docx": "word/document.xml",
    "xlsx": "xl/worksheets/sheet1.xml",
    "odt": "content.xml",
    "epub": "EPUB/content.opf",
    "pptx": "ppt/slides/slide1.xml",
}
_SAMPLES = {
    "docx": "pandoc.docx",
    "xlsx": "openpyxl.xlsx",
    "odt": "pandoc.odt",
    "epub": "pandoc.epub",
    "pptx": "python-pptx.pptx",
}
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def members_of(data: bytes) -> dict[str, bytes]:
    """The files of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of files."""
    packed_data = io.BytesIO()
    with zipfile.ZipFile(packed_data, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return packed_data.getvalue()


def with_member(kind: str, data: bytes, name: str = "") -> bytes:
    """A real document of a kind, in which one file is another one."""
    members = members_of((FOLDER / _SAMPLES[kind]).read_bytes())
    return packed(members | {name or _MAIN[kind]: data})


def hostile_documents(outside: Path) -> Iterator[tuple[str, bytes]]:
    """Names and files; `outside` is a file that some of them refer to."""
    yield from _entities(outside)
    yield from _archives(outside)
    yield from _offices()
    yield from _pdfs()
    yield from _pages_and_mail()
    yield from _texts()


def _entities(outside: Path) -> Iterator[tuple[str, bytes]]:
    file = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{outside.as_uri()}">]>'
    net = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'
    for kind in _MAIN:
        yield f"laughs.{kind}", with_member(kind, f"{_BOMB}<a>&l11;</a>".encode())
        yield f"outside.{kind}", with_member(kind, f"{file}<a><p><t>&x;</t></p></a>".encode())
    yield "net.docx", with_member("docx", f"{net}<a/>".encode())
    yield (
        "parameter.odt",
        with_member("odt", b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>'),
    )
    yield "laughs.xml", f"{_BOMB}<a>&l11;</a>".encode()


def _archives(outside: Path) -> Iterator[tuple[str, bytes]]:
    zeros = bytes(65 * 1024 * 1024)
    yield "bomb.docx", with_member("docx", zeros)
    yield "bomb.zip", packed({f"{at}.txt": zeros for at in range(2)})
    yield "many.zip", packed({f"{at}.txt": b"a" for at in range(25_000)}, zipfile.ZIP_STORED)
    yield "climbs.zip", packed({f"../../../..{outside}": b"words", "/etc/shadow.txt": b"words"})
    inner = packed({"a.txt": b"words"})
    for _ in range(20):
        inner = packed({"a.zip": inner})
    yield "russian.zip", inner
    yield "nothing.zip", packed({})
    good = packed({"a.txt": b"words " * 1000})
    yield "cut.zip", good[: len(good) // 2]
    yield "head.zip", b"PK\x03\x04" + random.Random(1).randbytes(500)
    locked = bytearray(packed({"a.txt": b"words"}, zipfile.ZIP_STORED))
    for at in (6, locked.rfind(b"PK\x01\x02") + 8):
        locked[at] |= 1
    yield "locked.zip", bytes(locked)
    unknown = bytearray(packed({"a.txt": b"words"}, zipfile.ZIP_STORED))
    for at in (8, unknown.rfind(b"PK\x01\x02") + 10):
        unknown[at] = 99
    yield "unknown.zip", bytes(unknown)
    lying = bytearray(packed({"a.txt": b"words"}, zipfile.ZIP_STORED))
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 20 : at + 28] = b"\xff" * 8
    yield "lying.zip", bytes(lying)
    yield "names.zip", packed({"a\n\u202e[end].txt": b"words", "\x00.txt": b"words", "C:\\a.txt": b"words"})


def _offices() -> Iterator[tuple[str, bytes]]:
    deep = f'<w:p xmlns:w="{_WORD}">' * 100_000
    yield "deep.docx", with_member("docx", deep.encode())
    tables = f'<w:document xmlns:w="{_WORD}">' + "<w:tbl><w:tr><w:tc>" * 150
    yield "tables.docx", with_member("docx", tables.encode())
    spans = f'<w:tbl xmlns:w="{_WORD}"><w:tr><w:tc><w:gridSpan w:val="99999999999"/></w:tc></w:tr></w:tbl>'
    yield "span.docx", with_member("docx", spans.encode())
    yield "empty.docx", with_member("docx", b"")
    yield (
        "loop.docx",
        with_member(
            "docx",
            b'<a><Relationship Id="1" Type="a/officeDocument" Target="../../../etc/passwd"/></a>',
            "_rels/.rels",
        ),
    )
    cells = f'<worksheet xmlns="{_SHEET}"><sheetData><row>{{}}</row></sheetData></worksheet>'
    for name, cell in (
        ("far", '<c r="XFD1048576"><v>1</v></c><c r="ZZZ9999999"><v>2</v></c>'),
        ("shared", '<c t="s"><v>999999999999</v></c><c t="s"><v>-1</v></c><c t="s"><v>²</v></c>'),
        ("style", '<c s="99999999999"><v>1e999</v></c><c s="1"><v>nan</v></c><c s="2"><v>-1e300</v></c>'),
        ("wide", "<c><v>1</v></c>" * 50_000),
    ):
        yield f"{name}.xlsx", with_member("xlsx", cells.format(cell).encode())
    table = (
        f'<office:document-content xmlns:office="o" xmlns:table="{_TABLE}" xmlns:text="{_TEXT}"><table:table>'
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="16384"><text:p>1</text:p></table:table-cell></table:table-row>'
        "</table:table></office:document-content>"
    )
    yield (
        "repeated.ods",
        packed(members_of((FOLDER / "calc.ods").read_bytes()) | {"content.xml": table.encode()}),
    )
    spaces = (
        f'<a xmlns:text="{_TEXT}"><text:p>a<text:s text:c="999999999"/>b<text:s text:c="x"/></text:p></a>'
    )
    yield "spaces.odt", with_member("odt", spaces.encode())
    spine = b'<itemref idref="ch001_xhtml"/>' * 100_000
    book = members_of((FOLDER / "pandoc.epub").read_bytes())["EPUB/content.opf"]
    yield "spine.epub", with_member("epub", book.replace(b"</spine>", spine + b"</spine>"))
    container = b'<container><rootfiles><rootfile full-path="../../../etc/passwd"/></rootfiles></container>'
    yield "climbs.epub", with_member("epub", container, "META-INF/container.xml")
    show = members_of((FOLDER / "python-pptx.pptx").read_bytes())["ppt/presentation.xml"]
    first = show[show.index(b"<p:sldId ") :].partition(b"/>")[0] + b"/>"
    yield "slides.pptx", with_member("pptx", show.replace(first, first * 20_000), "ppt/presentation.xml")
    yield "macros.docx", with_member("docx", b"\xd0\xcf\x11\xe0 Sub AutoOpen()", "word/vbaProject.bin")


def _pdfs() -> Iterator[tuple[str, bytes]]:
    good = pdf_of("One", "Two", "Three")
    yield "cut.pdf", good[: len(good) // 2]
    yield "loop.pdf", good.replace(b"/Kids [4 0 R 6 0 R 8 0 R]", b"/Kids [2 0 R 2 0 R 4 0 R]")
    yield "count.pdf", good.replace(b"/Count 3", b"/Count 99999999")
    yield "parent.pdf", good.replace(b"/Pages 2 0 R", b"/Pages 1 0 R")
    yield "xref.pdf", good.replace(b"/Size 10", b"/Size 10 /Prev 0 /XRefStm 9")
    yield "size.pdf", good.replace(b"[0 0 595 842]", b"[0 0 9e30 -9e30]")
    yield "page-100000.pdf", _many_pages(100_000)
    bomb = zlib.compress(b"BT /F1 9 Tf (a) Tj ET\n" * 400_000, 9)
    yield "bomb.pdf", _with_stream(b"/Filter /FlateDecode", bomb)
    twice = zlib.compress(zlib.compress(bytes(40_000_000), 9), 9)
    yield "bombs.pdf", _with_stream(b"/Filter [/FlateDecode /FlateDecode]", twice)
    yield "deep.pdf", _with_stream(b"", b"q " * 500_000)
    yield "nested.pdf", good.replace(b"/Font <<", b"/A " + b"[" * 50_000 + b"/Font <<")
    actions = (
        b"/OpenAction << /S /Launch /F (/bin/true) >> /AA << /O << /S /JavaScript /JS (app.alert(1)) >> >>"
    )
    yield "actions.pdf", good.replace(b"/Type /Catalog", b"/Type /Catalog " + actions)
    yield "marks.pdf", b"%PDF-1.4" + random.Random(2).randbytes(5_000)


def _many_pages(count: int) -> bytes:
    """One page many times over."""
    data = pdf_of("One")
    return data.replace(b"/Kids [4 0 R] /Count 1", b"/Kids [" + b"4 0 R " * count + b"] /Count %d" % count)


def _with_stream(filters: bytes, content: bytes) -> bytes:
    data = pdf_of("One")
    start = data.index(b"<< /Length")
    end = data.index(b"endstream", start)
    stream = b"<< /Length %d %s >>\nstream\n%s\n" % (len(content), filters, content)
    return data[:start] + stream + data[end:]


def _pages_and_mail() -> Iterator[tuple[str, bytes]]:
    yield "open.html", b"<html>" + b"<div>" * 100_000
    yield "tables.html", b"<html>" + b"<table><tr><td>" * 20_000
    yield "attributes.html", b"<html><p " + b"a=1 " * 200_000 + b">words"
    yield "comment.html", b"<html>words<!--" * 50_000
    yield "lists.html", b"<html>" + b"<ul><li>a" * 30_000
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (at, at) for at in range(400)
    )
    yield "parts.eml", b"Subject: a\n" + parts + b"words"
    yield "heads.eml", b"Subject: " + b"=?utf-8?b?w7w=?= " * 20_000 + b"\n\nwords"
    yield "addresses.eml", b"From: " + b"(" * 20_000 + b"\nSubject: a\n\nwords"
    yield "charset.eml", b"Content-Type: text/plain; charset=nonsense\n\nwords \xff\xfe"


def _texts() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(3)
    yield "line.txt", b"word " * 2_000_000
    yield "noise.bin", chance.randbytes(100_000)
    yield "zeros.txt", bytes(1_000_000)
    yield "odd.txt", b"\xff\xfe" + "words".encode("utf-16-le") + b"\x00\xd8\x00"
    yield "brackets.json", b"[" * 200_000
    yield "columns.csv", b"," * 1_000_000
    yield "words.gz", gzip.compress(b"words")
    yield "picture.pdf", b"\x89PNG\r\n\x1a\n" + chance.randbytes(1000)
    yield "blank.txt", b" \n\t" * 1000
    yield "program.txt", b"\x7fELF" + chance.randbytes(3000)
