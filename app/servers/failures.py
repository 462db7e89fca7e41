"""What went wrong with a server, in plain words."""

from __future__ import annotations

import email.utils
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from app.core import formatting
from app.core.errors import (
    BusyServerError,
    ServerContextError,
    ServerError,
    ServerKeyError,
    StreamBrokenError,
    UserError,
)
from app.core.parsing import ParseError, parse_json
from app.net.client import AnswerTooLongError
from app.servers.event_stream import EventTooLongError
from app.servers.server import Server

LONGEST_QUOTE = 240
"""Characters of a server's own words that are shown."""
_TRY_LATER = "Try again in a moment."
_CHECK = "Check that it is switched on and running, and that its address in Settings is right."
_GO_LOCAL = "Start a new chat, shorten the message, or choose a model with a longer context."
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|exceeds?.{0,30}context|too many tokens|input is too long",
    re.IGNORECASE | re.DOTALL,
)
_LENGTHS = (
    re.compile(r"context (?:length|size|window)[^\d]{0,40}?(\d{2,9})", re.IGNORECASE),
    re.compile(r"context[^\d]{0,40}\((\d{2,9})", re.IGNORECASE),
)


def as_server_error(error: Exception, server: Server, *, has_begun: bool = True) -> UserError | None:
    """An exception of the network as a sentence; None for mistakes of ours.

    Args:
        has_begun: whether the head of an answer has come.
    """
    if isinstance(error, UserError):
        return error
    if isinstance(error, AnswerTooLongError | EventTooLongError):
        return too_long(server)
    if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL | httpx2.StreamError | OSError):
        return _of_connection(error, server, has_begun)
    return None


def too_long(server: Server) -> ServerError:
    return ServerError(
        f"{server.name} sends more than any answer could hold, so Tarn has hung up.",
        "Check what is at its address in Settings.",
    )


def broken(server: Server) -> StreamBrokenError:
    """A stream has ended before the answer did."""
    return StreamBrokenError(
        f"The connection to {server.name} broke before the answer was whole.",
        "What came is kept. Choose “Continue” to have the rest written.",
    )


def ended_at_once(server: Server) -> ServerError:
    """A stream has ended before its first word, and the server did not say why."""
    return ServerError(
        f"{server.name} ended the answer before its first word.",
        "Its log says why. The chat may be too long for its model.",
    )


def unreadable(server: Server) -> ServerError:
    return ServerError(
        f"{server.name} sent an answer that Tarn cannot read.",
        "Check that its address in Settings is that of an OpenAI-compatible server.",
    )


def silent(server: Server) -> ServerError:
    return ServerError(f"{server.name} stopped answering.", _CHECK)


def of_status(
    status: int, headers: Mapping[str, str], body: bytes, server: Server, model_id: str = ""
) -> ServerError:
    """An answer that is none.

    Args:
        model_id: the model that was asked; empty where the server itself was.
    """
    if 300 <= status < 400:
        return _redirected(headers.get("Location", ""), server)
    if _is_page(headers, body) and status not in (401, 403, 413, 429):
        return page_instead(server)
    said = quoted_error(body)
    because = f" It says: {said}" if said else ""
    if status == 401:
        sentence = "does not accept the key." if server.has_key else "wants a key."
        return ServerKeyError(f"{server.name} {sentence}", "Enter its key in Settings, under Servers.")
    if status == 403:
        return ServerKeyError(
            f"{server.name} does not allow this.{because}", "Check the rights of the key that you entered."
        )
    if status == 404:
        return _not_there(server, model_id)
    if status == 413:
        return ServerError(
            f"The message is larger than {server.name} accepts.",
            "Shorten it, or send fewer or smaller pictures.",
        )
    if status == 429:
        seconds = wait_seconds(headers.get("Retry-After", ""))
        wait = f"It asks to wait {formatting.waiting_time(seconds)}." if seconds else _TRY_LATER
        return BusyServerError(f"{server.name} has too much to do.", wait, seconds)
    if status in (400, 422, 500) and _is_too_long(body, said):
        return _context_too_small(body, said, server)
    if status in (408, 504):
        return BusyServerError(f"{server.name} took too long, and gave up.{because}", _TRY_LATER)
    if status == 503:
        seconds = wait_seconds(headers.get("Retry-After", ""))
        what = "is still loading the model." if "load" in said.casefold() else f"is not ready.{because}"
        return BusyServerError(f"{server.name} {what}", _TRY_LATER, seconds)
    if status >= 500:
        return ServerError(f"{server.name} failed (error {status}).{because}", "Look at the server's log.")
    return ServerError(
        f"{server.name} refused the request (error {status}).{because}",
        "Change what it objects to, or choose another model.",
    )


