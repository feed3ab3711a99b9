"""Requests about GitHub connections, as the tests of this folder make them."""

from typing import Any

from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.requests import BASE

GITHUB = f"{BASE}/github"
METHODS = ("github-app", "oauth", "pat")
NOBODY = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


def body(github: Sandbox, method: str = "pat", *, token: str = "", **fields: Any) -> dict[str, Any]:
    """Return the body that creates a connection with fresh credentials of ann, or the personal token given."""
    credentials = world.credentials(github, method)
    if token:
        credentials["personalAccessToken"] = token
    return {"name": "platform", "method": method, "credentials": credentials, **fields}


def create(api: Api, github: Sandbox, method: str = "pat", **fields: Any) -> dict[str, Any]:
    """Create a connection and return it."""
    response = api.post(GITHUB, body(github, method, **fields))
    assert response.status_code == 200, response.content
    connection: dict[str, Any] = response.json()["appConnection"]
    return connection


def sent_to(github: Sandbox) -> list[tuple[str, str]]:
    """Return method and path of each request that a GitHub was sent, and forget them."""
    sent = [(request.method, request.path) for request in github.requests]
    github.clear_requests()
    return sent
