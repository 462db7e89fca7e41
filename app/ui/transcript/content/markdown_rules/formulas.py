"""Formulas in LaTeX, which keep what is written in them.

Inline: `\\(…\\)`, `\\[…\\]`, `$…$`, `$$…$$` and `\\begin{…}…\\end{…}`; all but the first and third also as
blocks. A dollar sign is mostly a price or a variable: what stands between two of them has to look like a
formula, and neither may stand beside a word or a digit from outside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_inline.state_inline import StateInline

MOST_LINES = 80
"""A formula with more lines is no formula."""
LONGEST_INLINE = 2_000

ENVIRONMENTS = (
    "equation|align|alignat|aligned|gather|gathered|multline|split|cases|[bBpvV]?matrix|array|eqnarray"
)
_BACKSLASHED = re.compile(
    r"\\\((?:\\[^()]|[^\\]){1,2000}?\\\)|\\\[(?:\\[^\[\]]|[^\\]){1,2000}?\\\]", re.DOTALL
)
_ENVIRONMENT = re.compile(rf"\\begin\{{({ENVIRONMENTS})(\*?)\}}.{{1,2000}}?\\end\{{\1\2\}}", re.DOTALL)
_DOUBLE = re.compile(r"(?<!\$)\$\$(?!\$)((?:\\.|[^$\\]){1,2000}?)\$\$(?!\$)", re.DOTALL)
_SINGLE = re.compile(r"\$(?![\s$])((?:\\.|[^$\\`]){0,1999}?(?:\\.|[^$\\`\s]))\$(?![\w$])", re.DOTALL)
_BLOCK_OPENING = re.compile(rf"(\$\$|\\\[|\\begin\{{(?:{ENVIRONMENTS})\*?\}})(.*)$")
_MAY_FOLLOW = ("", ".", ",", ";")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_COMMAND = re.compile(r"\\(?:[a-zA-Z]+\*?|.)", re.DOTALL)
_BRACED_WORDS = re.compile(r"\\(?:text|mathrm|operatorname|mbox|textbf|textit|mathbf|mathit)\*?\s*\{[^{}]*\}")
_OPERATOR = re.compile(r"[=<>^_+*/|{}\u2200-\u22ff\u2190-\u21ff±×÷·]|(?<=\w)[-(]|\\")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_SHORT_WORD = re.compile(r"[^\W\d_]{2,}")
_EQUATION = re.compile(r"[=^<>]")
_COMMON_WORDS = {
    *("am", "an", "as", "at", "be", "by", "de", "do", "du", "el", "en", "et", "go", "he", "if", "il", "in"),
    *("is", "it", "la", "le", "me", "my", "no", "of", "on", "or", "so", "to", "un", "up", "us", "we"),
}
"""Of two letters; others stand for products, such as `ax` and `bx`."""


def formula(state: StateInline, silent: bool) -> bool:
    """Read a formula within a sentence."""
    start = state.src[state.pos]
    if start == "\\":
        found = _backslashed(state)
    elif start == "$":
        found = _in_dollars(state)
    else:
        return False
    if found is None:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = found[0]
    state.pos = found.end()
    return True


def _backslashed(state: StateInline) -> re.Match[str] | None:
    following = state.src[state.pos + 1 : state.pos + 2]
    if following not in ("(", "[", "b"):
        return None
    closing = {"(": "\\)", "[": "\\]", "b": "\\end{"}[following]
    if state.src.find(closing, state.pos) < 0:
        return None  # Looked for once more at each opening, the pattern would cost a second on a long text.
    pattern = _ENVIRONMENT if following == "b" else _BACKSLASHED
    found = pattern.match(state.src, state.pos, state.posMax)
    return found if found is not None and _is_content(found[0]) else None


def _in_dollars(state: StateInline) -> re.Match[str] | None:
    before = state.src[state.pos - 1] if state.pos else " "
    double = _DOUBLE.match(state.src, state.pos, state.posMax)
    if double is not None:
        return double if _is_content(double[1]) and _looks_like_formula(double[1]) else None
    if before == "$" or before.isalnum():
        return None
    single = _SINGLE.match(state.src, state.pos, state.posMax)
    if single is None or not _is_content(single[1]) or not _looks_like_formula(single[1]):
        return None
    return single


def _is_content(text: str) -> bool:
    return any(character.isalnum() for character in text) and not _EMPTY_LINE.search(text)


def _looks_like_formula(text: str) -> bool:
    """Whether what stands between dollar signs is no prose, price or variable."""
    has_command = "\\" in text
    text = _BRACED_WORDS.sub(" x ", text)
    plain = _COMMAND.sub(" ", text)
    words = _LONG_WORD.findall(plain)
    if has_command:
        return len(words) <= 4
    if not any(character.isspace() for character in text.strip()):
        return len(plain) <= 3 or bool(_OPERATOR.search(text)) or not _LONG_WORD.search(plain)
    if words or not _OPERATOR.search(text):
        return False
    short = _SHORT_WORD.findall(plain)
    return len(short) <= 1 or (bool(_EQUATION.search(text)) and not _COMMON_WORDS & {*map(str.lower, short)})


def formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a formula in lines of its own. Without an end it is kept as written up to an empty line."""
    if state.is_code_block(start):
        return False
    found = _BLOCK_OPENING.match(_text(state, start))
    if found is None:
        return False
    last = _last_line(state, start, end, found)
    is_closed = last is not None
    if last == start and found[1] == "$$" and not _looks_like_formula(found[2].partition("$$")[0]):
        return False
    if last is None:
        if found[2].strip() and not found[1].startswith("\\begin"):
            return False
        last = _end_of_lines(state, start, end)
        if last is None:
            return False
    if silent:
        return True
    state.line = last + 1
    token = state.push("formula_block" if is_closed else "formula_open", "", 0)
    token.content = state.getLines(start, last + 1, state.blkIndent, False).rstrip()
    token.map = [start, state.line]
    return True


