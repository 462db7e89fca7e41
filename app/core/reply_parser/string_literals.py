"""Decodes the escapes in quoted strings as models write them."""

from __future__ import annotations

import re

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


def decode_string(content: str) -> str:
    """What stands between the quotes, with its escapes decoded. Unknown escapes stay as they are."""
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
