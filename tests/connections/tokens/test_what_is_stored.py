"""What a refresh leaves in our books."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections import tokens
from connections.states import Status
from tests.connections.tokens.grantors import OF_OUR_OWN, Grantor
from tests.connections.tokens.stored import Stored, events

pytestmark = pytest.mark.django_db(transaction=True)


def answer(grantor: Grantor, **fields: Any) -> None:
    """Let the token endpoint answer with these fields."""
    body = {"access_token": "new-token", "expires_in": 7200, **fields}
    grantor.sandbox.misbehave(
        "status",
        grantor.token_endpoint,
        status=200,
        body=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )


def test_the_whole_pair_is_replaced_with_its_expiry_and_recorded(connection: Stored, grantor: Grantor) -> None:
    before, version, public = connection.credentials, connection.row.version, connection.row.public
    found = tokens.fresh(connection.id)
    after, row = connection.credentials, connection.row
    assert found.credentials == after
    assert grantor.works(after["accessToken"])
    assert set(after) == set(before)
    assert after["accessToken"] != before["accessToken"]
    assert after["refreshToken"] != before["refreshToken"]
    assert connection.row.public == public
    assert row.token_expires_at is not None
    assert grantor.life - timedelta(minutes=2) < row.token_expires_at - timezone.now() <= grantor.life
    assert (row.status, row.version) == (Status.HEALTHY, version)
    assert (row.refresh_owner, row.refresh_lease_until) == (None, None)
    [event] = events("refresh-app-connection-token")
    assert event["expiresAt"] == row.token_expires_at.isoformat()


def test_an_answer_without_a_refresh_token_leaves_the_old_one_in_force(
    connection: Stored, grantor: Grantor
) -> None:
    before = connection.credentials
    answer(grantor)
    tokens.fresh(connection.id)
    assert connection.credentials == {**before, "accessToken": "new-token", "tokenType": "Bearer"}


def test_the_scopes_of_the_answer_replace_the_stored_ones(connection: Stored, grantor: Grantor) -> None:
    answer(grantor, scope="read_api read_repository")
    tokens.fresh(connection.id)
    assert connection.row.scopes == ["read_api", "read_repository"]


def test_without_scopes_in_the_answer_the_stored_ones_stay(connection: Stored, grantor: Grantor) -> None:
    answer(grantor)
    tokens.fresh(connection.id)
    assert connection.row.scopes == list(grantor.scopes)


def test_a_token_that_never_ends_is_never_refreshed_again(connection: Stored, grantor: Grantor) -> None:
    answer(grantor, expires_in=None)
    assert tokens.fresh(connection.id).credentials["accessToken"] == "new-token"
    assert connection.row.token_expires_at is None
    grantor.sandbox.clear_requests()
    assert tokens.fresh(connection.id).credentials["accessToken"] == "new-token"
    assert grantor.sandbox.requests == []


@OF_OUR_OWN
def test_a_change_of_name_during_a_refresh_is_kept(connection: Stored, grantor: Grantor, processes: Any) -> None:
    before = connection.token
    with processes.start(connection, stop_at="answered") as process:
        process.reach("answered")
        assert connection.api.patch(connection.path, {"name": "renamed"}).status_code == 200
        process.go_on()
        assert process.outcomes() == [{"token": connection.token}]
    assert connection.token != before
    assert connection.row.name == "renamed"
