from typing import Any, cast

import pytest
import requests

from tests.sandbox.client import Client

SELF = "/api/v4/personal_access_tokens/self"
EVERYWHERE = {
    *("Connection", "Date", "Nel", "Server", "Strict-Transport-Security", "Content-Type"),
    *("X-Gitlab-Meta", "X-Request-Id", "X-Runtime", "Cache-Control", "Vary", "Content-Length"),
}
SECURITY = {"X-Content-Type-Options", "X-Frame-Options"}
SUCCESS = EVERYWHERE | SECURITY | {"ETag", "Referrer-Policy"}


def test_a_success_has_the_recorded_headers(client: Client) -> None:
    answer = client.get("/api/v4/user", client.gitlab.personal_token().value, **{"Accept-Encoding": "identity"})
    assert set(answer.headers) == SUCCESS
    assert answer.headers["Server"] == "nginx"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "max-age=0, private, must-revalidate"
    assert answer.headers["Vary"] == "Accept-Encoding, Origin"
    assert answer.headers["Nel"] == '{"max_age": 0}'
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["Connection"] == "keep-alive"


def test_the_trace_headers_agree_on_the_correlation_id(client: Client) -> None:
    headers = client.get("/api/v4/user").headers
    assert len(headers["X-Request-Id"]) == 26
    assert headers["X-Gitlab-Meta"] == f'{{"correlation_id":"{headers["X-Request-Id"]}","version":"1"}}'


def test_a_refused_token_has_the_recorded_headers(client: Client) -> None:
    token = client.gitlab.personal_token()
    token.revoke()
    answer = client.get(SELF, token.value)
    assert set(answer.headers) == EVERYWHERE | {"WWW-Authenticate"}
    assert answer.headers["Content-Length"] == "106"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Origin"


def test_garbage_has_the_recorded_headers(client: Client) -> None:
    answer = client.get(SELF, "garbage")
    assert set(answer.headers) == EVERYWHERE | SECURITY
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("identity", None)])
def test_longer_answers_are_compressed_for_those_who_accept_it(
    client: Client, accepted: str, encoding: str | None
) -> None:
    token = client.gitlab.personal_token(user="ann")
    answer = client.get("/api/v4/user", token.value, **{"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.json()["username"] == "ann"


def test_json_is_escaped_as_rails_does_it(client: Client) -> None:
    answer = client.get("/api/v4/user", client.gitlab.personal_token().value)
    assert "?s=80\\u0026d=identicon" in answer.text


def test_metadata_is_as_recorded(client: Client) -> None:
    token = client.gitlab.personal_token()
    host = client.gitlab.url.removeprefix("http://")
    for path in ("/api/v4/metadata", "/api/v4/version"):
        assert client.get(path, token.value).text == (
            '{"version":"19.1.1-ee","revision":"a88e17d191e","kas":{"enabled":true,'
            f'"externalUrl":"ws://{host}/-/kubernetes-agent/",'
            f'"externalK8sProxyUrl":"ws://{host}/-/kubernetes-agent/k8s-proxy/","version":"19.1.1"}},'
            '"enterprise":true}'
        )


def test_an_address_that_is_not_there_is_json_below_the_api_and_a_page_elsewhere(client: Client) -> None:
    assert client.get("/api/v4/nothing").text == '{"error":"404 Not Found"}'
    assert client.get("/nothing").headers["Content-Type"] == "text/html; charset=utf-8"


def socket_of(answer: requests.Response) -> Any:
    return cast(Any, answer.raw).connection.sock


def test_a_connection_serves_one_request_after_the_other(client: Client) -> None:
    token = client.gitlab.personal_token()
    ports = set()
    for _ in range(3):
        answer = client.http.get(
            f"{client.gitlab.url}/api/v4/user", headers={"PRIVATE-TOKEN": token.value}, stream=True, timeout=5
        )
        ports.add(socket_of(answer).getsockname())
        assert answer.json()
    assert len(ports) == 1
