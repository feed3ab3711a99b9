"""What a failed call is called: the exceptions of requests, urllib3 and the standard library, in our own words."""

import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from urllib.parse import urljoin, urlsplit

import requests.exceptions
import urllib3.exceptions

from connections.providers.deadline import Deadline
from connections.providers.errors import (
    BodyTooLarge,
    ConnectionBroken,
    ConnectTimedOut,
    NotHttp,
    NotSent,
    ProviderError,
    ReadTimedOut,
    Redirected,
)
from connections.providers.network import MIB
from connections.providers.urls import HOST_NAME, Target

NOT_WRITABLE = (
    "The request could not be sent: its URL or a header holds characters that HTTP does not allow. "
    "Check the token for line breaks and stray characters."
)
CLOSED = (IncompleteRead, RemoteDisconnected, ConnectionError, ssl.SSLEOFError)
GARBLED = (
    HTTPException,
    requests.exceptions.InvalidHeader,
    urllib3.exceptions.InvalidHeader,
    urllib3.exceptions.DecodeError,
)


def explain(error: Exception, target: Target, deadline: Deadline) -> ProviderError:
    """Return the ProviderError for whatever was raised while `target` was called."""
    for cause in _causes(error):
        if isinstance(cause, TimeoutError):
            return _too_slow(target, deadline)
        if isinstance(cause, CLOSED):
            return ConnectionBroken(f"{target.shown} closed the connection before its answer was complete.")
        if isinstance(cause, GARBLED):
            return NotHttp(f"{target.shown} did not answer in valid HTTP. Check host and port.")
        if isinstance(cause, ValueError):
            return NotSent(NOT_WRITABLE)
    return ConnectionBroken(f"The connection to {target.origin} was lost. Try again.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _too_slow(target: Target, deadline: Deadline) -> ReadTimedOut:
    if deadline.received:
        return ReadTimedOut(f"{target.shown} sent its answer too slowly: it was not complete after {deadline}.")
    return ReadTimedOut(f"{target.shown} did not answer within {deadline}. Try again later.")


def out_of_budget(target: Target, budget: Deadline) -> ConnectTimedOut:
    return ConnectTimedOut(f"{target.shown} was not called: earlier calls used up the {budget} for all of them.")


def redirected(target: Target, status: int, location: str) -> Redirected:
    """Name the host that we were sent to, and nothing else of it: a query may hold secrets."""
    return Redirected(
        f"{target.shown} redirects to {_host(target, location)} (status {status}), which is not followed. "
        "Use the final address as the URL of the instance."
    )


def _host(target: Target, location: str) -> str:
    try:
        host = urlsplit(urljoin(target.shown, location)).hostname or ""
    except ValueError:
        host = ""
    return host if HOST_NAME.fullmatch(host) and len(host) < 255 else "another address"


def too_large(shown_url: str, most: int) -> BodyTooLarge:
    """Return the failure of a server that sent more than `most` bytes."""
    return BodyTooLarge(f"{shown_url} sent more than {most / MIB:.3g} MiB, which no GitLab or GitHub would.")
