"""Each way a server can misbehave has its own error, whose message says which it was."""

import gzip
import socket
import zlib
from dataclasses import replace

import pytest

from connections.providers import http
from connections.providers.errors import (
    BodyTooLarge,
    ConnectFailed,
    ConnectionBroken,
    ConnectTimedOut,
    NotHttp,
    NotSent,
    ProviderError,
    ReadTimedOut,
    Redirected,
)
from connections.providers.network import Network
from tests.providers.hostile import IMPATIENT, LOOPBACK, Behaviour, drips, floods, hangs, hostile, says, sends

SMALL = replace(LOOPBACK, max_body=100_000)
# Long enough for a busy machine to receive the first byte.
DRIPPED = replace(LOOPBACK, read_timeout=1.0)
HEAD = b"HTTP/1.1 200 OK\r\n"
ENDLESS = HEAD + b"Content-Type: application/json\r\n\r\n"


def failure(behave: Behaviour, network: Network) -> ProviderError:
    """Call a server that behaves so, and return the error with the server's URL replaced by URL."""
    with hostile(behave) as server, http.session(network) as calls:
        with pytest.raises(ProviderError) as caught:
            calls.get(f"{server.url}/api", params={"private_token": "secret"})
        caught.value.message = caught.value.message.replace(server.url, "URL")
    return caught.value


def test_a_server_that_hangs() -> None:
    error = failure(hangs, IMPATIENT)
    assert isinstance(error, ReadTimedOut)
    assert error.message == "URL/api did not answer within 0.5 s. Try again later."
    assert error.retryable


@pytest.mark.parametrize(
    "beginning",
    [b"", b"HTTP/1.1 2", HEAD + b"X-Slow: ", HEAD + b"Content-Length: 9999\r\n\r\n", ENDLESS],
    ids=["nothing", "status line", "header", "body", "body without length"],
)
def test_a_server_that_drips_bytes(beginning: bytes) -> None:
    error = failure(drips(beginning), DRIPPED)
    assert isinstance(error, ReadTimedOut)
    assert error.message == "URL/api sent its answer too slowly: it was not complete after 1 s."


def test_a_server_that_drips_chunks() -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    assert isinstance(failure(drips(chunked + b"ffff\r\n"), DRIPPED), ReadTimedOut)
    assert isinstance(failure(drips(chunked + b"1;"), DRIPPED), ReadTimedOut)


def test_a_server_that_says_continue_for_ever() -> None:
    assert isinstance(failure(floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), IMPATIENT), ReadTimedOut)


@pytest.mark.parametrize(
    "beginning",
    [ENDLESS, HEAD + b"Content-Length: 200000000\r\n\r\n"],
    ids=["without end", "200 MB"],
)
def test_a_body_that_is_too_large(beginning: bytes) -> None:
    error = failure(floods(beginning, b" " * 65536), SMALL)
    assert isinstance(error, BodyTooLarge)
    assert error.message == "URL/api sent more than 0.0954 MiB, which no GitLab or GitHub would."
    assert not error.retryable


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(bytes(50_000_000))),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(50_000_000)))),
    ],
    ids=["gzip", "deflate", "gzip twice"],
)
def test_a_compression_bomb_is_measured_unpacked(encoding: str, body: bytes) -> None:
    assert len(body) < SMALL.max_body
    assert isinstance(failure(says(body, f"Content-Encoding: {encoding}"), SMALL), BodyTooLarge)


def test_a_body_of_the_largest_size_is_read() -> None:
    with hostile(says(b" " * SMALL.max_body)) as server, http.session(SMALL) as calls:
        assert len(calls.get(server.url).body) == SMALL.max_body


@pytest.mark.parametrize(
    "parts",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
    ],
    ids=["before the answer", "within the body", "within a chunk"],
)
def test_a_server_that_closes_early(parts: bytes) -> None:
    error = failure(sends(parts), LOOPBACK)
    assert isinstance(error, ConnectionBroken)
    assert error.message == "URL/api closed the connection before its answer was complete."
    assert error.retryable


@pytest.mark.parametrize(
    "parts",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        HEAD + b"X: y\r\n" * 200 + b"\r\n",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        HEAD + b"Content-Length: 1, 2\r\n\r\n{}",
    ],
    ids=["ssh", "no status", "long header", "many headers", "not gzip", "two lengths"],
)
def test_a_server_that_does_not_speak_http(parts: bytes) -> None:
    error = failure(sends(parts), LOOPBACK)
    assert isinstance(error, NotHttp)
    assert error.message == "URL/api did not answer in valid HTTP. Check host and port."


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed_and_names_the_host_only(status: str) -> None:
    with hostile(says(b"{}")) as elsewhere:
        location = f"Location: http://user:pass@localhost:{elsewhere.port}/sign_in?token=secret"
        error = failure(says(b"", location, status=status), LOOPBACK)
        assert elsewhere.requests == []
    assert isinstance(error, Redirected)
    assert error.message == (
        f"URL/api redirects to localhost (status {status[:3]}), which is not followed. "
        "Use the final address as the URL of the instance."
    )


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("/users/sign_in", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("//gitlab.corp/?secret", "gitlab.corp"),
        ("http://[", "another address"),
        ("https://<b>secret</b>/", "another address"),
        ("javascript:secret", "another address"),
    ],
)
def test_the_target_of_a_redirect_is_read_with_care(location: str, host: str) -> None:
    error = failure(says(b"", f"Location: {location}", status="302 Found"), LOOPBACK)
    assert f"redirects to {host} (status 302)" in error.message


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with http.session(LOOPBACK) as calls, pytest.raises(ConnectFailed) as caught:
        calls.get(f"http://127.0.0.1:{port}")
    assert caught.value.message == (
        f"http://127.0.0.1:{port} refused the connection. Check host and port, and that the server runs."
    )


def test_a_port_that_never_accepts() -> None:
    network = replace(LOOPBACK, connect_timeout=0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(3)]
        for caller in waiting:  # they fill the queue, so that the kernel lets the next one wait
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        with http.session(network) as calls, pytest.raises(ConnectTimedOut) as caught:
            calls.get(f"http://127.0.0.1:{listener.getsockname()[1]}")
        for caller in waiting:
            caller.close()
    assert caught.value.message.endswith("could not be reached within 0.2 s. Check host, port and firewall.")


def test_a_token_that_cannot_be_a_header_is_not_sent() -> None:
    with hostile(says(b"{}")) as server, http.session(LOOPBACK) as calls:
        for token in ("secret\r\nX-Admin: 1", "secret\u2026", "secret\x00", " secret"):
            with pytest.raises(NotSent) as caught:
                calls.get(server.url, headers={"PRIVATE-TOKEN": token})
            assert "Check the token for line breaks" in caught.value.message
    assert server.requests == []


def test_several_calls_can_share_a_budget() -> None:
    network = replace(LOOPBACK, read_timeout=60)
    with hostile(hangs) as server, http.session(network, budget=1) as calls:
        with pytest.raises(ReadTimedOut, match=r"did not answer within (1|0\.\d) s"):
            calls.get(server.url)
        with pytest.raises(ConnectTimedOut, match=r"earlier calls used up the 1 s for all of them"):
            calls.get(server.url)
    assert len(server.requests) == 1
