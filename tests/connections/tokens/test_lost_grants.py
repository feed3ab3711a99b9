"""A grant that was revoked at the server: one attempt finds out, and only a person can help."""

import pytest

from connections import tokens
from connections.errors import ReconnectRequired
from connections.states import Status
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import FOUR_MINUTES, Stored, events

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("seconds_left", [-1, FOUR_MINUTES], ids=["token ended", "token about to end"])
def test_one_attempt_finds_out_and_there_are_no_further_calls(
    connection: Stored, grantor: Grantor, seconds_left: float
) -> None:
    connection.ends_in(seconds_left)
    grantor.sandbox.revoke(connection.token)
    for _ in range(3):
        with pytest.raises(ReconnectRequired) as error:
            tokens.fresh(connection.id)
        connection.time_passes(3600)
    assert "It was revoked" in error.value.message
    assert len(grantor.sandbox.requests) == 1
    row = connection.row
    assert row.status == Status.RECONNECT_REQUIRED
    assert grantor.lost in row.cause
    assert row.cure.startswith("Reconnect it")
    assert [event["name"] for event in events("lose-app-connection-grant")] == ["by-oauth"]


def test_reconnecting_heals_it_and_keeps_its_id(connection: Stored, grantor: Grantor) -> None:
    grantor.sandbox.revoke(connection.token)
    refused = connection.list()
    assert refused.status_code == 400
    assert "Reconnect the connection" in refused.json()["message"]
    answer = connection.reconnect()
    assert answer.status_code == 200
    assert answer.json()["appConnection"]["id"] == str(connection.id)
    row = connection.row
    assert (row.status, row.cause, row.cure) == (Status.HEALTHY, "", "")
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.list().status_code == 200


def test_a_grant_without_a_refresh_token_is_not_asked_for_another(connection: Stored, grantor: Grantor) -> None:
    row = connection.row
    credentials = row.open_credentials()
    del credentials["refreshToken"]
    row.seal(credentials, row.data_key)
    row.save()
    with pytest.raises(ReconnectRequired) as error:
        tokens.fresh(connection.id)
    assert grantor.without_refresh_token in error.value.message
    assert grantor.refreshes() == 0
