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


def connected(admin: Api, given: dict[str, Any]) -> str:
    """Create a connection and return its path."""
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 200, answer.content
    return f"{GITHUB}/{answer.json()['appConnection']['id']}"


def installed(github: Sandbox, login: str, repositories: Any = "all", *, user: str = "olga") -> dict[str, Any]:
    """Return the body by which somebody connects the App, where it is installed on an account of theirs."""
    app = world.app_at(github)
    installation = github.install(app, login, repositories)
    given = body(github, "github-app")
    given["credentials"] |= {"code": world.code(github, app, user=user), "installationId": str(installation.id)}
    return given


def sent_to(github: Sandbox) -> list[tuple[str, str]]:
    """Return method and path of each request that a GitHub was sent, and forget them."""
    sent = [(request.method, request.path) for request in github.requests]
    github.clear_requests()
    return sent
