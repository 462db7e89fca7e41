"""A passage of the chat that a message is about: Markdown's quote at the message's beginning."""

from __future__ import annotations


def with_quote(quote: str, words: str) -> str:
    """A message about a passage."""
    if not quote.strip():
        return words
    quoted = "\n".join(f"> {line}".rstrip() for line in quote.strip("\n").split("\n"))
    return f"{quoted}\n\n{words}" if words else quoted


def parted(text: str) -> tuple[str, str]:
    """The quote that a message begins with, without its marks, and the rest; nothing where there is none."""
    lines = text.split("\n")
    count = next((number for number, line in enumerate(lines) if line[:1] != ">"), len(lines))
    if not count:
        return "", text
    quoted = (line[1:].removeprefix(" ") for line in lines[:count])
    rest = lines[count:]
    return "\n".join(quoted).strip("\n"), "\n".join(rest[1:] if rest and not rest[0].strip() else rest)
