"""What a caller gets from a server that behaves, and what the server gets from us."""

import gzip
import socket
import time
from dataclasses import replace
from email.utils import formatdate

import pytest

from connections.providers import http
from connections.providers.answer import Answer
from tests.providers.hostile import LOOPBACK, Hostile, answer, hostile, says


def test_an_answer_has_status_headers_and_body() -> None:
    created = says(b'{"id": 1}', "X-Next-Page: 2", status="201 Created")
    with hostile(created) as server, http.session(LOOPBACK) as calls:
        got = calls.get(f"{server.url}/api/v4/user")
    assert got.status == 201
    assert got.headers["x-next-page"] == "2"
    assert got.json_object() == {"id": 1}
    assert got.text() == '{"id": 1}'


def test_an_error_status_is_an_answer_too() -> None:
    with hostile(says(b"{}", status="401 Unauthorized")) as server, http.session(LOOPBACK) as calls:
        assert calls.get(server.url).status == 401


def test_headers_and_parameters_are_sent() -> None:
    with hostile(says(b"{}")) as server, http.session(LOOPBACK) as calls:
        calls.get(f"{server.url}/api", headers={"PRIVATE-TOKEN": "glpat-1"}, params={"page": 2})
    assert server.requests[0].startswith(b"GET /api?page=2 HTTP/1.1\r\n")
    assert b"\r\nPRIVATE-TOKEN: glpat-1\r\n" in server.requests[0]


def test_a_form_and_a_json_body_are_sent() -> None:
    with hostile(says(b"{}")) as server, http.session(LOOPBACK) as calls:
        calls.post(server.url, data={"grant_type": "refresh_token"})
        calls.post(server.url, json={"client_id": "x"})
    assert server.requests[0].endswith(b"\r\n\r\ngrant_type=refresh_token")
    assert server.requests[1].endswith(b'\r\n\r\n{"client_id": "x"}')


def test_a_deletion_is_sent_with_and_without_a_json_body() -> None:
    gone = says(b"", status="204 No Content")
    with hostile(gone) as server, http.session(LOOPBACK) as calls:
        assert calls.delete(f"{server.url}/token", headers={"PRIVATE-TOKEN": "glpat-1"}).status == 204
        calls.delete(server.url, json={"access_token": "x"})
    assert server.requests[0].startswith(b"DELETE /token HTTP/1.1\r\n")
    assert b"\r\nPRIVATE-TOKEN: glpat-1\r\n" in server.requests[0]
    assert server.requests[0].endswith(b"\r\n\r\n")
    assert server.requests[1].endswith(b'\r\n\r\n{"access_token": "x"}')


def test_we_say_who_we_are() -> None:
    with hostile(says(b"{}")) as server, http.session(LOOPBACK) as calls:
        calls.get(server.url)
    assert b"\r\nUser-Agent: app-connections/" in server.requests[0]


def test_calls_of_a_session_share_a_connection() -> None:
    callers = []

    def behave(stream: socket.socket, _: Hostile) -> None:
        callers.append(stream.getpeername())
        stream.sendall(answer(b"{}"))

    with hostile(behave) as server, http.session(LOOPBACK) as calls:
        calls.get(server.url)
        calls.get(server.url)
    assert callers[0] == callers[1]


def test_cookies_are_not_kept() -> None:
    with hostile(says(b"{}", "Set-Cookie: _gitlab_session=1; Path=/")) as server, http.session(LOOPBACK) as calls:
        calls.get(server.url)
        calls.get(server.url)
    assert b"cookie" not in server.requests[1].lower()


def test_proxies_and_netrc_of_the_environment_are_not_heard(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with hostile(says(b'"proxy"')) as proxy, hostile(says(b"{}")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with http.session(LOOPBACK) as calls:
            assert calls.get(server.url).json_object() == {}
    assert b"authorization" not in server.requests[0].lower()
    assert proxy.requests == []


def test_a_compressed_body_is_read() -> None:
    with hostile(says(gzip.compress(b"[1]"), "Content-Encoding: gzip")) as server, http.session(LOOPBACK) as calls:
        assert calls.get(server.url).json_list() == [1]


def test_the_repr_of_an_answer_shows_neither_headers_nor_body() -> None:
    assert "secret" not in repr(Answer("https://gitlab.corp", 200, {"Set-Cookie": "secret"}, b"secret"))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("99999999999999999999", 3600.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("NaN", None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("\u0667", None),
    ],
)
def test_retry_after_is_read(value: str, seconds: float | None) -> None:
    assert http.retry_after(Answer("", 429, {"Retry-After": value}, b"")) == seconds


def test_a_date_to_retry_after_is_read_and_capped() -> None:
    def wait(seconds: float) -> float:
        date = formatdate(time.time() + seconds, usegmt=True)
        return http.retry_after(Answer("", 503, {"Retry-After": date}, b"")) or 0

    assert 0 < wait(60) <= 60
    assert wait(86400) == 3600


def test_a_network_for_one_instance_is_made_by_replacing() -> None:
    opened = replace(LOOPBACK, allowed_hosts=(*LOOPBACK.allowed_hosts, "gitlab.corp"))
    assert opened.names("gitlab.corp")
    assert not LOOPBACK.names("gitlab.corp")
