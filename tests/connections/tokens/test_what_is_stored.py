"""What a refresh leaves in our books."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections import tokens
from connections.states import Status
from sandbox.gitlab import Sandbox
from tests.connections.tokens.stored import Stored, events, works

pytestmark = pytest.mark.django_db(transaction=True)


def answer(gitlab: Sandbox, **fields: Any) -> None:
    """Let the token endpoint answer with these fields."""
    body = {"access_token": "new-token", "token_type": "Bearer", "expires_in": 7200, **fields}
    gitlab.misbehave(
        "status",
        "/oauth/token",
        status=200,
        body=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )


def test_the_whole_pair_is_replaced_with_its_expiry_and_recorded(connection: Stored, gitlab: Sandbox) -> None:
    before, version = connection.credentials, connection.row.version
    found = tokens.fresh(connection.id)
    after, row = connection.credentials, connection.row
    assert found.credentials == after
    assert works(gitlab, after["accessToken"])
    assert set(after) == set(before)
    assert after["accessToken"] != before["accessToken"]
    assert after["refreshToken"] != before["refreshToken"]
    assert after["instanceUrl"] == before["instanceUrl"]
    assert row.token_expires_at is not None
    assert timedelta(minutes=118) < row.token_expires_at - timezone.now() <= timedelta(minutes=120)
    assert (row.status, row.version) == (Status.HEALTHY, version)
    assert (row.refresh_owner, row.refresh_lease_until) == (None, None)
    [event] = events("refresh-app-connection-token")
    assert event["expiresAt"] == row.token_expires_at.isoformat()


def test_an_answer_without_a_refresh_token_leaves_the_old_one_in_force(connection: Stored, gitlab: Sandbox) -> None:
    before = connection.credentials
    answer(gitlab)
    tokens.fresh(connection.id)
    assert connection.credentials == {**before, "accessToken": "new-token"}


def test_the_scopes_of_the_answer_replace_the_stored_ones(connection: Stored, gitlab: Sandbox) -> None:
    answer(gitlab, scope="read_api read_repository")
    tokens.fresh(connection.id)
    assert connection.row.scopes == ["read_api", "read_repository"]


def test_without_scopes_in_the_answer_the_stored_ones_stay(connection: Stored, gitlab: Sandbox) -> None:
    answer(gitlab)
    tokens.fresh(connection.id)
    assert connection.row.scopes == ["api"]


def test_a_token_that_never_ends_is_never_refreshed_again(connection: Stored, gitlab: Sandbox) -> None:
    answer(gitlab, expires_in=None)
    assert tokens.fresh(connection.id).credentials["accessToken"] == "new-token"
    assert connection.row.token_expires_at is None
    gitlab.clear_requests()
    assert tokens.fresh(connection.id).credentials["accessToken"] == "new-token"
    assert gitlab.requests == []


def test_a_change_of_name_during_a_refresh_is_kept(connection: Stored, gitlab: Sandbox, processes: Any) -> None:
    before = connection.token
    with processes.start(connection, stop_at="answered") as process:
        process.reach("answered")
        assert connection.api.patch(connection.path, {"name": "renamed"}).status_code == 200
        process.go_on()
        assert process.outcomes() == [{"token": connection.token}]
    assert connection.token != before
    assert connection.row.name == "renamed"
