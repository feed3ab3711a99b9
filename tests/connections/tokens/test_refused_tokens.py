"""A token may be replaced between its being served and its being used: what then gets 401 is repeated once."""

from typing import Any

import pytest

from connections.states import Status
from tests.concurrency import at_once
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import FOUR_MINUTES, Stored
from tests.server import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def listed_while_the_token_is_replaced(connection: Stored, processes: Processes) -> Any:
    """List while the server has rotated the token, and another process has not stored the new one yet."""
    connection.ends_in(FOUR_MINUTES)
    with processes.start(connection, stop_at="answered") as other:
        other.reach("answered")

        def let_the_other_go_on() -> None:
            wait_until(lambda: connection.grantor.asked_for(connection.grantor.listed_at) == [401])
            other.go_on()

        listed, _ = at_once([connection.list, let_the_other_go_on])
        assert other.outcomes() == [{"token": connection.token}]
    return listed


def test_a_listing_waits_for_the_token_that_replaces_its_own_and_is_repeated_with_it(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    assert listed_while_the_token_is_replaced(connection, processes).status_code == 200
    assert grantor.asked_for(grantor.listed_at) == [401, 200]
    assert grantor.refreshes() == 1


def test_a_listing_is_repeated_once_only(connection: Stored, grantor: Grantor, processes: Processes) -> None:
    body = '{"message":"401 Unauthorized"}'
    headers = {"Content-Type": "application/json"}
    grantor.sandbox.misbehave("status", grantor.listed_at, status=401, body=body, headers=headers)
    assert listed_while_the_token_is_replaced(connection, processes).status_code == 400
    assert grantor.asked_for(grantor.listed_at) == [401, 401]


def test_a_listing_is_not_repeated_without_a_newer_token(connection: Stored, grantor: Grantor) -> None:
    connection.ends_in(3600)
    grantor.sandbox.revoke(connection.token)
    answer = connection.list()
    assert answer.status_code == 400
    assert grantor.revoked in answer.json()["message"]
    assert grantor.asked_for(grantor.listed_at) == [401]


def test_a_grant_that_turns_out_to_be_lost_is_said_so(connection: Stored, grantor: Grantor) -> None:
    """The token would have lived for minutes, but the grant is revoked: cause and cure are named."""
    connection.ends_in(FOUR_MINUTES)
    grantor.sandbox.revoke(connection.token)
    answer = connection.list()
    assert answer.status_code == 400
    assert "Reconnect the connection" in answer.json()["message"]
    assert connection.row.status == Status.RECONNECT_REQUIRED
    assert grantor.asked_for(grantor.listed_at) == []
