"""What kind of document a file is, told by its content; its name decides among texts only."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

TEXT = "text/plain"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
EPUB = "application/epub+zip"
EML = "message/rfc822"
ZIP = "application/zip"

_TEXTS = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".toml": "application/toml",
    ".xml": "application/xml",
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".eml": EML,
}
_CODE = frozenset(
    f".{ending}"
    for ending in (
        *("bash", "bat", "c", "cc", "clj", "cmake", "cpp", "cs", "css", "cxx", "dart", "diff", "el", "erl"),
        *("ex", "exs", "f90", "fs", "go", "gradle", "graphql", "groovy", "h", "hpp", "hs", "ini", "ipynb"),
        *("java", "js", "jsx", "jl", "kt", "kts", "less", "lisp", "lua", "m", "ml", "mm", "nim", "nix"),
        *("patch", "php", "pl", "pm", "proto", "ps1", "py", "pyi", "r", "rb", "rs", "rst", "sass", "scala"),
        *("scm", "scss", "sh", "sql", "svelte", "swift", "tcl", "tex", "tf", "ts", "tsx", "v", "vb", "vhd"),
        *("vim", "vue", "zig", "zsh"),
    )
)
CODE = "text/x-source"
ENDINGS = (
    *(".txt", ".log", ".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".zip"),
    *_TEXTS,
    *sorted(_CODE),
)
"""What the names of documents end in; files of other names are documents where they are texts."""
PAGE_END = "\f"
"""Stands between the pages of a text, where it has any."""
_TEXT_HEAD = 4096
_FLAT = re.compile(rb'<office:document\s[^>]*office:mimetype="([\w./-]+)"')


def media_type_of_text(name: str) -> str:
    """What a file is that was found to be a text, by the ending of its name."""
    ending = PurePath(name).suffix.lower()
    return _TEXTS.get(ending, CODE if ending in _CODE else TEXT)


def looks_like_text(path: Path) -> bool:
    """Whether a file begins as texts do, whatever its name ends in."""
    try:
        with path.open("rb") as file:
            head = file.read(_TEXT_HEAD)
    except OSError:
        return False
    return bool(head.strip()) and b"\0" not in head and sum(byte < 9 for byte in head) == 0


def is_pdf(data: bytes) -> bool:
    """Whether a file begins as PDFs do; some have other bytes before."""
    return b"%PDF-" in data[:1024]


def is_archive(data: bytes) -> bool:
    """Whether a file is a ZIP archive, as documents of offices and books are."""
    return data[:4] == b"PK\x03\x04" or data[:4] == b"PK\x05\x06"


def is_compound(data: bytes) -> bool:
    """Whether a file is one of Office before 2007, or a later one with a password."""
    return data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def looks_like_html(text: str) -> bool:
    """Whether a text is a web page, whatever it is called."""
    head = text[:1024].lstrip().lower()
    return head.startswith(("<!doctype html", "<html"))


def flat_kind(data: bytes) -> str:
    """What an OpenDocument file is that is one XML file; empty for any other file."""
    found = _FLAT.search(data[: 1 << 16])
    return found[1].decode() if found and found[1].decode() in (ODT, ODS, ODP) else ""
