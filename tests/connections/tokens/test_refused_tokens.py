"""A token may be replaced between its being served and its being used: what then gets 401 is repeated once."""

from typing import Any

import pytest

from connections.states import Status
from sandbox.gitlab import Sandbox
from tests.concurrency import at_once
from tests.connections import oauth
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import FOUR_MINUTES, Stored
from tests.server import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def listings(gitlab: Sandbox) -> list[int | None]:
    """Return the statuses of all requests for a list of projects."""
    return [request.status for request in gitlab.requests if request.path == "/api/v4/projects"]


def listed_while_the_token_is_replaced(connection: Stored, processes: Processes) -> Any:
    """List while GitLab has rotated the token, and another process has not stored the new one yet."""
    connection.ends_in(FOUR_MINUTES)
    with processes.start(connection, stop_at="answered") as other:
        other.reach("answered")

        def let_the_other_go_on() -> None:
            wait_until(lambda: listings(connection.gitlab) == [401])
            other.go_on()

        listed, _ = at_once([lambda: connection.api.get(f"{connection.path}/projects"), let_the_other_go_on])
        assert other.outcomes() == [{"token": connection.token}]
    return listed


def test_a_listing_waits_for_the_token_that_replaces_its_own_and_is_repeated_with_it(
    connection: Stored, gitlab: Sandbox, processes: Processes
) -> None:
    assert listed_while_the_token_is_replaced(connection, processes).status_code == 200
    assert listings(gitlab) == [401, 200]
    assert oauth.token_requests(gitlab) == 1


def test_a_listing_is_repeated_once_only(connection: Stored, gitlab: Sandbox, processes: Processes) -> None:
    body = '{"message":"401 Unauthorized"}'
    headers = {"Content-Type": "application/json"}
    gitlab.misbehave("status", "/api/v4/projects", status=401, body=body, headers=headers)
    assert listed_while_the_token_is_replaced(connection, processes).status_code == 400
    assert listings(gitlab) == [401, 401]


def test_a_listing_is_not_repeated_without_a_newer_token(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(3600)
    gitlab.revoke(connection.token)
    answer = connection.api.get(f"{connection.path}/projects")
    assert answer.status_code == 400
    assert "Token was revoked" in answer.json()["message"]
    assert listings(gitlab) == [401]


def test_a_grant_that_turns_out_to_be_lost_is_said_so(connection: Stored, gitlab: Sandbox) -> None:
    """The token would have lived for minutes, but the grant is revoked: cause and cure are named."""
    connection.ends_in(FOUR_MINUTES)
    gitlab.revoke(connection.token)
    answer = connection.api.get(f"{connection.path}/projects")
    assert answer.status_code == 400
    assert "Reconnect the connection" in answer.json()["message"]
    assert connection.row.status == Status.RECONNECT_REQUIRED
    assert listings(gitlab) == []
