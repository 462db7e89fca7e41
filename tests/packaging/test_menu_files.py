"""What a desktop is told of the program: checked by the desktop's own tools where they are installed."""

from __future__ import annotations

import configparser
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from app import __version__
from app.core.translation import ENGLISH
from app.languages.language import LANGUAGES

CODES = [language.code for language in LANGUAGES if language.code != ENGLISH]
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ROOT = Path(__file__).parent.parent.parent
PUT = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import debian, icon_files
debian.put_menu_files(Path(sys.argv[2]))
icon_files.write_ico(Path(sys.argv[2]) / "tarn.ico")
icon_files.write_icns(Path(sys.argv[2]) / "tarn.icns")
"""


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `share` as the .deb holds it."""
    folder = tmp_path_factory.mktemp("share")
    # In a process of its own: the folder packaging has the name of a library.
    subprocess.run([sys.executable, "-c", PUT, str(ROOT / "packaging"), str(folder)], cwd=ROOT, check=True)
    return folder


def validate(*command: str) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()


def test_the_menu_entry_is_valid(share: Path) -> None:
    validate("desktop-file-validate", str(share / "applications/tarn.desktop"))


def test_the_menu_entry_opens_a_file_with_the_program(share: Path) -> None:
    entry = configparser.RawConfigParser()
    entry.read(share / "applications/tarn.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["exec"] == "tarn %f"
    (kind,) = ElementTree.parse(share / "mime/packages/tarn.xml").getroot()
    assert entry["Desktop Entry"]["mimetype"] == kind.attrib["type"] + ";"
    patterns = [glob.attrib["pattern"] for glob in kind.iter() if glob.tag.endswith("}glob")]
    assert patterns == ["*.gguf"]


def test_the_description_is_valid_and_names_this_version(share: Path) -> None:
    (file,) = (share / "metainfo").iterdir()
    release = ElementTree.parse(file).getroot().find("releases/release")
    assert release is not None
    assert release.attrib["version"] == __version__
    validate("appstreamcli", "validate", "--no-net", str(file))


def test_the_menu_entry_is_in_every_language(share: Path) -> None:
    entry = configparser.RawConfigParser()
    entry.read(share / "applications/tarn.desktop", encoding="utf-8")
    values = entry["Desktop Entry"]
    for code in CODES:
        for key in ("genericname", "comment", "keywords"):
            words = values[f"{key}[{code}]"]
            assert words != values[key], (key, code)
            assert words.endswith(";") is (key == "keywords"), (key, code)


def test_the_kind_of_file_is_named_in_every_language(share: Path) -> None:
    root = ElementTree.parse(share / "mime/packages/tarn.xml").getroot()
    named = {it.get(XML_LANG): it.text for it in root.iter() if it.tag.endswith("}comment")}
    assert set(named) == {None, *CODES}
    assert all(named.values())


def test_the_description_is_in_every_language(share: Path) -> None:
    (file,) = (share / "metainfo").iterdir()
    root = ElementTree.parse(file).getroot()
    tags = Counter((it.tag, it.get(XML_LANG)) for it in root.iter() if it.tag in ("summary", "p", "li"))
    for code in CODES:
        for tag in ("summary", "p", "li"):
            assert tags[tag, code.replace("_", "-")] == tags[tag, None] > 0, (tag, code)


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256, 512])
def test_the_icon_is_there_in_every_size(share: Path, size: int) -> None:
    picture = share / f"icons/hicolor/{size}x{size}/apps/tarn.png"
    assert size_of(picture.read_bytes()) == (size, size)


def test_the_icon_of_windows_holds_readable_pictures(share: Path) -> None:
    data = (share / "tarn.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", data)
    assert kind == 1
    sizes = []
    for index in range(count):
        _width, _height, _, _, _, _, length, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * index)
        sizes.append(size_of(data[offset : offset + length]))
    assert sizes == [(size, size) for size in (16, 24, 32, 48, 64, 128, 256)]


def test_the_icon_of_macos_holds_readable_pictures(share: Path) -> None:
    data = (share / "tarn.icns").read_bytes()
    magic, length = struct.unpack_from(">4sI", data)
    assert (magic, length) == (b"icns", len(data))
    sizes, offset = [], 8
    while offset < length:
        _kind, size = struct.unpack_from(">4sI", data, offset)
        sizes.append(size_of(data[offset + 8 : offset + size]))
        offset += size
    assert sizes == [(size, size) for size in (16, 32, 64, 128, 256, 512)]


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height as the head of a PNG file says."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack_from(">II", png, 16)
    return width, height
