"""Requests as raw bytes to the endpoints that take a body, and the contract's envelope of a refusal."""

import json
from typing import TYPE_CHECKING, Any

from tests.clients import ADDRESS, Api

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PROJECTS = "/api/v2/workspace"
LOGIN = "/api/v1/auth/universal-auth/login"
BOOTSTRAP = "/api/v1/admin/bootstrap"
GITLAB = "/api/v1/app-connections/gitlab"
RENEW = "/api/v1/auth/token/renew"
WITH_BODIES = [("POST", PROJECTS), ("POST", GITLAB), ("POST", LOGIN), ("POST", BOOTSTRAP), ("POST", RENEW)]
UNKNOWN_ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
MEGABYTE = 1_048_576


def send(api: Api, method: str, path: str, body: bytes, **more: Any) -> "Response":
    """Send bytes as they are; `more` are WSGI variables."""
    return api.client.generic(
        method,
        path,
        body,
        content_type=more.pop("content_type", "application/json"),
        headers={"Authorization": f"Bearer {api.token}"} if api.token else {},
        REMOTE_ADDR=ADDRESS,
        **more,
    )


def assert_refused(answer: "Response", *statuses: int) -> dict[str, Any]:
    """Check that an answer is the contract's envelope with one of the statuses, and return it."""
    assert answer.status_code in statuses, (answer.status_code, answer.content[:500])
    assert answer.headers["Content-Type"] == "application/json"
    assert not answer.cookies
    assert "Location" not in answer.headers
    envelope: dict[str, Any] = json.loads(answer.content)
    assert set(envelope) - {"details"} == {"reqId", "statusCode", "message", "error"}
    assert envelope["reqId"] == answer.headers["X-Request-Id"]
    assert envelope["statusCode"] == answer.status_code
    return envelope
