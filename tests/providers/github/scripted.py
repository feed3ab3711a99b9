"""A server that answers our calls to GitHub as a test wrote it down: one answer after the other."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from connections.providers import http
from connections.providers.errors import ProviderError
from connections.providers.github import client
from connections.providers.http import Calls
from tests.providers.hostile import LOOPBACK, Hostile, answer, hostile

TOKEN = "ghp_0123456789abcdefABCDEF0123456789abcd"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.c2lnbmF0dXJl"
Result = TypeVar("Result")


def says(body: Any, *headers: str, status: str = "200 OK") -> bytes:
    return answer(b"" if body is None else json.dumps(body).encode(), *headers, status=status)


def page(number: int, items: list[dict[str, Any]], key: str = "", *, of: int = 1) -> bytes:
    """A page of a list, whose `Link` names another host, to which nothing may be sent."""
    link = [f'Link: <https://elsewhere.example/?page={number + 1}>; rel="next", <https://x.example>; rel="last"']
    return says({"total_count": 1, key: items} if key else items, *(link if number < of else []))


@contextmanager
def github(*answers: bytes) -> Iterator[tuple[Hostile, Calls]]:
    """Run a server that gives these answers, the last of them again and again."""
    left = list(answers)

    def behave(stream: socket.socket, _: Hostile) -> None:
        stream.sendall(left.pop(0) if len(left) > 1 else left[0])

    with hostile(behave) as server, http.session(LOOPBACK) as calls:
        yield server, calls


def done(given: bytes, call: Callable[[Calls, str], Result]) -> tuple[Result, bytes]:
    """Make a call, and return what came of it and the request that the server got."""
    with github(given) as (server, calls):
        result = call(calls, server.url)
        assert len(server.requests) == 1
        return result, server.requests[0]


def failure(given: bytes, call: Callable[[Calls, str], Any] | None = None) -> ProviderError:
    """Return the error of a call, or of the one that asks whose a token is; the API's address is written API."""
    call = call or (lambda calls, api: client.user(calls, api, TOKEN))
    with github(given) as (server, calls):
        with pytest.raises(ProviderError) as caught:
            call(calls, server.url)
        caught.value.message = caught.value.message.replace(server.url, "API")
        assert caught.value.__context__ is None
        return caught.value
