"""Makes the documents of this folder once more, with programs other than Tarn.

It needs LibreOffice, pandoc and ImageMagick on the path, and the packages openpyxl, XlsxWriter,
python-docx, python-pptx, reportlab, ebooklib and odfpy:

    uv run --no-project --with openpyxl --with XlsxWriter --with python-docx --with python-pptx \\
        --with reportlab --with ebooklib --with odfpy tests/data/documents/build.py

Each of them says in its own way that Lake Ohrid is 288 metres deep; what else has to be found in which of
them stands in `tests/documents/test_opening_real_documents.py`.
"""

from __future__ import annotations

import csv
import email.message
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = """---
title: Depths of lakes
author: A Surveyor
lang: en
---

# Depths of lakes

Lake Ohrid is 288 metres deep. It is one of the oldest lakes of Europe.[^age]

[^age]: Between two and three million years.

## How it was measured

1. A line with a weight
2. An echo
    - from a ship
    - from the ice
3. A pressure gauge

| Lake | Country | Depth in m |
|------|---------|-----------:|
| Ohrid | Albania, North Macedonia | 288 |
| Geneva | France, Switzerland | 310 |
| 琵琶湖 | 日本 | 104 |

## The program

```python
def deepest(lakes):
    return max(lakes, key=lambda lake: lake.depth)
```

> Still waters run deep.

Grüße aus Pogradec. 琵琶湖は日本で一番大きい湖です。
"""
SLIDES = """% Depths of lakes
% A Surveyor

# Ohrid

- Lake Ohrid is 288 metres deep.
- It has a trout of its own.

::: notes
Say this slowly.
:::

# Geneva

| Lake | Depth |
|------|------:|
| Geneva | 310 |
"""
ROWS = (
    ("Lake", "Country", "Depth", "Measured on", "Share"),
    ("Ohrid", "North Macedonia", 288, datetime(2024, 5, 17), 0.25),
    ("Geneva", "Switzerland", 309.7, datetime(2023, 11, 2, 14, 30), 0.5),
    ("Biwa | 琵琶湖", "Japan", 104, datetime(1999, 1, 1), 1),
)
LINES = [f"{number}. Lake Ohrid is 288 metres deep, as was found on day {number}." for number in range(1, 60)]


