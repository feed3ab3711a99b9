import socket
import time
from collections.abc import Callable

import pytest
import requests

from sandbox.gitlab import Sandbox
from tests.sandbox.client import Client

USER = "/api/v4/user"
Ask = Callable[..., requests.Response]


@pytest.fixture
def ask(client: Client) -> Ask:
    token = client.gitlab.personal_token().value

    def ask(timeout: float = 5) -> requests.Response:
        headers = {"PRIVATE-TOKEN": token}
        url = client.gitlab.url + USER
        return client.http.get(url, headers=headers, timeout=timeout, allow_redirects=False)

    return ask


def test_it_lasts_as_many_times_as_asked_and_only_where_asked(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("status", path=USER, times=2)
    assert client.get("/api/v4/metadata").status_code == 401
    assert [ask().status_code for _ in range(3)] == [502, 502, 200]


def test_several_make_a_sequence(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("status", status=500, times=1)
    client.gitlab.misbehave("rate-limit", times=1)
    assert [ask().status_code for _ in range(3)] == [500, 429, 200]


def test_it_can_be_limited_to_a_method(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("status", method="POST")
    assert ask().status_code == 200
    assert client.post("/oauth/token").status_code == 502


def test_behave_ends_it(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("status")
    assert ask().status_code == 502
    client.gitlab.behave()
    assert ask().status_code == 200


def test_a_slow_answer_arrives_in_the_end(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("slow", seconds=0.2)
    began = time.monotonic()
    assert ask().status_code == 200
    assert time.monotonic() - began >= 0.2


def test_a_hanging_request_is_never_answered(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("hang", times=1)
    with pytest.raises(requests.ReadTimeout):
        ask(timeout=0.2)
    assert client.gitlab.requests[-1].status is None
    assert ask().status_code == 200


def test_stopping_does_not_wait_for_those_that_hang(http: requests.Session) -> None:
    with Sandbox() as gitlab:
        gitlab.misbehave("hang")
        with pytest.raises(requests.ReadTimeout):
            http.get(gitlab.url + USER, timeout=0.1)
        began = time.monotonic()
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("part", "ending"), [("headers", b"\r\nX-Drip: aaaaa"), ("body", b"Content-Length: 9999999\r\n\r\n     ")]
)
def test_a_drip_goes_on_byte_by_byte(gitlab: Sandbox, part: str, ending: bytes) -> None:
    gitlab.misbehave("drip", interval=0.02, part=part)
    with socket.create_connection(("127.0.0.1", gitlab.port), timeout=5) as connection:
        connection.sendall(b"GET /api/v4/user HTTP/1.1\r\nHost: gitlab\r\n\r\n")
        received = b""
        while not received.endswith(ending):
            received += connection.recv(1)
        assert len(connection.recv(1000)) < 10


def test_a_status_has_the_page_of_gitlabs_nginx(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("status", status=503)
    answer = ask()
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "text/html"
    assert "Whoops, GitLab is taking too much time to respond." in answer.text


def test_a_status_can_have_any_body_and_headers(client: Client, ask: Ask) -> None:
    headers = {"Content-Type": "application/json", "Retry-After": "3"}
    client.gitlab.misbehave("status", status=500, body='{"message":"500"}', headers=headers)
    answer = ask()
    assert answer.json() == {"message": "500"}
    assert answer.headers["Retry-After"] == "3"


@pytest.mark.parametrize("announced", [True, False])
def test_a_huge_body_is_streamed(client: Client, ask: Ask, announced: bool) -> None:
    client.gitlab.misbehave("huge", size=3_000_000, announced=announced)
    answer = ask()
    assert len(answer.content) == 3_000_000
    assert answer.json() == []
    assert answer.headers.get("Content-Length") == ("3000000" if announced else None)


def test_a_huge_body_can_come_compressed(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("huge", size=3_000_000, compressed=True)
    answer = ask()
    assert int(answer.headers["Content-Length"]) < 30_000
    assert len(answer.content) == 3_000_000


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_leads_elsewhere(client: Client, ask: Ask, status: int) -> None:
    client.gitlab.misbehave("redirect", to="http://127.0.0.1:1/elsewhere", status=status)
    answer = ask()
    assert answer.status_code == status
    assert answer.headers["Location"] == "http://127.0.0.1:1/elsewhere"


def test_a_proxy_shows_a_page_of_its_own(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("html")
    answer = ask()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_closed_connection_is_no_answer(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("close")
    with pytest.raises(requests.ConnectionError):
        ask()


def test_a_body_can_end_before_its_length(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("close", part="body")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        ask()


def test_a_rate_limit_is_plain_text_with_headers(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("rate-limit", retry_after=30)
    answer = ask()
    assert answer.status_code == 429
    assert answer.text == "Retry later\n"
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["RateLimit-Name"] == "throttle_authenticated_api"
    assert answer.headers["RateLimit-Limit"] == "7200"
    assert answer.headers["RateLimit-Observed"] == "7201"
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert 28 <= int(answer.headers["RateLimit-Reset"]) - time.time() <= 30
    assert answer.headers["RateLimit-ResetTime"].endswith(" GMT")


def test_the_rate_limit_of_one_endpoint_is_json_without_headers(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("rate-limit-json")
    answer = ask()
    assert answer.status_code == 429
    assert answer.text == (
        '{"message":{"error":"This endpoint has been requested too many times. Try again later."}}'
    )
    assert not [name for name in answer.headers if name.lower().startswith(("ratelimit", "retry-after"))]


def test_broken_json_says_that_it_is_json(client: Client, ask: Ask) -> None:
    client.gitlab.misbehave("not-json")
    answer = ask()
    assert answer.headers["Content-Type"] == "application/json"
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_handled_request_takes_effect_and_fails(client: Client) -> None:
    token = client.gitlab.personal_token()
    client.gitlab.misbehave("status", method="DELETE", handled=True, times=1)
    url = f"{client.gitlab.url}/api/v4/personal_access_tokens/self"
    assert client.http.delete(url, headers={"PRIVATE-TOKEN": token.value}, timeout=5).status_code == 502
    assert token.revoked


def test_unknown_kinds_and_options_are_refused(gitlab: Sandbox) -> None:
    with pytest.raises(ValueError, match="no misbehaviour 'sulk'"):
        gitlab.misbehave("sulk")
    with pytest.raises(TypeError):
        gitlab.misbehave("slow", minutes=1)
