"""A process that falls asleep and comes back late, or whose connection is changed under its hands, does no harm."""

import pytest

from connections import tokens
from connections.errors import ReconnectRequired
from connections.models import AppConnection
from connections.states import Status
from tests.connections.tokens.grantors import OF_OUR_OWN, Grantor
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import Stored, events

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 1.0


def test_a_stale_callers_invalid_grant_does_not_mark_a_healthy_connection(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    with processes.start(connection, stop_at="start noted", lease=LEASE) as stale:
        stale.fall_asleep_at("start noted")
        newer = tokens.fresh(connection.id).credentials["accessToken"]
        stale.wake_up()
        assert stale.outcomes() == [{"token": newer}]
    assert grantor.refreshes() == 2, "the stale one was refused"
    assert grantor.asked_for(grantor.token_endpoint) == [200, grantor.refused_with]
    assert connection.row.status == Status.HEALTHY
    assert grantor.works(connection.token)
    assert events("lose-app-connection-grant") == []


@OF_OUR_OWN
def test_a_caller_that_lost_its_claim_before_the_call_makes_none(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    with processes.start(connection, stop_at="claimed", lease=LEASE) as stale:
        stale.fall_asleep_at("claimed")
        newer = tokens.fresh(connection.id).credentials["accessToken"]
        stale.wake_up()
        assert stale.outcomes() == [{"token": newer}]
    assert grantor.refreshes() == 1


def test_new_tokens_that_come_late_are_stored_all_the_same(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    """Somebody else has found the old refresh token used up meanwhile: the new one is the only one that works."""
    with processes.start(connection, stop_at="answered", lease=LEASE) as stale:
        stale.fall_asleep_at("answered")
        with pytest.raises(ReconnectRequired):
            tokens.fresh(connection.id)
        assert connection.row.status == Status.RECONNECT_REQUIRED
        stale.wake_up()
        assert stale.outcomes() == [{"token": connection.token}]
    assert grantor.works(connection.token)
    assert connection.row.status == Status.HEALTHY
    assert connection.row.cause == ""


def test_what_comes_after_a_reconnect_is_not_stored_but_revoked(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    with processes.start(connection, stop_at="answered") as process:
        process.reach("answered")
        assert connection.reconnect().status_code == 200
        reconnected = connection.row
        process.go_on()
        assert process.outcomes() == [{"token": connection.token}]
    row = connection.row
    assert row.credentials_hash == reconnected.credentials_hash
    assert row.status == Status.HEALTHY
    assert grantor.works(connection.token)
    revoked = events("revoke-app-connection-grant")
    assert [event["revoked"] for event in revoked] == [True, True], "the replaced grant, and what became of it"
    assert grantor.live_tokens() == {connection.token}


def test_what_comes_after_a_delete_is_revoked(connection: Stored, grantor: Grantor, processes: Processes) -> None:
    with processes.start(connection, stop_at="answered") as process:
        process.reach("answered")
        assert connection.api.delete(connection.path).status_code == 200
        process.go_on()
        assert [outcome["error"] for outcome in process.outcomes()] == ["ConnectionNotFound"]
    assert not AppConnection.objects.exists()
    assert grantor.live_tokens() == set()
    assert len(events("revoke-app-connection-grant")) == 2


def test_a_reconnect_during_the_call_wins(connection: Stored, grantor: Grantor, processes: Processes) -> None:
    with processes.start(connection, stop_at="start noted") as process:
        process.reach("start noted")
        assert connection.reconnect().status_code == 200
        process.go_on()
        assert process.outcomes() == [{"token": connection.token}]
    assert connection.row.status == Status.HEALTHY
    assert grantor.works(connection.token)
