"""No error, whatever its cause, holds a header, a query or a body: not in its text, its causes or the log."""

import logging
import socket
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from connections.providers import http
from connections.providers.errors import ProviderError
from tests.providers.hostile import IMPATIENT, LOOPBACK, Behaviour, drips, floods, hangs, hostile, says, sends

SECRET = "glpat-made-up"
NETWORK = replace(IMPATIENT, max_body=1000)
BEHAVIOURS: dict[str, Behaviour] = {
    "hangs": hangs,
    "drips": drips(b"HTTP/1.1 200 OK\r\n\r\n"),
    "floods": floods(b"HTTP/1.1 200 OK\r\n\r\n", SECRET.encode() * 1000),
    "closes": sends(b""),
    "closes within": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + SECRET.encode()),
    "speaks something else": sends(SECRET.encode() + b"\r\n\r\n"),
    "redirects": says(b"", f"Location: https://gitlab.corp/{SECRET}?{SECRET}", status="302 Found"),
    "wrong encoding": says(SECRET.encode(), "Content-Encoding: gzip"),
    "html": says(f"<html>{SECRET}".encode()),
    "not json": says(SECRET.encode()),
    "other json": says(f'"{SECRET}"'.encode()),
}


def related(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def assert_silent(error: ProviderError) -> None:
    for one in related(error):
        assert not isinstance(one, requests.RequestException)
        for text in (str(one), repr(one), repr(one.args), repr(vars(one))):
            assert SECRET not in text
    assert SECRET not in "".join(traceback.format_exception(error))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connection", "urllib3.connectionpool", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_an_error_holds_no_secret(name: str, log: pytest.LogCaptureFixture) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"}
    form = {"refresh_token": SECRET}
    with (
        hostile(BEHAVIOURS[name]) as server,
        http.session(NETWORK) as calls,
        pytest.raises(ProviderError) as caught,
    ):
        calls.post(f"{server.url}/oauth/token?state={SECRET}", headers=headers, data=form).json_object()
    assert_silent(caught.value)
    assert SECRET not in log.text


def test_a_refused_connection_holds_no_secret() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for scheme in ("http", "https"):
        with http.session(LOOPBACK) as calls, pytest.raises(ProviderError) as caught:
            calls.get(f"{scheme}://127.0.0.1:{port}/?{SECRET}", headers={"PRIVATE-TOKEN": SECRET})
        assert_silent(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"https://user:{SECRET}@gitlab.com",
        f"https://gitlab.com/#{SECRET}",
        f"https://gitlab.com:{SECRET}/",
        f"https://[{SECRET}]/",
        f"https://127.0.0.1/?{SECRET}",
        f"{SECRET}://gitlab.com",
        f"https://{SECRET}\\",
    ],
)
def test_a_refused_url_is_not_repeated(url: str) -> None:
    with http.session(LOOPBACK) as calls, pytest.raises(ProviderError) as caught:
        calls.get(url)
    assert_silent(caught.value)


@pytest.mark.parametrize("token", [f"{SECRET}\r\nX: y", f"{SECRET}\u2026", f" {SECRET}", f"{SECRET}\x00"])
def test_a_token_that_cannot_be_sent_is_not_repeated(token: str) -> None:
    with hostile(says(b"{}")) as server, http.session(LOOPBACK) as calls, pytest.raises(ProviderError) as caught:
        calls.get(server.url, headers={"PRIVATE-TOKEN": token})
    assert_silent(caught.value)


def test_a_call_leaves_no_secret_in_the_log(log: pytest.LogCaptureFixture) -> None:
    broken = f"Set-Cookie {SECRET}: no\r\n nonsense"
    with hostile(says(b"{}", broken)) as server, http.session(LOOPBACK) as calls:
        calls.get(f"{server.url}/?{SECRET}", headers={"PRIVATE-TOKEN": SECRET})
    assert SECRET not in log.text