def run(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run([str(it) for it in command], check=True, cwd=cwd, stdout=subprocess.DEVNULL)


def pandoc(folder: Path) -> None:
    (folder / "s.md").write_text(SOURCE, encoding="utf-8")
    (folder / "t.md").write_text(SLIDES, encoding="utf-8")
    for name in (
        *(
            "pandoc.docx",
            "pandoc.odt",
            "pandoc.epub",
            "pandoc.html",
            "pandoc.rst",
            "pandoc.tex",
            "pandoc.txt",
        ),
        *("pandoc.org", "pandoc.ipynb", "pandoc.fb2", "pandoc.rtf", "pandoc.textile", "pandoc.adoc"),
    ):
        kind = {"txt": ["-t", "plain"], "adoc": ["-t", "asciidoc"]}.get(name.partition(".")[2], [])
        run("pandoc", folder / "s.md", "-s", *kind, "-o", HERE / name)
    run("pandoc", folder / "s.md", "-s", "-t", "docbook5", "-o", HERE / "docbook.xml")
    run("pandoc", folder / "s.md", "-s", "-t", "epub2", "-o", HERE / "pandoc-2.epub")
    run("pandoc", folder / "s.md", "-s", "-t", "man", "-o", HERE / "lakes.1")
    run("pandoc", folder / "t.md", "-o", HERE / "pandoc.pptx")
    shutil.copy(folder / "s.md", HERE / "source.md")


def libreoffice(folder: Path) -> None:
    def convert(source: Path, target: str, name: str) -> None:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        run("soffice", profile, "--headless", "--convert-to", target, "--outdir", folder / "out", source)
        made = folder / "out" / f"{source.stem}.{target.partition(':')[0]}"
        shutil.move(made, HERE / name)

    (folder / "out").mkdir()
    text = folder / "writer.odt"
    shutil.copy(HERE / "pandoc.odt", text)
    for target, name in (
        ("odt", "writer.odt"),
        ("docx:MS Word 2007 XML", "writer.docx"),
        ("doc:MS Word 97", "writer-97.doc"),
        ("pdf:writer_pdf_Export", "writer.pdf"),
        ('pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}', "writer-tagged.pdf"),
        (
            'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},'
            '"DocumentOpenPassword":{"type":"string","value":"secret"}}',
            "writer-locked.pdf",
        ),
        ("html:HTML (StarWriter)", "writer.html"),
        ("xhtml:XHTML Writer File", "writer.xhtml"),
        ("epub:EPUB", "writer.epub"),
        ("fodt", "writer-flat.xml"),
        ("txt:Text (encoded):UTF8", "writer-utf8.txt"),
    ):
        convert(text, target, name)
    convert(columns(folder), "pdf:writer_pdf_Export", "columns.pdf")
    book = folder / "calc.xlsx"
    shutil.copy(HERE / "openpyxl.xlsx", book)
    for target, name in (
        ("ods", "calc.ods"),
        ("xlsx:Calc MS Excel 2007 XML", "calc.xlsx"),
        ("xls:MS Excel 97", "calc-97.xls"),
        ("csv:Text - txt - csv (StarCalc):44,34,76,1", "calc.csv"),
        ("csv:Text - txt - csv (StarCalc):9,34,1252,1", "calc-1252.tsv"),
        ("html:HTML (StarCalc)", "calc.html"),
        ("pdf:calc_pdf_Export", "calc.pdf"),
    ):
        convert(book, target, name)
    show = folder / "impress.pptx"
    shutil.copy(HERE / "pandoc.pptx", show)
    for target, name in (
        ("odp", "impress.odp"),
        ("pptx:Impress MS PowerPoint 2007 XML", "impress.pptx"),
        ("pdf:impress_pdf_Export", "impress.pdf"),
    ):
        convert(show, target, name)


def columns(folder: Path) -> Path:
    """A text in two columns."""
    from odf.opendocument import OpenDocumentText
    from odf.style import Columns, SectionProperties, Style
    from odf.text import H, P, Section

    text = OpenDocumentText()
    style = Style(name="two", family="section")
    properties = SectionProperties()
    properties.addElement(Columns(columncount=2, columngap="0.5cm"))
    style.addElement(properties)
    text.automaticstyles.addElement(style)
    text.text.addElement(H(outlinelevel=1, text="Two columns"))
    section = Section(stylename="two", name="body")
    for line in LINES[:40]:
        section.addElement(P(text=line))
    text.text.addElement(section)
    text.save(str(folder / "columns.odt"))
    return folder / "columns.odt"


def python_libraries() -> None:
    import docx
    import openpyxl
    import pptx
    import xlsxwriter
    from ebooklib import epub
    from odf.opendocument import OpenDocumentText
    from odf.text import H, P
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    book = openpyxl.Workbook()
    book.active.title = "Depths"
    for row in ROWS:
        book.active.append(row)
    for cell in book.active["E"][1:]:
        cell.number_format = "0 %"
    book.create_sheet("Empty")
    book.create_sheet("Notes").append(("Lake Ohrid is 288 metres deep.", True))
    book.save(HERE / "openpyxl.xlsx")
    with xlsxwriter.Workbook(str(HERE / "xlsxwriter.xlsx")) as written:
        sheet, dates = written.add_worksheet("Depths"), written.add_format({"num_format": "d mmm yyyy"})
        for at, row in enumerate(ROWS):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(at, place, value, dates)
                else:
                    sheet.write(at, place, value)
        sheet.write_formula(5, 2, "=SUM(C2:C4)", None, 701.7)
        sheet.merge_range("A8:C8", "Lake Ohrid is 288 metres deep.")
    word = docx.Document()
    word.add_heading("Depths of lakes", 0)
    word.add_heading("Ohrid", 1)
    word.add_paragraph("Lake Ohrid is 288 metres deep.")
    word.add_paragraph("It is old", style="List Bullet")
    word.add_paragraph("It is clear", style="List Number")
    table = word.add_table(0, 3)
    for row in ROWS:
        for cell, value in zip(table.add_row().cells, row, strict=False):
            cell.text = str(value)
    word.save(str(HERE / "python-docx.docx"))
    show = pptx.Presentation()
    for title, words in (("Ohrid", "Lake Ohrid is 288 metres deep."), ("Geneva", "310 metres")):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = words
        slide.notes_slide.notes_text_frame.text = f"Notes about {title}"
    show.save(str(HERE / "python-pptx.pptx"))
    canvas = Canvas(str(HERE / "reportlab.pdf"), pagesize=A4)
    for number in range(1, 13):
        canvas.drawString(72, 770, f"Page {number} of the report.")
        if number == 7:
            canvas.drawString(72, 740, "Lake Ohrid is 288 metres deep.")
        canvas.showPage()
    canvas.save()
    novel = epub.EpubBook()
    novel.set_title("Lakes")
    chapters = []
    for number, words in enumerate(("Lake Ohrid is 288 metres deep.", "The end."), 1):
        chapter = epub.EpubHtml(title=f"Chapter {number}", file_name=f"c{number}.xhtml")
        chapter.content = f"<h1>Chapter {number}</h1><p>{words}</p>"
        novel.add_item(chapter)
        chapters.append(chapter)
    novel.add_item(epub.EpubNcx())
    novel.add_item(epub.EpubNav())
    novel.toc, novel.spine = chapters, chapters
    epub.write_epub(str(HERE / "ebooklib.epub"), novel)
    text = OpenDocumentText()
    text.text.addElement(H(outlinelevel=1, text="Depths of lakes"))
    text.text.addElement(P(text="Lake Ohrid is 288 metres deep."))
    text.save(str(HERE / "odfpy.odt"))


def plain_texts() -> None:
    words = "Lake Ohrid is 288 metres deep. Grüße aus Köln und Düsseldorf, schöne Tage.\n"
    (HERE / "cp1252.txt").write_bytes(words.replace("\n", "\r\n").encode("cp1252"))
    (HERE / "utf-16.txt").write_bytes(words.encode("utf-16"))
    (HERE / "koi8.txt").write_bytes(
        (
            "Lake Ohrid is 288 metres deep. " + "Озеро очень глубокое и прозрачное, в нём много рыбы. " * 4
        ).encode("koi8-r")
    )
    (HERE / "shift-jis.txt").write_bytes(
        (
            "Lake Ohrid is 288 metres deep. " + "湖はとても深くて、水がきれいです。魚もたくさんいます。" * 4
        ).encode("shift_jis")
    )
    values = [dict(zip(ROWS[0], map(str, row), strict=True)) for row in ROWS[1:]]
    values.append({"note": "Lake Ohrid is 288 metres deep."})
    (HERE / "lakes.json").write_text(json.dumps(values, ensure_ascii=False, indent=2), encoding="utf-8")
    (HERE / "lakes.jsonl").write_text("\n".join(map(json.dumps, values)), encoding="utf-8")
    (HERE / "lakes.yaml").write_text("lakes:\n  - name: Ohrid\n    note: Lake Ohrid is 288 metres deep.\n")
    (HERE / "lakes.toml").write_text('[ohrid]\nnote = "Lake Ohrid is 288 metres deep."\n')
    (HERE / "depths.py").write_text('"""Lake Ohrid is 288 metres deep."""\n\nDEPTH = 288\n')
    (HERE / "depths.c").write_text("/* Lake Ohrid is 288 metres deep. */\nint depth = 288;\n")
    (HERE / "depths.sql").write_text("-- Lake Ohrid is 288 metres deep.\nselect depth from lakes;\n")
    (HERE / "survey.log").write_text(
        "".join(f"2024-05-17 10:00:{at:02} INFO {LINES[at]}\n" for at in range(50))
    )
    with (HERE / "semicolons.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([*ROWS, ("Lake Ohrid is 288 metres deep.",)])
    (HERE / "drawing.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><text>Lake Ohrid is 288 metres deep.</text></svg>'
    )
    plain = email.message.EmailMessage()
    plain["From"], plain["To"], plain["Subject"] = (
        "Ä <a@example.org>",
        "b@example.org",
        "Tiefe des Sees — Größe",
    )
    plain.set_content("Lake Ohrid is 288 metres deep.\n\nGrüße")
    (HERE / "plain.eml").write_bytes(bytes(plain))
    mixed = email.message.EmailMessage()
    mixed["From"], mixed["Subject"] = "a@example.org", "Two forms"
    mixed.set_content("Lake Ohrid is 288 metres deep.")
    mixed.add_alternative("<p>Lake Ohrid is <b>288</b> metres deep.</p>", subtype="html")
    mixed.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="survey.pdf")
    (HERE / "mixed.eml").write_bytes(bytes(mixed))
    page = email.message.EmailMessage()
    page["Subject"] = "A page"
    page.set_content(
        "<h1>A</h1><p>Lake Ohrid is 288 metres deep.</p>", subtype="html", charset="utf-8", cte="base64"
    )
    (HERE / "page.eml").write_bytes(bytes(page))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("lakes.json", "depths.py", "pandoc.docx", "reportlab.pdf"):
            archive.write(HERE / name, f"survey/{name}")
        archive.writestr("survey/picture.bin", bytes(range(256)))
    (HERE / "survey.zip").write_bytes(packed.getvalue())


def scanned(folder: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    picture = folder / "page.png"
    run("convert", "-size", "400x200", "xc:white", "-draw", "line 20,20 380,180", picture)
    canvas = Canvas(str(HERE / "scanned.pdf"), pagesize=(400, 200))
    for _ in range(2):
        canvas.drawImage(str(picture), 0, 0)
        canvas.showPage()
    canvas.save()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pandoc(folder)
        python_libraries()
        libreoffice(folder)
        plain_texts()
        scanned(folder)
    sys.stdout.write(f"{len(list(HERE.iterdir()))} files\n")


if __name__ == "__main__":
    main()
