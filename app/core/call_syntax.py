"""Reads one tool call written in Python's syntax: `get_weather(city="Paris", days=3)`.

Nothing is ever evaluated: `ast` takes the call to pieces and only literals are accepted as values. The text that `ast`
sees is a stand-in of the same length with all strings blanked, so that escapes, line ends and control characters in
strings, and names that Python reserves (`from`, `class`, `max-results`), cannot trip it.
"""

from __future__ import annotations

import ast
import math
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from app.core.string_literals import decode_string

DEEPEST = 60
"""Brackets within brackets beyond this are refused rather than read."""

_NAME = re.compile(r"([^\W\d][\w.\-:/]*)\s*\(")
_TOKEN = re.compile(
    r"""(?P<string>(?:(?<!\w)[rRbBuUfF]{1,2})?(?:\"{3}|'{3}|["']))
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<comment>\#[^\n]*)
    |(?P<zeros>(?<![\w.])0[0-9]+(?![\w.]))
    |(?P<name>(?<=[(,\s])[^\W\d][\w.\-]*(?=\s*=(?!=)))""",
    re.VERBOSE,
)
_STRING_END = {
    '"': re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL),
    "'": re.compile(r"[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL),
    '"""': re.compile(r'(?:\\.|[^\\])*?"""', re.DOTALL),
    "'''": re.compile(r"(?:\\.|[^\\])*?'''", re.DOTALL),
}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_WORDS = {"true": True, "false": False, "null": None, "none": None}
_LINE_ENDS = str.maketrans("\r\n\t\f\v", "     ")


