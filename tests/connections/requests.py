"""Requests about GitLab connections, as the tests of this folder make them."""

from collections.abc import Mapping
from typing import Any

from sandbox.gitlab import Sandbox
from tests.clients import Api

BASE = "/api/v1/app-connections"
GITLAB = f"{BASE}/gitlab"


def body(gitlab: Sandbox, *, token: str = "", **fields: Any) -> dict[str, Any]:
    """Return the body that creates a connection with a fresh personal token (or the one given)."""
    credentials = {
        "accessToken": token or gitlab.personal_token().value,
        "accessTokenType": "personal",
        "instanceUrl": gitlab.url,
    }
    return {"name": "platform", "method": "access-token", "credentials": credentials, **fields}


def create(api: Api, gitlab: Sandbox, **fields: Any) -> dict[str, Any]:
    """Create a connection and return it."""
    response = api.post(GITLAB, body(gitlab, **fields))
    assert response.status_code == 200, response.content
    connection: dict[str, Any] = response.json()["appConnection"]
    return connection


def project(api: Api, slug: str = "platform") -> str:
    """Create a project and return its id."""
    response = api.post("/api/v2/workspace", {"projectName": slug.title(), "slug": slug})
    assert response.status_code == 200, response.content
    return str(response.json()["project"]["id"])


def issues(answer: Mapping[str, Any]) -> list[tuple[str, list[Any], str]]:
    """Return the code, path and message of each issue of a 422."""
    return [(issue["code"], issue["path"], issue["message"]) for issue in answer["message"]]
