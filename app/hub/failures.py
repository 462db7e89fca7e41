"""What went wrong on the network, in plain words."""

from __future__ import annotations

import json
import logging
import socket
import ssl

import httpx2
from huggingface_hub import errors as library

from app.core import formatting
from app.core.errors import (
    BusyHubError,
    GatedError,
    HubError,
    NetworkError,
    NotOnHubError,
    TokenError,
)
from app.core.translation import tr
from app.net.causes import causes_of
from app.net.client import AnswerTooLongError
from app.net.retry_after import wait_seconds

log = logging.getLogger(__name__)

_TRY_LATER = tr("Try again in a few minutes.")
_CHECK_NETWORK = tr("Check your network connection, then try again.")


def not_the_hub() -> NetworkError:
    """What is wrong where somebody else answers, as in networks that show a page of their own first."""
    return NetworkError(
        tr("Something other than Hugging Face answered."),
        tr("This network may want you to sign in first. Open a web page in a browser, then try again."),
    )


def unreadable() -> NetworkError:
    """What is wrong where the hub answers, but not in any form that is known."""
    return NetworkError(
        tr("Hugging Face sent an answer that Tarn cannot read."),
        tr("Try again in a few minutes. If it stays so, look for a newer version of Tarn."),
    )


def as_hub_error(error: Exception, subject: str, page: str = "") -> HubError | None:
    """An exception of the network or of huggingface_hub as a sentence; None for mistakes of ours.

    Args:
        subject: what was asked for: a repository's name, or a few words.
        page: the repository's page, for whoever must accept its terms.
    """
    if isinstance(error, HubError):
        return error
    if isinstance(error, library.HFValidationError):
        return NotOnHubError(
            tr("{subject} is not a name that a repository can have.", subject=subject),
            tr("It has the form owner/name."),
        )
    if isinstance(error, library.HfHubHTTPError):
        return _of_answer(error, subject, page)
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return not_the_hub()
    if isinstance(error, AnswerTooLongError | RecursionError | ValueError | OverflowError):
        log.info("An answer of the hub cannot be read", exc_info=error)
        return unreadable()
    if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL | OSError):
        return _of_connection(error)
    return None


def _of_answer(error: library.HfHubHTTPError, subject: str, page: str) -> HubError:
    status = error.response.status_code
    if isinstance(error, library.GatedRepoError):
        return _gated(status, subject, page)
    if isinstance(error, library.RevisionNotFoundError):
        return NotOnHubError(
            tr("{subject} no longer has the version that was asked for.", subject=subject),
            tr("Look at the repository again."),
        )
    if isinstance(error, library.EntryNotFoundError):
        return NotOnHubError(
            tr("This file is no longer in {subject}.", subject=subject), tr("Look at the repository again.")
        )
    if isinstance(error, library.RepositoryNotFoundError):
        return NotOnHubError(
            tr("There is no {subject} on Hugging Face, or it is private.", subject=subject),
            tr("Check the name. A private repository needs a token, which you can enter in Settings."),
        )
    return _of_status(status, error.response, subject)


def _of_status(status: int, response: httpx2.Response, subject: str) -> HubError:
    if status == 401:
        return TokenError(
            tr("Hugging Face does not accept the token."),
            tr("It may have expired. Enter a new one in Settings, or remove it."),
        )
    if status == 403:
        return TokenError(
            tr("Hugging Face does not give you access to {subject}.", subject=subject),
            tr("Your token may lack the permission to read it. Check its permissions on Hugging Face."),
        )
    if status == 404:
        return NotOnHubError(
            tr("{subject} was not found on Hugging Face.", subject=subject),
            tr("Check the name, or search for it again."),
        )
    if status == 429:
        seconds = wait_seconds(response.headers.get("Retry-After", ""))
        wait = (
            tr("It asks to wait {waiting_time}.", waiting_time=formatting.waiting_time(seconds))
            if seconds
            else _TRY_LATER
        )
        return BusyHubError(tr("Hugging Face has had too many requests from your address."), wait, seconds)
    if status >= 500 or status == 408:
        return BusyHubError(
            tr("Hugging Face is having problems (error {status}).", status=status),
            _TRY_LATER,
            wait_seconds(response.headers.get("Retry-After", "")),
        )
    return HubError(
        tr("Hugging Face answered with something unexpected (code {status}).", status=status), _TRY_LATER
    )


def _gated(status: int, subject: str, page: str) -> GatedError:
    if status == 401:
        return GatedError(
            tr(
                "{subject} is only for people who have accepted its terms, and you are not signed in.",
                subject=subject,
            ),
            tr("Sign in and accept the terms at {page}, then enter your token in Settings.", page=page),
            page,
        )
    return GatedError(
        tr(
            "The terms of {subject} have not been accepted with your account, or access is still pending.",
            subject=subject,
        ),
        tr("Accept them at {page}, then try again.", page=page),
        page,
    )


def _of_connection(error: Exception) -> HubError:
    causes = list(causes_of(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NetworkError(
            tr("Hugging Face cannot be reached: there seems to be no network."), _CHECK_NETWORK
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return NetworkError(
            tr("The secure connection to Hugging Face failed: its certificate could not be verified."),
            tr("Check the clock of this computer, and whether a security program or a proxy listens in."),
        )
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        return NetworkError(tr("Hugging Face cannot be reached."), _CHECK_NETWORK)
    if isinstance(error, httpx2.TimeoutException):
        return NetworkError(tr("Hugging Face stopped answering."), _CHECK_NETWORK)
    if isinstance(error, httpx2.TooManyRedirects | httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return HubError(tr("Hugging Face redirected to an address that leads nowhere."), _TRY_LATER)
    return NetworkError(tr("The connection to Hugging Face broke."), _CHECK_NETWORK)