class CallSyntaxError(Exception):
    """A call that cannot be read. `str()` says in a sentence where and, if known, why."""

    def __init__(self, sentence: str, name: str = "") -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one argument."""

    value: Any
    """What JSON can hold."""
    written: str
    """Exactly as the model wrote it."""
    fault: str = ""
    """Why this is no value; empty where all is well."""
    is_bare: bool = False
    """Written without quotes: could be the text itself where a text is expected."""
    is_untyped: bool = False
    """Written where every value looks like a text: it may stand for a number or a list."""


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """A call as it was written, before it is compared with the tools that were offered."""

    name: str
    named: dict[str, Value] = field(default_factory=dict)
    unnamed: tuple[Value, ...] = ()


def read_python_call(body: str) -> WrittenCall:
    """Reads a call in Python's syntax.

    Raises:
        CallSyntaxError: it is not one.
    """
    found = _NAME.match(body)
    if not found:
        raise CallSyntaxError(_no_call(body))
    try:
        return _CallReader(body, found[1]).read()
    except CallSyntaxError as error:
        error.name = found[1]
        raise
    except RecursionError as error:
        raise CallSyntaxError("The call is nested too deeply to be read.", found[1]) from error


def read_literal(text: str) -> Any:
    """Reads a value, such as a dictionary in single quotes.

    Raises:
        CallSyntaxError: it is not one.
    """
    reader = _CallReader(f"_({text})", "_")
    value = reader.read().unnamed
    if len(value) != 1 or value[0].fault:
        raise CallSyntaxError(value[0].fault if value else "There is no value.")
    return value[0].value


def place(body: str, position: int) -> str:
    """The words before a place, to find it by: `, after “city=”`."""
    before = body[:position].rstrip()
    shown = before if len(before) <= 40 else "…" + before[-40:]
    return f", after “{' '.join(shown.split())}”" if shown else ""


def excerpt(text: str) -> str:
    """The beginning of a text, in quotation marks."""
    shown = " ".join(text.split())
    return f"“{shown if len(shown) <= 40 else shown[:40] + '…'}”"


def _no_call(body: str) -> str:
    if not body.strip():
        return "There is no call between the markers."
    return f"{excerpt(body)} is not a call: a tool's name and its arguments in round brackets are expected."


class _CallReader:
    """Takes one call to pieces."""

    def __init__(self, body: str, name: str) -> None:
        self._body = body
        self._name = name
        self._strings: dict[int, str] = {}
        self._zeros: set[int] = set()
        self._names: dict[int, str] = {}

    def read(self) -> WrittenCall:
        call = self._parse(self._stand_in())
        unnamed = tuple(self._value(node) for node in call.args)
        named: dict[str, Value] = {}
        for keyword in call.keywords:
            for name, value in self._keyword(keyword).items():
                if name in named:
                    raise CallSyntaxError(f"The argument “{name}” is given twice.")
                named[name] = value
        return WrittenCall(self._name, named, unnamed)

    # The stand-in that Python's parser sees.

    def _stand_in(self) -> str:
        body = self._body
        pieces = ["_" * len(self._name)]
        position, brackets = len(self._name), list[tuple[str, int]]()
        while found := _TOKEN.search(body, position):
            pieces.append(body[position : found.start()])
            position = found.end()
            kind, token = str(found.lastgroup), found.group()
            if kind == "string":
                position = self._take_string(found.start(), token)
                length = position - found.end() - len(token.lstrip("rRbBuUfF"))
                quote = token.lstrip("rRbBuUfF")
                token = " " * (len(token) - len(quote)) + quote + "x" * length + quote
            elif kind == "open":
                brackets.append((token, found.start()))
                self._check_depth(brackets)
            elif kind == "close":
                self._check_close(brackets, token, found.start())
            elif kind == "zeros":
                self._zeros.add(found.start())
                self._strings[found.start()] = token
                token = f'"{"x" * (len(token) - 2)}"'
            elif kind == "name":
                self._names[found.start()] = token
                token = "_" * len(token)
            else:
                token = " " * len(token)
            pieces.append(token)
        if brackets:
            bracket, _ = brackets[-1]
            raise CallSyntaxError(
                f"The call breaks off{place(body, len(body))}: the bracket “{bracket}” is not closed."
            )
        pieces.append(body[position:])
        return "".join(pieces).translate(_LINE_ENDS)

    def _take_string(self, start: int, token: str) -> int:
        quote = token.lstrip("rRbBuUfF")
        prefix = token[: len(token) - len(quote)].lower()
        begin = start + len(token)
        found = _STRING_END[quote].match(self._body, begin)
        if not found:
            raise CallSyntaxError(
                f"The closing quote of the text {excerpt(self._body[begin:])} is missing{place(self._body, start)}."
            )
        content = self._body[begin : found.end() - len(quote)]
        self._strings[start + len(prefix)] = content if "r" in prefix else decode_string(content)
        return found.end()

    def _check_depth(self, brackets: list[tuple[str, int]]) -> None:
        if len(brackets) > DEEPEST:
            raise CallSyntaxError(
                f"The call nests more than {DEEPEST} brackets, which is too deep to be read."
            )

    def _check_close(self, brackets: list[tuple[str, int]], token: str, position: int) -> None:
        where = place(self._body, position)
        if not brackets:
            raise CallSyntaxError(f"“{token}” closes a bracket that was never opened{where}.")
        expected = _CLOSING[brackets.pop()[0]]
        if token != expected:
            raise CallSyntaxError(f"“{token}” stands where “{expected}” is expected{where}.")

    def _parse(self, source: str) -> ast.Call:
        # Everything beyond ASCII is in strings or names by now, or a mistake; either way offsets stay characters.
        plain = "".join(char if char.isascii() else "_" if char.isalnum() else "?" for char in source)
        try:
            node = ast.parse(plain.rstrip(), mode="eval").body
        except SyntaxError as error:
            raise CallSyntaxError(self._syntax_fault(error)) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise CallSyntaxError("The call cannot be read: it holds what no call can hold.") from error
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return node
        raise CallSyntaxError(self._tail_fault(plain))

    def _syntax_fault(self, error: SyntaxError) -> str:
        at = max((error.offset or 1) - 1, 0)
        fault = f"The call cannot be read at {excerpt(self._body[at:])}{place(self._body, at)}"
        before, rest = self._body[:at].rstrip(), self._body[at:].lstrip()
        if before.endswith(("=", ":")) and rest[:1] in {")", ",", "]", "}"}:
            return f"{fault}: a value is missing."
        if "comma" in error.msg:
            return f"{fault}: a comma may be missing."
        if "positional argument follows" in error.msg:
            return f"{fault}: an argument without a name stands after one with a name."
        return f"{fault}."

    def _tail_fault(self, source: str) -> str:
        depth = 0
        for at, char in enumerate(source):
            depth += (char in "([{") - (char in ")]}")
            if char == ")" and depth == 0:
                return (
                    f"The call cannot be read at {excerpt(self._body[at + 1 :])}{place(self._body, at + 1)}."
                )
        return _no_call(self._body)

    # Values.

    def _keyword(self, keyword: ast.keyword) -> dict[str, Value]:
        if keyword.arg is not None:
            name = self._names.get(keyword.col_offset, keyword.arg)
            return {name: self._value(keyword.value)}
        value = self._value(keyword.value)
        if not isinstance(value.value, dict) or value.fault:
            raise CallSyntaxError(f"The arguments {excerpt('**' + value.written)} are no dictionary.")
        return {name: Value(item, str(item)) for name, item in value.value.items()}

    def _value(self, node: ast.expr) -> Value:
        written = self._written(node)
        if isinstance(node, ast.Constant) and node.col_offset in self._zeros:
            return Value(written, written)
        try:
            return Value(self._plain(node), written)
        except CallSyntaxError as error:
            is_bare = isinstance(node, ast.Name | ast.Attribute | ast.BinOp | ast.UnaryOp)
            return Value(written, written, str(error), is_bare)

    def _written(self, node: ast.expr) -> str:
        return self._body[node.col_offset : node.end_col_offset]

    def _plain(self, node: ast.expr) -> Any:
        """The value of a literal as JSON knows it: tuples and sets are lists."""
        match node:
            case ast.Constant(value=str()):
                return self._text(node)
            case ast.Constant(value=bool() | int() | None):
                return node.value
            case ast.Constant(value=float() as number) if math.isfinite(number):
                return number
            case ast.Name() if self._written(node).lower() in _WORDS:
                return _WORDS[node.id.lower()]
            case ast.List() | ast.Tuple() | ast.Set():
                return [self._plain(item) for item in node.elts]
            case ast.Dict():
                return self._dictionary(node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=int() | float())):
                number = self._plain(node.operand)
                return -number if isinstance(node.op, ast.USub) else number
            case ast.BinOp(op=ast.Add()):
                left, right = self._plain(node.left), self._plain(node.right)
                if isinstance(left, str) and isinstance(right, str):
                    return left + right
        raise CallSyntaxError(
            f"{excerpt(self._written(node))} is neither a text in quotes nor another value"
            f"{place(self._body, node.col_offset)}."
        )

    def _text(self, node: ast.Constant) -> str:
        """The decoded text of a string; strings side by side are one."""
        offsets = list(self._strings)
        first = bisect_left(offsets, node.col_offset)
        after = bisect_left(offsets, node.end_col_offset or 0)
        return "".join(self._strings[at] for at in offsets[first:after])

    def _dictionary(self, node: ast.Dict) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            if key is None:
                raise CallSyntaxError(f"{excerpt(self._written(node))} holds more than names and values.")
            name = self._plain(key)
            found[name if isinstance(name, str) else self._written(key)] = self._plain(item)
        return found
