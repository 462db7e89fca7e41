"""Messages of mail become Markdown: who wrote to whom, and what."""

from __future__ import annotations

from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from app.core import formatting
from app.core.document import Document, DocumentPage
from app.core.translation import listed, tr
from app.documents.decoded_text import decoded
from app.documents.formats import EML
from app.documents.html import markdown_of

_HEADS = ("From", "To", "Cc", "Date", "Subject")
MOST_PARTS = 1_000
LONGEST_HEAD = 2_000
"""Letters; the parser of heads takes far too much time and memory for long ones."""
LONGEST_NAME = 100


def read(data: bytes, name: str) -> Document:
    """A message with its heads; what is attached to it is named only."""
    message = message_from_bytes(data)
    heads = [
        f"**{head}:** {formatting.one_line(value)}" for head in _HEADS if (value := _head(message, head))
    ]
    text, names = "", []
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            break
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            if file_name := part.get_filename():
                names.append(formatting.one_line(_decoded_head(file_name))[:LONGEST_NAME])
        elif kind == "text/html":
            text = text or markdown_of(_words(part))[1]
        elif not text or kind == "text/plain":
            text = f"{text}\n\n{_words(part)}".strip() if text and kind == "text/plain" else _words(part)
    remarks = (
        (tr("The files attached to the message were not read: {join}.", join=listed(names[:10])),)
        if names
        else ()
    )
    words = "\n\n".join(filter(None, ["  \n".join(heads), text.strip()]))
    return Document(name, EML, (DocumentPage(None, "", words),), remarks)


def _head(message: Message, name: str) -> str:
    value = message.get(name)
    return _decoded_head(str(value)) if value is not None else ""


def _decoded_head(text: str) -> str:
    text = text[:LONGEST_HEAD]
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):
        return text


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or ""
    try:
        return payload.decode(charset or "utf-8").replace("\r\n", "\n")
    except (LookupError, ValueError):
        found = decoded(payload)
        return found[0] if found else ""