def of_event(error: object, server: Server, model_id: str) -> ServerError:
    """A fault that a server tells of in the middle of a stream."""
    status = error.get("code") if isinstance(error, Mapping) else None
    said = _quoted(_words_in({"error": error}))
    if isinstance(status, int) and 400 <= status < 600:
        body = f'{{"error": {{"message": {json.dumps(said)}}}}}'.encode()
        return of_status(status, {}, body, server, model_id)
    return ServerError(
        f"{server.name} failed while it answered.{' It says: ' + said if said else ''}",
        "What came is kept. Choose “Continue” to have the rest written.",
    )


def quoted_error(body: bytes) -> str:
    """A server's own words about a fault, on one line and bounded; empty where it has none."""
    try:
        return _quoted(_words_in(parse_json(body)))
    except ParseError:
        return ""


def wait_seconds(text: str) -> float:
    """What Retry-After says: seconds or a date; 0 where it says nothing that can be read."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time()) if text else 0.0
    except (ValueError, TypeError, OverflowError, OSError):
        return 0.0


def page_instead(server: Server) -> ServerError:
    return ServerError(
        f"A web page answered at the address of {server.name}, and no model.",
        "The network may want you to sign in first, or the address leads elsewhere. "
        "Check the address in Settings.",
    )


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    is_html = "html" in headers.get("Content-Type", "").casefold()
    return is_html or body.lstrip()[:9].lower() in (b"<!doctype", b"<html>")


def _redirected(location: str, server: Server) -> ServerError:
    try:
        host = urlsplit(location).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    there = _quoted(host) or "another address"
    return ServerError(
        f"{server.name} redirects to {there}. Nothing was sent there.",
        "If that is right, enter that address in Settings, under Servers.",
    )


def _not_there(server: Server, model_id: str) -> ServerError:
    if model_id:
        return ServerError(
            f"{server.name} does not have {model_id} any more.",
            "It may have been unloaded or renamed. Choose another model, or load it there again.",
        )
    return ServerError(
        f"What answers at the address of {server.name} has no list of models.",
        "Check the address in Settings: it should be that of an OpenAI-compatible server.",
    )


def _is_too_long(body: bytes, said: str) -> bool:
    return (
        b"exceed_context_size" in body or b"context_length_exceeded" in body or bool(_TOO_LONG.search(said))
    )


def _context_too_small(body: bytes, said: str, server: Server) -> ServerContextError:
    length = _length_in(body, said)
    holds = f" It holds {formatting.tokens(length)}." if length else ""
    return ServerContextError(
        f"The chat is too long for the model on {server.name}.{holds}", _GO_LOCAL, length
    )


def _length_in(body: bytes, said: str) -> int:
    try:
        error = parse_json(body).get("error", {})
        if isinstance(error, dict) and isinstance(error.get("n_ctx"), int):
            return max(0, int(error["n_ctx"]))
    except (ParseError, AttributeError):
        pass
    for pattern in _LENGTHS:
        if found := pattern.search(said):
            return int(found[1])
    return 0


def _of_connection(error: Exception, server: Server, has_begun: bool) -> ServerError:
    causes = list(_chain(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return ServerError(
            f"No computer named {urlsplit(server.address).hostname} can be found.",
            "Check the address in Settings, and whether this computer is in the same network.",
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return ServerError(
            f"The certificate of {server.name} could not be verified, so nothing was sent.",
            "If the server has a certificate authority of its own, choose its file in Settings.",
        )
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        return ServerError(f"{server.name} cannot be reached: it may be off or asleep.", _CHECK)
    if isinstance(error, httpx2.TimeoutException):
        return silent(server)
    if not has_begun:
        return ServerError(f"{server.name} hung up without an answer.", _CHECK)
    return broken(server)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words_in(value: Any) -> str:
    """The sentence in an error's JSON, in the forms that servers give it."""
    for _depth in range(4):
        if isinstance(value, str):
            return value
        if not isinstance(value, Mapping):
            return ""
        value = next((value[name] for name in ("error", "message", "detail", "msg") if value.get(name)), "")
    return ""


def _quoted(text: str) -> str:
    words = "".join(letter if letter.isprintable() else " " for letter in text)
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rstrip()}…"
