"""A server on loopback that answers, or misbehaves, as a test tells it to: by one function for each request."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from connections.providers.network import Network

LOOPBACK = Network(allow_internal=True, connect_timeout=5.0, read_timeout=5.0)
IMPATIENT = replace(LOOPBACK, read_timeout=0.5)


@dataclass
class Hostile:
    port: int
    scheme: str
    requests: list[bytes] = field(default_factory=list)
    called: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


Behaviour = Callable[[socket.socket, Hostile], None]


@contextmanager
def hostile(behave: Behaviour, *, tls: ssl.SSLContext | None = None, at_once: bool = False) -> Iterator[Hostile]:
    """Run a server. `behave` is called for every request, or, `at_once`, for every bare connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Hostile(listener.getsockname()[1], "http" if tls is None else "https")
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(target=_serve, args=(connection, server, behave, tls, at_once))
                threads.append(thread)
                thread.start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            server.stopped.set()
            with suppress(OSError):  # macOS does not know how to shut down a listener
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            acceptor.join()
            for thread in threads:
                thread.join()


def _serve(
    connection: socket.socket, server: Hostile, behave: Behaviour, tls: ssl.SSLContext | None, at_once: bool
) -> None:
    with connection, suppress(OSError):
        connection.settimeout(5)
        if at_once:
            server.called.set()
            behave(connection, server)
            return
        with connection if tls is None else tls.wrap_socket(connection, server_side=True) as stream:
            while not server.stopped.is_set() and (request := _request(stream)):
                server.requests.append(request)
                server.called.set()
                behave(stream, server)


def _request(stream: socket.socket) -> bytes:
    """Read a request's head, and as much of its body as it announces."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = stream.recv(65536)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        body += stream.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(body: bytes, *headers: str, status: str = "200 OK") -> Behaviour:
    """Answer properly."""

    def behave(stream: socket.socket, _: Hostile) -> None:
        stream.sendall(answer(body, *headers, status=status))

    return behave


def sends(*parts: bytes) -> Behaviour:
    """Send these bytes and close."""

    def behave(stream: socket.socket, _: Hostile) -> None:
        for part in parts:
            stream.sendall(part)
        stream.shutdown(socket.SHUT_RDWR)

    return behave


def hangs(stream: socket.socket, server: Hostile) -> None:
    """Say nothing until the test is over."""
    server.stopped.wait()


def drips(beginning: bytes) -> Behaviour:
    """Send `beginning`, then one byte now and then, for ever."""

    def behave(stream: socket.socket, server: Hostile) -> None:
        stream.sendall(beginning)
        while not server.stopped.wait(0.02):
            stream.sendall(b"x")

    return behave


def floods(beginning: bytes, part: bytes) -> Behaviour:
    """Send `beginning`, then `part` again and again, until the other side hangs up."""

    def behave(stream: socket.socket, server: Hostile) -> None:
        stream.sendall(beginning)
        while not server.stopped.is_set():
            stream.sendall(part)

    return behave
