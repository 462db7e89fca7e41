"""LaTeX as models write it, put into the words that ziamath knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import escape

_DROPPED = re.compile(
    r"\\(?:label|require)\s*\{[^{}]*\}|\\(?:nonumber|notag|limits|nolimits|allowbreak)(?![a-zA-Z])"
)
_ROW_SPACING = re.compile(r"\\\\\s*\*?\s*\[[^\[\]&\\]{0,12}\]")
_OPTION = re.compile(r"(\\begin\{[a-zA-Z]+\*?\})\s*\[[tbc]\]")
_COLUMN_SPECIFICATION = re.compile(r"(\\begin\{array\})\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_COLUMN_EXTRAS = re.compile(r"[@!>]\{[^{}]*\}|(?<=[pmb])\{[^{}]*\}|[|\s]")
_INNER_FORMULA = re.compile(r"\$([^$]+)\$")
_ESCAPED = re.compile(r"\\([%$&#_{}])")
_RENAMED = {
    "aligned": "align*",
    "align": "align*",
    "split": "align*",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "multline": "matrix",
    "multline*": "matrix",
    "equation": "",
    "equation*": "",
    "displaymath": "",
    "math": "",
    "dcases": "cases",
    "rcases": "cases",
    "darray": "array",
}
"""Environments without numbers, which nobody refers to; of some that ziamath does not know, the nearest."""
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{\s*([a-zA-Z]+\*?)\s*\}")
_COLUMNS = re.compile(r"\\begin\{alignat(?:ed)?\*?\}\s*\{\d+\}|\\end\{alignat(?:ed)?\*?\}")
_EQNARRAY = re.compile(r"\\(begin|end)\{eqnarray\*?\}")
_UNARY_MINUS = re.compile(
    r"(^|[=<>(\[{,&|:]|\\(?:leq?|geq?|neq?|approx|to|quad|qquad|cdot|times|div|pm|implies|iff|Rightarrow|equiv"
    r"|in|mapsto|text\{[^{}]*\}|[,;:!\\])(?![a-zA-Z]))(\s*)-(?=\s*[\w\\({.])"
)
_WORDS = {"cfrac": "dfrac", "bm": "boldsymbol", "mbox": "text", "hbox": "text", "lt": "<", "gt": ">"}
_COMMAND = re.compile(r"\\(cfrac|bm|mbox|hbox|lt|gt)(?![a-zA-Z])")
_TEXT_COMMANDS = ("text", "textbf", "textit", "textrm", "textsf", "texttt")
_NOT_EQUAL = re.compile(r"\\not\s*=")


def drawable(latex: str) -> str:
    """The formula without what only numbers or loads something, in words that can be drawn."""
    latex = _DROPPED.sub("", latex)
    latex = _with_argument(latex, r"tag\*?", _tag)
    latex = _ROW_SPACING.sub(r"\\\\", latex)
    latex = _OPTION.sub(r"\1", latex)
    latex = _COLUMN_SPECIFICATION.sub(_columns, latex)
    latex = _EQNARRAY.sub(
        lambda found: r"\begin{array}{rcl}" if found[1] == "begin" else r"\end{array}", latex
    )
    latex = _COLUMNS.sub(lambda found: r"\begin{align*}" if found[0][1] == "b" else r"\end{align*}", latex)
    latex = _ENVIRONMENT.sub(_renamed, latex)
    latex = _COMMAND.sub(lambda found: _word(found[1]), latex)
    latex = _NOT_EQUAL.sub(r"\\neq", latex).replace(":=", r"\coloneqq ")
    latex = _with_argument(latex, "ce", _chemistry)
    for command in _TEXT_COMMANDS:
        latex = _with_argument(latex, command, partial(_words, command))
    latex = _with_argument(latex, "boxed", lambda inner: rf"\boxed{{\,{inner}\,}}")
    latex = _with_argument(latex, "fbox", lambda inner: rf"\boxed{{\text{{{inner}}}}}")
    return _UNARY_MINUS.sub(r"\1\2{-}", latex).strip()


def _renamed(found: re.Match[str]) -> str:
    name = _RENAMED.get(found[2], found[2])
    return rf"\{found[1]}{{{name}}}" if name else ""


def _tag(inner: str) -> str:
    return rf"\qquad({inner})" if "\\" in inner else rf"\qquad\text{{({inner})}}"


def _columns(found: re.Match[str]) -> str:
    columns = re.sub("[pmb]", "l", _COLUMN_EXTRAS.sub("", found[2]))
    return f"{found[1]}{{{columns or 'l'}}}"


def _words(command: str, inner: str) -> str:
    """Words with the formulas in them as formulas, and no escapes."""
    pieces = []
    for number, piece in enumerate(_INNER_FORMULA.split(inner.replace(r"\$", "\ufdd0"))):
        if number % 2:
            pieces.append(piece)
        elif piece:
            words = escape(_ESCAPED.sub(_unescaped, piece), quote=False)  # latex2mathml takes it as XML.
            pieces.append(rf"\{command}{{{words}}}")
    return "".join(pieces).replace("\ufdd0", "$")


def _unescaped(found: re.Match[str]) -> str:
    """Braces would be taken for those around the words."""
    return found[0] if found[1] in "{}" else found[1]


def _word(command: str) -> str:
    word = _WORDS[command]
    return rf"\{word}" if word.isalpha() else f" {word} "


def _with_argument(latex: str, command: str, change: Callable[[str], str]) -> str:
    """The text with each `\\command{...}` changed, which may hold braces."""
    opening = re.compile(rf"\\{command}\s*\{{")
    done, written = 0, []
    for found in opening.finditer(latex):
        if found.start() < done:
            continue
        end = _closing(latex, found.end())
        if end is None:
            break
        inner = _with_argument(latex[found.end() : end], command, change)
        written += [latex[done : found.start()], change(inner)]
        done = end + 1
    return "".join([*written, latex[done:]])


def _closing(latex: str, start: int) -> int | None:
    """Where the brace is closed that was opened before `start`."""
    depth = 1
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(latex, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth:
            return found.start()
    return None


def _chemistry(inner: str) -> str:
    """The usual of mhchem: counts of atoms, charges, arrows."""
    inner = inner.replace("<=>", r" \rightleftharpoons ").replace("->", r" \rightarrow ")
    inner = re.sub(r"(?<=[A-Za-z)\]])(\d+)", r"_{\1}", inner)
    inner = re.sub(r"\^(\d*[+-])", r"^{\1}", inner)
    inner = re.sub(r"(?<![\\A-Za-z])([A-Z][A-Za-z]*)", r"\\mathrm{\1}", inner)
    return rf"{{{inner}}}"
