"""Ways in which any provider, or what stands before it, can fail its clients.

Each behaviour is a function: it gets the `Call` and its own keyword options, and returns the answer to
send in place of the provider's, or None to let the provider answer. Those that need the bare connection
write to it and raise `ConnectionTaken`. What only one provider does is in its own `misbehave.py`.
"""

import contextlib
import gzip
import inspect
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, NoReturn

from werkzeug.wrappers import Response

CHUNK = 64 * 1024
NGINX_PAGE = """<html>\r
<head><title>{status}</title></head>\r
<body>\r
<center><h1>{status}</h1></center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
"""
Behaviour = Callable[..., Response | None]


class ConnectionTaken(Exception):
    """The behaviour dealt with the connection itself; all that is left is to close it."""


@dataclass(frozen=True)
class Call:
    """One request about to be misbehaved at. `over` is set when the misbehaviour is called off."""

    connection: socket.socket
    over: threading.Event
    now: float

    def send(self, data: bytes) -> None:
        try:
            self.connection.sendall(data)
        except OSError:
            raise ConnectionTaken from None

    def close(self) -> NoReturn:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionTaken


def slow(call: Call, *, seconds: float = 5.0) -> None:
    """Answer as ever, but late."""
    call.over.wait(seconds)


def hang(call: Call) -> None:
    """Take the request and never answer."""
    call.over.wait()
    call.close()


def drip(call: Call, *, interval: float = 0.1, part: str = "body") -> None:
    """One byte every `interval` seconds, for ever: of the body, or (`part="headers"`) of a header."""
    start = b"HTTP/1.1 200 OK\r\nServer: nginx\r\n"
    endless_body = b"Content-Type: application/json\r\nContent-Length: 9999999\r\n\r\n"
    call.send(start + (b"X-Drip: " if part == "headers" else endless_body))
    while not call.over.wait(interval):
        call.send(b"a" if part == "headers" else b" ")
    call.close()


def status(
    call: Call,
    *,
    status: int = 502,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    page: str = NGINX_PAGE,
) -> Response:
    """Any status; without `body` the `page` that the provider shows, in which `{status}` is filled in."""
    shown = page.format(status=status) if body is None else body
    return answer(call, shown, status, {"Content-Type": "text/html"} | dict(headers or {}))


def huge(call: Call, *, size: int = 200_000_000, announced: bool = True, compressed: bool = False) -> Response:
    """`size` bytes of JSON: with Content-Length unless `announced=False`, or gzipped to next to nothing."""
    if compressed:
        response = answer(call, b"".join(_gzipped(size)), 200, {"Content-Type": "application/json"})
        response.headers["Content-Encoding"] = "gzip"
        return response
    response = answer(call, _blank_json(size), 200, {"Content-Type": "application/json"})
    if announced:
        response.headers["Content-Length"] = str(size)
    return response


def redirect(call: Call, *, to: str, status: int = 302) -> Response:
    page = NGINX_PAGE.format(status="302 Found")
    return answer(call, page, status, {"Content-Type": "text/html", "Location": to})


def html(call: Call, *, body: str | None = None) -> Response:
    """200 with a page, as a proxy that wants a sign-in of its own does it."""
    return answer(call, body or PROXY_PAGE, 200, {"Content-Type": "text/html; charset=utf-8"})


def close(call: Call, *, part: str = "answer") -> None:
    """Close before answering, or (`part="body"`) in the middle of a body that promised to be longer."""
    if part == "body":
        call.send(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 512\r\n\r\n{"id":1,')
    call.close()


def not_json(call: Call, *, body: str = '{"id":1,"username":') -> Response:
    return answer(call, body, 200, {"Content-Type": "application/json"})


BEHAVIOURS: Mapping[str, Behaviour] = {
    "close": close,
    "drip": drip,
    "hang": hang,
    "html": html,
    "huge": huge,
    "not-json": not_json,
    "redirect": redirect,
    "slow": slow,
    "status": status,
}


@dataclass
class Misbehaviour:
    """`handled` ones let the provider act on the request first, so that only the answer is lost."""

    kind: str
    path: str
    method: str | None
    times: int | None
    handled: bool
    options: dict[str, Any]
    over: threading.Event = field(default_factory=threading.Event)

    def applies_to(self, method: str, path: str) -> bool:
        return path.startswith(self.path) and self.method in (None, method) and self.times != 0


class Misbehaviours:
    """What one provider does wrong at the moment, out of all the `behaviours` it is capable of."""

    def __init__(self, behaviours: Mapping[str, Behaviour]) -> None:
        self._behaviours = behaviours
        self._lock = threading.Lock()
        self._all: list[Misbehaviour] = []

    def add(self, misbehaviour: Misbehaviour) -> Misbehaviour:
        """Raises ValueError for an unknown kind, TypeError for an option that the kind lacks."""
        behaviour = self._behaviours.get(misbehaviour.kind)
        if behaviour is None:
            raise ValueError(f"no misbehaviour {misbehaviour.kind!r}; there are {', '.join(self._behaviours)}")
        inspect.signature(behaviour).bind(None, **misbehaviour.options)
        with self._lock:
            self._all.append(misbehaviour)
        return misbehaviour

    def clear(self) -> None:
        """Call all of it off, the requests that hang or drip right now included."""
        with self._lock:
            for misbehaviour in self._all:
                misbehaviour.over.set()
            self._all.clear()

    def take(self, method: str, path: str) -> Misbehaviour | None:
        """The misbehaviour for this request, counted; None to behave."""
        with self._lock:
            found = next((m for m in self._all if m.applies_to(method, path)), None)
            if found is not None and found.times is not None:
                found.times -= 1
            return found

    def answer(self, misbehaviour: Misbehaviour, connection: socket.socket, now: float) -> Response | None:
        """The answer in place of the provider's; None to let the provider answer."""
        behaviour = self._behaviours[misbehaviour.kind]
        return behaviour(Call(connection, misbehaviour.over, now), **misbehaviour.options)


def answer(call: Call, body: str | bytes | Iterator[bytes], status: int, headers: dict[str, str]) -> Response:
    """An answer of the nginx before the provider."""
    head = {"Server": "nginx", "Date": formatdate(call.now, usegmt=True)} | headers
    response = Response(body, status)
    for name, value in head.items():
        response.headers[name] = value
    return response


def _blank_json(size: int) -> Iterator[bytes]:
    yield b"["
    for sent in range(1, size - 1, CHUNK):
        yield b" " * min(CHUNK, size - 1 - sent)
    yield b"]"


def _gzipped(size: int) -> Iterator[bytes]:
    for data in _blank_json(size):
        yield gzip.compress(data)


PROXY_PAGE = """<!DOCTYPE html>
<html><head><title>Sign in to continue</title></head>
<body><h1>Sign in to continue</h1>
<form method="post"><input name="user"><button>Next</button></form></body></html>
"""
