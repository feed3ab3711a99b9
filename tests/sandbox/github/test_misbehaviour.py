import time
from typing import Any

import pytest
import requests

from sandbox.github import Sandbox
from sandbox.misbehave import BEHAVIOURS
from tests.sandbox.github.client import Client

USER = "/api/v3/user"


def ask(client: Client) -> requests.Response:
    return client.get("/user", client.github.personal_token().value)


@pytest.mark.parametrize("status", [403, 429])
def test_the_primary_limit_is_used_up(client: Client, status: int) -> None:
    client.github.misbehave("rate-limit", USER, times=1, status=status, retry_after=900)
    answer = ask(client)
    assert answer.status_code == status
    assert answer.json()["message"].startswith("API rate limit exceeded")
    assert answer.json()["status"] == str(status)
    limits = {name: answer.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "used", "resource")}
    assert limits == {"limit": "5000", "remaining": "0", "used": "5000", "resource": "core"}
    assert int(answer.headers["x-ratelimit-reset"]) - time.time() == pytest.approx(900, abs=5)
    assert "retry-after" not in answer.headers
    assert ask(client).status_code == 200


def test_the_secondary_limit_says_how_long_to_wait(client: Client) -> None:
    client.github.misbehave("rate-limit", USER, secondary=True)
    answer = ask(client)
    assert answer.status_code == 403
    assert answer.json()["message"].startswith("You have exceeded a secondary rate limit")
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["x-ratelimit-remaining"] != "0"


def test_a_status_has_githubs_page(client: Client) -> None:
    client.github.misbehave("status", status=503)
    answer = ask(client)
    assert answer.status_code == 503
    assert "Unicorn!" in answer.text


def test_it_is_limited_to_where_and_how_often(client: Client) -> None:
    client.github.misbehave("html", "/login/oauth", times=1, method="POST")
    assert ask(client).status_code == 200
    assert "<html>" in client.post("/login/oauth/access_token", {}).text
    assert client.post("/login/oauth/access_token", {}).status_code == 404


def test_a_hanging_request_is_never_answered(client: Client, github: Sandbox) -> None:
    github.misbehave("hang", times=1)
    with pytest.raises(requests.ReadTimeout):
        client.http.get(github.url + USER, timeout=0.2)
    assert github.requests[-1].status is None
    assert ask(client).status_code == 200


def test_every_kind_of_failure_that_is_nobodys_own_is_there(github: Sandbox) -> None:
    for kind in BEHAVIOURS:
        options: dict[str, Any] = {"to": "https://elsewhere.example"} if kind == "redirect" else {}
        assert github.misbehave(kind, **options).kind == kind
    with pytest.raises(ValueError, match="no misbehaviour 'rate-limit-json'"):
        github.misbehave("rate-limit-json")


def test_requests_are_recorded(client: Client, github: Sandbox) -> None:
    client.post("/login/oauth/access_token", {"client_id": "a"})
    recorded = github.requests[-1]
    assert (recorded.method, recorded.path, recorded.status) == ("POST", "/login/oauth/access_token", 404)
    assert recorded.form == {"client_id": "a"}
    github.clear_requests()
    assert github.requests == []
