"""A stand-in for a piece of Python that a model wrote, which `ast` can read without tripping.

It has the same length, so that places in it are places in the original, and differs in this:
- what stands inside strings is blanked, so that escapes and line ends in them do no harm;
- names of arguments are blanked, so that Python's own words (`from`, `class`) and hyphens may be used;
- numbers that begin with zeros, such as postcodes, are strings;
- comments and line ends are spaces; what is not ASCII, or no character to be seen, is replaced.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left

from app.core.reply_parser.call_fault import CallSyntaxError, excerpt, place

DEEPEST = 60
"""Brackets within brackets beyond this are refused rather than read."""

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
_FOREIGN = re.compile(r"[^ -~]")
_PREFIXES = "rRbBuUfF"
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_LINE_ENDS = str.maketrans("\r\n\t\f\v", "     ")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|\r\n|.)", re.DOTALL)
_SIMPLE = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "a": "\a",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "\n": "",  # A backslash at the end of a line joins it to the next one.
    "\r\n": "",
}
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class MaskedCall:
    """The stand-in for `body`, whose first `name_length` characters name the tool.

    Raises:
        CallSyntaxError: quotes or brackets do not match.
    """

    def __init__(self, body: str, name_length: int = 0) -> None:
        self.body = body
        self._strings: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._zeros: set[int] = set()
        self._brackets: list[str] = []
        self.source = self._make(name_length)
        self._string_places = list(self._strings)

    def written(self, node: ast.expr) -> str:
        """The model's own spelling of a node."""
        return self.body[node.col_offset : node.end_col_offset]

    def text(self, node: ast.Constant) -> str:
        """The decoded text of a string; strings side by side are one."""
        first = bisect_left(self._string_places, node.col_offset)
        after = bisect_left(self._string_places, node.end_col_offset or 0)
        return "".join(self._strings[at] for at in self._string_places[first:after])

    def name(self, keyword: ast.keyword) -> str:
        """The name of an argument."""
        return self._names.get(keyword.col_offset, keyword.arg or "")

    def is_zeros(self, node: ast.expr) -> bool:
        """Whether a number that begins with zeros stands there."""
        return node.col_offset in self._zeros

    def _make(self, position: int) -> str:
        pieces = ["_" * position]
        while found := _TOKEN.search(self.body, position):
            pieces += self.body[position : found.start()], self._replace(found)
            position = found.start() + len(pieces[-1])
        if self._brackets:
            raise CallSyntaxError(
                f"The call breaks off{place(self.body, len(self.body))}: "
                f"the bracket “{self._brackets[-1]}” is not closed."
            )
        source = "".join((*pieces, self.body[position:])).translate(_LINE_ENDS)
        return "".join(map(_plain, source)) if _FOREIGN.search(source) else source

    def _replace(self, found: re.Match[str]) -> str:
        """The mask of one token, of the same length; for the beginning of a string, of all of it."""
        token, at = found.group(), found.start()
        match found.lastgroup:
            case "string":
                return self._replace_string(token, at)
            case "open":
                self._open(token)
                return token
            case "close":
                self._close(token, at)
                return token
            case "zeros":
                self._zeros.add(at)
                self._strings[at] = token
                return f'"{"x" * (len(token) - 2)}"'
            case "name":
                self._names[at] = token
                return "_" * len(token)
        return " " * len(token)

    def _replace_string(self, token: str, at: int) -> str:
        quote = token.lstrip(_PREFIXES)
        prefix = token.removesuffix(quote)
        begin = at + len(token)
        found = _STRING_END[quote].match(self.body, begin)
        if not found:
            raise CallSyntaxError(
                f"The text {excerpt(self.body[begin:])} has no closing quote{place(self.body, at)}."
            )
        content = self.body[begin : found.end() - len(quote)]
        self._strings[at + len(prefix)] = content if "r" in prefix.lower() else decode_string(content)
        return " " * len(prefix) + quote + "x" * len(content) + quote

    def _open(self, token: str) -> None:
        self._brackets.append(token)
        if len(self._brackets) > DEEPEST:
            raise CallSyntaxError(f"More than {DEEPEST} brackets stand within each other.")

    def _close(self, token: str, at: int) -> None:
        if not self._brackets:
            raise CallSyntaxError(f"“{token}” closes a bracket that was never opened{place(self.body, at)}.")
        expected = _CLOSING[self._brackets.pop()]
        if token != expected:
            raise CallSyntaxError(f"“{token}” stands where “{expected}” is expected{place(self.body, at)}.")


def _plain(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    return "_" if char.isalnum() else "?"


def decode_string(content: str) -> str:
    """Decode the escapes in a quoted string. Unknown escapes stay as they are."""
    if "\\" not in content:
        return without_lone_surrogates(content)
    return without_lone_surrogates(_ESCAPE.sub(_decode, content))


def without_lone_surrogates(text: str) -> str:
    r"""Joins pairs such as `\ud83d\ude80` to one character; halves, which no file can hold, become U+FFFD."""
    joined = _SURROGATE_PAIR.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
    return _LONE_SURROGATE.sub("\ufffd", joined)


def _decode(found: re.Match[str]) -> str:
    code = found[0][1:]
    if len(code) > 2 and code[0] in "xuU":
        number = int(code[1:], 16)
        return chr(number) if number <= 0x10FFFF else found[0]
    if code[0] in "01234567":
        return chr(int(code, 8))
    return _SIMPLE.get(code, found[0])
