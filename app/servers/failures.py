"""What went wrong with a server, in plain words."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

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
from app.core.translation import sentences, tr
from app.net.causes import causes_of
from app.net.retry_after import wait_seconds
from app.servers.event_stream import EventTooLongError
from app.servers.server import Server

LONGEST_QUOTE = 240
"""Characters of a server's own words that are shown."""
_TRY_LATER = tr("Try again in a moment.")
_CHECK = tr("Check that it is switched on and running, and that its address in Settings is right.")
_GO_LOCAL = tr("Start a new chat, shorten the message, or choose a model with a longer context.")
_GO_ON = tr("What came is kept. Choose “Continue” to have the rest written.")
_ENTER_KEY = tr("Enter its key in Settings, under Servers.")
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|exceeds?.{0,30}context|too many tokens|input is too long",
    re.IGNORECASE | re.DOTALL,
)
_LENGTHS = (
    re.compile(r"context (?:length|size|window)[^\d]{0,40}?(\d{2,9})", re.IGNORECASE),
    re.compile(r"context[^\d]{0,40}\((\d{2,9})", re.IGNORECASE),
)


def as_server_error(error: Exception, server: Server, *, has_started: bool = True) -> UserError | None:
    """An exception of the network as a sentence; None for mistakes of ours.

    Args:
        has_started: whether the head of an answer has come.
    """
    import httpx2  # Takes a while, and the window need not wait for it.

    from app.net.client import AnswerTooLongError

    if isinstance(error, UserError):
        return error
    if isinstance(error, AnswerTooLongError | EventTooLongError):
        return too_long(server)
    if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL | httpx2.StreamError | OSError):
        return _of_connection(error, server, has_started)
    return None


def too_long(server: Server) -> ServerError:
    return ServerError(
        tr("{name} sends more than any answer could hold, so Tarn has hung up.", name=server.name),
        tr("Check what is at its address in Settings."),
    )


def broken(server: Server) -> StreamBrokenError:
    """A stream has ended before the answer did."""
    return StreamBrokenError(
        tr("The connection to {name} broke before the answer was whole.", name=server.name),
        _GO_ON,
    )


def ended_at_once(server: Server) -> ServerError:
    """A stream has ended before its first word, and the server did not say why."""
    return ServerError(
        tr("{name} ended the answer before its first word.", name=server.name),
        tr("Its log says why. The chat may be too long for its model."),
    )


def unreadable(server: Server) -> ServerError:
    return ServerError(
        tr("{name} sent an answer that Tarn cannot read.", name=server.name),
        tr("Check that its address in Settings is that of an OpenAI-compatible server."),
    )


def silent(server: Server) -> ServerError:
    return ServerError(tr("{name} stopped answering.", name=server.name), _CHECK)


def of_status(
    status: int, headers: Mapping[str, str], body: bytes, server: Server, model_id: str = ""
) -> ServerError:
    """An answer that is none.

    Args:
        model_id: the model that was asked; empty where the server itself was.
    """
    if 300 <= status < 400:
        return _redirected(headers.get("Location", ""), server)
    if is_page(headers, body) and status not in (401, 403, 413, 429):
        return page_instead(server)
    said = quoted_error(body)
    if status == 401:
        if server.has_key:
            return ServerKeyError(tr("{name} does not accept the key.", name=server.name), _ENTER_KEY)
        return ServerKeyError(tr("{name} wants a key.", name=server.name), _ENTER_KEY)
    if status == 403:
        return ServerKeyError(
            _with_words(tr("{name} does not allow this.", name=server.name), said),
            tr("Check the rights of the key that you entered."),
        )
    if status == 404:
        return _not_there(server, model_id)
    if status == 413:
        return ServerError(
            tr("The message is larger than {name} accepts.", name=server.name),
            tr("Shorten it, or send fewer or smaller pictures."),
        )
    if status == 429:
        seconds = wait_seconds(headers.get("Retry-After", ""))
        wait = tr("It asks to wait {time}.", time=formatting.waiting_time(seconds)) if seconds else _TRY_LATER
        return BusyServerError(tr("{name} has too much to do.", name=server.name), wait, seconds)
    if status in (400, 422, 500) and _is_too_long(body, said):
        return _context_too_small(body, said, server)
    if status in (408, 504):
        sentence = tr("{name} took too long, and gave up.", name=server.name)
        return BusyServerError(_with_words(sentence, said), _TRY_LATER)
    if status == 503:
        seconds = wait_seconds(headers.get("Retry-After", ""))
        if "load" in said.casefold():
            sentence = tr("{name} is still loading the model.", name=server.name)
        else:
            sentence = _with_words(tr("{name} is not ready.", name=server.name), said)
        return BusyServerError(sentence, _TRY_LATER, seconds)
    if status >= 500:
        sentence = tr("{name} failed (error {status}).", name=server.name, status=status)
        return ServerError(_with_words(sentence, said), tr("Look at the server's log."))
    sentence = tr("{name} refused the request (error {status}).", name=server.name, status=status)
    return ServerError(_with_words(sentence, said), tr("Change what it objects to, or choose another model."))


