"""What the real server makes of bodies on a real socket: chunked, too large, shorter and longer than announced."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.server import Server

pytestmark = pytest.mark.xdist_group("servers")
MEGABYTE = 1_048_576
RENEW = "/api/v1/auth/token/renew"
TOKEN = b'{"accessToken": "abc"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server"), WORKERS="1", THREADS="6") as running:
        yield running


def chunks(body: bytes, size: int = 1_000) -> bytes:
    """Return a body in chunks (RFC 9112, section 7.1)."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def talk(server: Server, head: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send one POST as it is, and return status, headers and body of the answer."""
    start = f"POST {RENEW} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
    received = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        with suppress(ConnectionError):  # the server need not read all of what it refuses
            connection.sendall((start + head + "\r\n").encode() + body)
        while part := connection.recv(65_536):
            received += part
    first, _, rest = received.partition(b"\r\n\r\n")
    status, *lines = first.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), headers, rest


def envelope(answer: tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    status, headers, body = answer
    assert headers["content-type"] == "application/json"
    start, end = body.index(b"{"), body.rindex(b"}")
    read: dict[str, Any] = json.loads(body[start : end + 1])
    assert read["statusCode"] == status
    assert read["reqId"] == headers["x-request-id"]
    return read


CHUNKED = "Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_a_chunked_body_is_read_like_any_other(server: Server, size: int) -> None:
    measured = envelope(talk(server, f"Content-Length: {len(TOKEN)}\r\n", TOKEN))
    chunked = envelope(talk(server, CHUNKED, chunks(TOKEN, size)))
    assert chunked["message"] == measured["message"]
    assert chunked["statusCode"] == measured["statusCode"] != 422, "the token was read, and refused"


def test_an_empty_chunked_body_is_empty(server: Server) -> None:
    refused = envelope(talk(server, CHUNKED, b"0\r\n\r\n"))
    assert refused["message"] == [{"code": "invalid_type", "path": ["accessToken"], "message": "Required"}]


@pytest.mark.parametrize("size", [MEGABYTE + 1, 20 * MEGABYTE])
def test_a_body_that_is_too_large_is_refused_with_and_without_a_length(server: Server, size: int) -> None:
    assert envelope(talk(server, f"Content-Length: {size}\r\n", b" " * size))["error"] == "PayloadTooLarge"
    assert envelope(talk(server, CHUNKED, chunks(b" " * size, 65_536)))["error"] == "PayloadTooLarge"


def test_a_body_longer_than_announced_is_cut_off(server: Server) -> None:
    assert envelope(talk(server, "Content-Length: 5\r\n", TOKEN))["statusCode"] == 400


@pytest.mark.parametrize("length", ["-5", "abc", "5, 6", "1e3", "9" * 5_000])
def test_a_length_that_is_none_never_reaches_the_application(server: Server, length: str) -> None:
    status, headers, body = talk(server, f"Content-Length: {length}\r\n", TOKEN)
    assert status == 400
    assert b"<" not in body
    assert "set-cookie" not in headers


def test_a_broken_chunk_is_no_body(server: Server) -> None:
    status, _, body = talk(server, CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n")
    assert 400 <= status < 500, body
