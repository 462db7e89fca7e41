"""Tell a marker that an answer talks about from one that is meant.

The model writes "<think>" first.          talks about it: it stands in quotation marks
It begins with <think> and then answers.   talks about it: the sentence goes on around it
Well. <think>hm</think> Hi                 means it
"""

from __future__ import annotations

import re

from app.core.reply_parser.markers import WAIT, NeedMoreText

LINE_END_KEPT = 12
"""So many characters of a line before a marker are looked at."""
_WIDEST_SPACE = 20

_OPEN_QUOTE = re.compile(r"(?:^|[\s(（\[{|:—–/,;+])[\"'*_~(\[{]+$|[“‘«„‚「『《〈（【]$")
_MIDDLE_OF_SENTENCE = re.compile(r"(?:[^\s.!?…。！？*_~]|^[ \t]*(?:[-*+•]|\d+[.)]))[*_~]*[ \t]+$")
_SPACELESS = re.compile(r"[々-〇぀-ヿ㐀-鿿가-힯]")
"""Letters of scripts that put no space between a word and a marker."""
_SIGN_BEHIND = re.compile(r"[,;:.!?)\]}|\"'”’»」』》）】/*_~-]")
_SENTENCE_GOES_ON = re.compile(r"[,;:.!?)|=/+–—→\d-]")


def end_of_line(before: str, words: str) -> str:
    """The end of a line with words added to it, all of it where it is short."""
    line = before + words
    return line if len(line) <= LINE_END_KEPT else "…" + line[-LINE_END_KEPT:]


def is_mentioned(before: str, text: str, end: int, *, is_final: bool, opens: bool) -> bool | NeedMoreText:
    """Whether the marker that ends at `end` of the text is talked about.

    Args:
        before: the end of the line in front of the marker.
        opens: whether the marker opens a thought. Those stand between sentences, so one in the middle of a
            sentence is talked about; others may follow a sentence that was broken off.
    """
    if _OPEN_QUOTE.search(before):
        return True
    if opens and _SPACELESS.match(before[-1:]):
        return (
            WAIT if end == len(text) and not is_final else _SPACELESS.match(text[end : end + 1]) is not None
        )
    if not _MIDDLE_OF_SENTENCE.search(before):
        return False
    position = end
    limit = min(len(text), end + _WIDEST_SPACE)
    while position < limit and text[position] in " \t":
        position += 1
    if position == len(text):
        return opens if is_final else WAIT
    following = text[position]
    if position == end:
        return bool(_SIGN_BEHIND.match(following))
    goes_on = following.islower() or bool(_SENTENCE_GOES_ON.match(following))
    return goes_on or (opens and following.isalpha())