def of_event(error: object, server: Server, model_id: str) -> ServerError:
    """A fault that a server tells of in the middle of a stream."""
    status = error.get("code") if isinstance(error, Mapping) else None
    said = _quoted(_words_in({"error": error}))
    if isinstance(status, int) and 400 <= status < 600:
        body = f'{{"error": {{"message": {json.dumps(said)}}}}}'.encode()
        return of_status(status, {}, body, server, model_id)
    sentence = tr("{name} failed while it answered.", name=server.name)
    return ServerError(_with_words(sentence, said), _GO_ON)


def quoted_error(body: bytes) -> str:
    """A server's own words about a fault, on one line and bounded; empty where it has none."""
    try:
        return _quoted(_words_in(parse_json(body)))
    except ParseError:
        return ""


def page_instead(server: Server) -> ServerError:
    return ServerError(
        tr("A web page answered at the address of {name}, and no model.", name=server.name),
        tr(
            "The network may want you to sign in first, or the address leads elsewhere. Check the address in "
            "Settings."
        ),
    )


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer, of which the beginning is enough, is a web page."""
    is_html = "html" in headers.get("Content-Type", "").casefold()
    return is_html or body.lstrip()[:9].lower() in (b"<!doctype", b"<html>")


def _redirected(location: str, server: Server) -> ServerError:
    try:
        host = urlsplit(location).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    there = _quoted(host) or tr("another address")
    return ServerError(
        tr("{name} redirects to {place}. Nothing was sent there.", name=server.name, place=there),
        tr("If that is right, enter that address in Settings, under Servers."),
    )


def _not_there(server: Server, model_id: str) -> ServerError:
    if model_id:
        return ServerError(
            tr("{name} does not have {model} any more.", name=server.name, model=model_id),
            tr("It may have been unloaded or renamed. Choose another model, or load it there again."),
        )
    return ServerError(
        tr("What answers at the address of {name} has no list of models.", name=server.name),
        tr("Check the address in Settings: it should be that of an OpenAI-compatible server."),
    )


def _is_too_long(body: bytes, said: str) -> bool:
    return (
        b"exceed_context_size" in body or b"context_length_exceeded" in body or bool(_TOO_LONG.search(said))
    )


def _context_too_small(body: bytes, said: str, server: Server) -> ServerContextError:
    length = _length_in(body, said)
    sentence = tr("The chat is too long for the model on {name}.", name=server.name)
    holds = tr("It holds {tokens}.", tokens=formatting.tokens(length)) if length else ""
    return ServerContextError(sentences(sentence, holds), _GO_LOCAL, length)


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


def _of_connection(error: Exception, server: Server, has_started: bool) -> ServerError:
    import httpx2

    causes = list(causes_of(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return ServerError(
            tr("No computer named {host} can be found.", host=urlsplit(server.address).hostname),
            tr("Check the address in Settings, and whether this computer is in the same network."),
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return ServerError(
            tr("The certificate of {name} could not be verified, so nothing was sent.", name=server.name),
            tr("If the server has a certificate authority of its own, choose its file in Settings."),
        )
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        return ServerError(tr("{name} cannot be reached: it may be off or asleep.", name=server.name), _CHECK)
    if isinstance(error, httpx2.TimeoutException):
        return silent(server)
    if not has_started:
        return ServerError(tr("{name} hung up without an answer.", name=server.name), _CHECK)
    return broken(server)


def _with_words(sentence: str, said: str) -> str:
    """A sentence, and what the server itself said."""
    return sentences(sentence, tr("It says: {words}", words=said) if said else "")


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
