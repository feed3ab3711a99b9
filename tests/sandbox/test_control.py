from typing import Any

import pytest

from sandbox.gitlab import Sandbox
from tests.sandbox.client import Client
from tests.sandbox.running import told


@pytest.fixture
def call(client: Client) -> Any:
    return told(client.http, client.gitlab.url)


def test_tokens_can_be_made_and_revoked(client: Client, call: Any) -> None:
    token = call("personal_token", user="ann", scopes=["read_user"], expires_at="2099-01-01")["value"]
    described = client.get("/api/v4/personal_access_tokens/self", token).json()
    assert described["scopes"] == ["read_user"]
    assert described["expires_at"] == "2099-01-01"
    call("revoke", value=token)
    assert client.get("/api/v4/user", token).status_code == 401


def test_a_grant_can_be_made_and_aged(client: Client, call: Any) -> None:
    application = call("application", scopes=["api"])
    pair = call("grant", application=application["client_id"], user="ann")
    assert client.get_as_bearer("/api/v4/user", pair["access_token"]).status_code == 200
    call("travel", seconds=7300)
    assert client.get_as_bearer("/api/v4/user", pair["access_token"]).status_code == 401


def test_misbehaviour_can_be_switched_on_and_off(client: Client, call: Any) -> None:
    call("misbehave", kind="status", path="/api", status=503)
    assert client.get("/api/v4/user").status_code == 503
    call("behave")
    assert client.get("/api/v4/user").status_code == 401


def test_it_stays_reachable_while_everything_misbehaves(call: Any) -> None:
    call("misbehave", kind="hang")
    assert call("behave") == {}


def test_the_recorded_requests_can_be_read(client: Client, call: Any) -> None:
    client.get("/api/v4/user?a=1")
    url = f"{client.gitlab.url}/-/sandbox/requests"
    recorded = client.http.get(url, timeout=5).json()
    assert [(r["method"], r["path"], r["query"], r["status"]) for r in recorded] == [
        ("GET", "/api/v4/user", {"a": "1"}, 401)
    ]
    call("clear_requests")
    assert client.http.get(url, timeout=5).json() == []


@pytest.mark.parametrize(("method", "status"), [("stop", 404), ("revoke", 400), ("misbehave", 400)])
def test_only_the_named_methods_with_their_arguments_can_be_called(
    gitlab: Sandbox, client: Client, method: str, status: int
) -> None:
    answer = client.http.post(f"{gitlab.url}/-/sandbox/{method}", json={"nonsense": 1}, timeout=5)
    assert answer.status_code == status
    assert answer.json()["error"]
