"""While a check is under way anything can happen: its outcome counts for what it has looked at."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from connections import health
from connections.models import AppConnection
from connections.states import Status
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.health.stored import CHANGED, by_token, change, events, row
from tests.connections.requests import GITLAB, body
from tests.connections.tokens.stored import Stored
from tests.server import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(gitlab: Sandbox, connection_id: object, happens: Callable[[], object], kind: str = "slow") -> None:
    """Check a connection, and do something else before GitLab has answered."""
    gitlab.clear_requests()
    misbehaviour = gitlab.misbehave(kind, "/api/v4/user", times=1, seconds=60)

    def check() -> None:
        health.check(connection_id)  # type: ignore[arg-type]
        connections.close_all()

    checking = threading.Thread(target=check)
    checking.start()
    wait_until(lambda: bool(gitlab.requests))
    happens()
    misbehaviour.over.set()
    checking.join()


def test_a_refusal_of_old_credentials_says_nothing_of_the_new_ones(admin: Api, gitlab: Sandbox) -> None:
    connection_id, old = by_token(admin, gitlab)

    def replaced() -> None:
        gitlab.revoke(old.value)
        credentials = body(gitlab)["credentials"]
        assert admin.patch(f"{GITLAB}/{connection_id}", {"credentials": credentials}).status_code == 200

    meanwhile(gitlab, connection_id, replaced)
    found = row(connection_id)
    assert (found.status, found.cause) == (Status.HEALTHY, "")
    assert events(CHANGED) == []


def test_success_of_old_credentials_says_nothing_of_the_new_ones(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab)
    newer = row(connection_id).credentials_hash[::-1]
    meanwhile(gitlab, connection_id, lambda: change(connection_id, credentials_hash=newer, status=Status.FAILING))
    assert row(connection_id).status == Status.FAILING


def test_a_token_that_is_refreshed_meanwhile_is_looked_at_again(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(3600)

    def refreshed() -> None:
        assert connection.reconnect().status_code == 200

    meanwhile(gitlab, connection.id, refreshed)
    assert (connection.row.status, connection.row.cause) == (Status.HEALTHY, "")
    assert oauth.token_requests(gitlab) == 0
    assert events(CHANGED) == []


def test_a_connection_deleted_meanwhile_leaves_nothing(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab)
    meanwhile(gitlab, connection_id, lambda: admin.delete(f"{GITLAB}/{connection_id}"))
    assert not AppConnection.objects.exists()
    assert health.check(connection_id) is None
    assert events(CHANGED) == []


def test_a_later_check_counts_more_than_one_that_ends_later(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab, user="eve")

    def blocked() -> None:
        gitlab.block("eve")
        health.check(connection_id)
        gitlab.unblock("eve")

    meanwhile(gitlab, connection_id, blocked)
    assert row(connection_id).status == Status.FAILING


def test_a_rename_meanwhile_is_kept(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab)
    change(connection_id, status=Status.UNCHECKED)
    renamed = {"name": "renamed", "description": "new"}
    meanwhile(gitlab, connection_id, lambda: admin.patch(f"{GITLAB}/{connection_id}", renamed))
    found = row(connection_id)
    assert (found.name, found.description, found.status) == ("renamed", "new", Status.HEALTHY)


def test_a_check_leaves_a_refresh_alone(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(3600)
    until = timezone.now() + timedelta(minutes=1)
    claimed = {"refresh_owner": connection.id, "refresh_lease_until": until, "refresh_unanswered_since": until}
    meanwhile(gitlab, connection.id, lambda: connection.change(**claimed))
    found = connection.row
    assert {name: getattr(found, name) for name in claimed} == claimed
