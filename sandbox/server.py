"""The socket side: Werkzeug's threaded server, with what it lacks to look like nginx: connections that
stay open, no header of its own, and TLS whose handshake happens in the connection's own thread."""

import contextlib
import io
import socket
import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import trustme
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from sandbox.misbehave import ConnectionTaken

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
WITHOUT_BODY = (204, 304)


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        # A client that goes away, or a handshake that fails, is the client's business.
        with contextlib.suppress(OSError, ValueError):
            super().handle()

    def log(self, *_: Any) -> None:
        """Nothing is logged: `Sandbox.requests` has every request."""

    def run_wsgi(self) -> None:
        """One request. The body is read to its end first, which is what keeps the connection usable."""
        self.environ = environ = self.make_environ()
        body = self._body(environ)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
            head[:] = status, headers

        try:
            chunks = self.server.app(environ, start_response)
            self._send(head[0], head[1], chunks)
        except (ConnectionTaken, OSError):
            self.close_connection = True

    def _body(self, environ: "WSGIEnvironment") -> bytes:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if environ.get("wsgi.input_terminated"):
            return io.BufferedReader(environ["wsgi.input"]).read()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, status: str, headers: list[tuple[str, str]], chunks: Iterable[bytes]) -> None:
        bodiless = self.command == "HEAD" or int(status[:3]) in WITHOUT_BODY
        known_length = any(name.lower() == "content-length" for name, _ in headers)
        chunked = not bodiless and not known_length and self.request_version != "HTTP/1.0"
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        lines.append("Connection: close" if self.close_connection else "Connection: keep-alive")
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        pending = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        for data in () if bodiless else chunks:
            self.wfile.write(pending + (b"%x\r\n%b\r\n" % (len(data), data) if chunked else data))
            pending = b""
        self.wfile.write(pending + (b"0\r\n\r\n" if chunked else b""))


class Server(ThreadedWSGIServer):
    """Bound to loopback and nothing else; `port` 0 takes a free one."""

    def __init__(self, port: int, app: "WSGIApplication", tls: ssl.SSLContext | None) -> None:
        super().__init__(HOST, port, app, Handler)
        self.ssl_context = tls
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.ssl_context is not None:
            # A handshake here would let one silent client stop all others.
            connection = self.ssl_context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the connections that clients keep open, so that they notice."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class PrivateCa:
    """A certificate authority that nobody knows but those who are given `pem`."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self.pem = self._ca.cert_pem.bytes()

    def context(self, *hostnames: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*hostnames).configure_cert(context)
        return context
