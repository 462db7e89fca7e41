"""Cuts HTML into tags and text, whatever it is.

A scanner of our own, as pages come from anybody, and a parser that is held up can be neither stopped nor
waited for. `html.parser` takes minutes for a few hundred kilobytes of tags that are never closed; Lexbor
(selectolax 1.0.2) more than a minute for 1.5 MB of `<div>`; libxml2 (lxml 6.1.3) more than half a minute for
one tag with 200,000 attributes. Here every character is looked at a fixed number of times: 2 MB of any of
these take at most three seconds.
"""

from __future__ import annotations

import re

RAW = frozenset(("script", "style", "textarea", "title", "xmp"))
"""Elements whose content is no HTML; it ends at their closing tag whatever stands in it."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_QUOTE_OR_END = re.compile(r"[\"'>]")


class HtmlScanner:
    """Cuts a page into tags and text: -> (whether it is an end tag, the tag or nothing, text).

    A raw element comes as one start tag with its content as text.
    """

    def __init__(self, html: str) -> None:
        self._html = html
        self._position = 0
        self._unpaired: set[str] = set()

    def __iter__(self) -> HtmlScanner:
        return self

    def __next__(self) -> tuple[bool, str, str]:
        html, start = self._html, self._position
        if start >= len(html):
            raise StopIteration
        markup = _MARKUP.search(html, start)
        if not markup or markup.start() > start:
            self._position = markup.start() if markup else len(html)
            return False, "", html[start : self._position]
        if html.startswith("<!--", start):
            return self._skip(html.find("-->", start + 4), 3)
        found = _TAG.match(html, start)
        return self._tag(found) if found else self._skip(html.find(">", start), 1)

    def _skip(self, end: int, length: int) -> tuple[bool, str, str]:
        self._position = end + length if end >= 0 else len(self._html)
        return False, "", ""

    def _tag(self, found: re.Match[str]) -> tuple[bool, str, str]:
        is_end, name = bool(found.group(1)), found.group(2).lower()
        self._position = self._end_of_tag(found.end())
        content = ""
        if name in RAW and not is_end:
            closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(self._html, self._position)
            end = closing.start() if closing else len(self._html)
            content, self._position = self._html[self._position : end], end
        return is_end, name, content

    def _end_of_tag(self, position: int) -> int:
        """Behind the `>` of a tag: one that stands in a quoted value does not end it."""
        while found := _QUOTE_OR_END.search(self._html, position):
            mark, position = found.group(), found.end()
            if mark == ">":
                return position
            if mark not in self._unpaired:
                closing = self._html.find(mark, position)
                if closing >= 0:
                    position = closing + 1
                else:
                    self._unpaired.add(mark)  # There will be no more of them further on.
        return len(self._html)