def first_unclosed(lines: Sequence[str]) -> int | None:
    """The first of some whole lines where a formula may begin whose end is still to come.

    Until it comes they are read as text; what begins with its opening alone is a formula from the start on.
    """
    first = max(0, len(lines) - MOST_LINES)
    for number in range(len(lines) - 1, first - 1, -1):
        if not lines[number].strip(" \t"):
            first = number + 1
            break
    for number in range(first, len(lines)):
        found = _BLOCK_OPENING.match(lines[number].lstrip(" \t"))
        if found is not None and found[2].strip():
            closing = _closing_of(found[1])
            if not any(closing in text for text in (found[2], *lines[number + 1 :])):
                return number
    return None


def _closing_of(opening: str) -> str:
    if opening.startswith("\\begin"):
        return opening.replace("\\begin", "\\end")
    return "\\]" if opening == "\\[" else "$$"


def _last_line(state: StateBlock, start: int, end: int, opening: re.Match[str]) -> int | None:
    """The line that ends the formula, with at most a full stop behind its end; None where there is none."""
    closing, is_alone = _closing_of(opening[1]), not opening[2].strip()
    for line in range(start, min(end, start + MOST_LINES)):
        if line > start and state.isEmpty(line):
            if not is_alone:
                return None
            continue
        if line > start and state.sCount[line] < state.blkIndent:
            return None
        text = opening[2] if line == start else _text(state, line)
        before, mark, behind = text.partition(closing)
        if mark:
            has_content = line > start or bool(before.strip())
            return line if has_content and behind.strip() in _MAY_FOLLOW else None
    return None


def _end_of_lines(state: StateBlock, start: int, end: int) -> int | None:
    """The last line before an empty one, while the end of the formula can still come."""
    line = start
    while line + 1 < end and not state.isEmpty(line + 1) and state.sCount[line + 1] >= state.blkIndent:
        line += 1
        if line - start >= MOST_LINES:
            return None
    return line


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
