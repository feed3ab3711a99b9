"""A connection by OAuth over REST: its code is exchanged, and its tokens are sealed."""

from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.requests import GITLAB

pytestmark = pytest.mark.django_db


def create(admin: Api, code: str, **credentials: Any) -> Any:
    body = {"name": "by-oauth", "method": "oauth", "credentials": {"code": code, **credentials}}
    return admin.post(GITLAB, body)


def test_a_code_makes_a_connection(admin: Api, gitlab: Sandbox, settings: Any) -> None:
    application = oauth.configure(settings, gitlab)
    answer = create(admin, oauth.code(gitlab, application), instanceUrl=gitlab.url)
    assert answer.status_code == 200, answer.json()
    shown = answer.json()["appConnection"]
    assert shown["method"] == "oauth"
    assert shown["credentials"] == {"instanceUrl": gitlab.url}
    stored = AppConnection.objects.get()
    assert (stored.account or {})["username"] == "ann"
    assert stored.scopes == ["api"]
    assert stored.token_expires_at is not None
    assert set(stored.open_credentials()) == {
        "accessToken",
        "refreshToken",
        "tokenType",
        "instanceUrl",
        "clientId",
    }
