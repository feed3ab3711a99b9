"""A token endpoint that takes its time is asked once: callers wait, or hear when to come again."""

from datetime import timedelta

import pytest

from connections import tokens
from connections.errors import TokenUnavailable
from connections.states import Status
from tests.connections.tokens.grantors import OF_OUR_OWN, Grantor
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import FOUR_MINUTES, Stored
from tests.server import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_callers_wait_or_hear_within_their_patience_when_to_come_again(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    grantor.sandbox.misbehave("slow", grantor.token_endpoint, seconds=20)
    with (
        processes.start(connection, callers=10) as patient,
        processes.start(connection, callers=10, patience=0.5) as impatient,
    ):
        patient.go_on()
        impatient.go_on()
        refused = impatient.outcomes()
        assert {outcome["error"] for outcome in refused} == {"TokenUnavailable"}
        assert {outcome["retry_after"] for outcome in refused} == {1}
        wait_until(lambda: grantor.refreshes() == 1)
        grantor.sandbox.behave()
        assert {outcome.get("token") for outcome in patient.outcomes()} == {connection.token}
    assert grantor.refreshes() == 1
    assert grantor.works(connection.token)


@OF_OUR_OWN
def test_over_http_a_caller_gets_503_with_retry_after(
    connection: Stored, grantor: Grantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "PATIENCE", 0.5)
    slow = grantor.sandbox.misbehave("slow", grantor.token_endpoint, seconds=20)
    answer = connection.list()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    slow.over.set()
    wait_until(lambda: connection.row.refresh_owner is None)
    assert connection.list().status_code == 200
    assert grantor.refreshes() == 1


@OF_OUR_OWN
def test_a_call_that_outlasts_its_lease_keeps_the_claim(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    grantor.sandbox.misbehave("slow", grantor.token_endpoint, seconds=20)
    with processes.start(connection, lease=0.5) as process:
        process.go_on()
        wait_until(lambda: grantor.refreshes() == 1)
        first = connection.row.refresh_lease_until
        assert first
        two_leases_later = first + timedelta(seconds=1)
        wait_until(lambda: (connection.row.refresh_lease_until or first) > two_leases_later)
        with pytest.raises(TokenUnavailable):
            tokens.fresh(connection.id, patience=0.1)
        grantor.sandbox.behave()
        assert process.outcomes() == [{"token": connection.token}]
    assert grantor.refreshes() == 1
    assert connection.row.status == Status.HEALTHY


@OF_OUR_OWN
def test_with_a_valid_token_nobody_waits_long(
    connection: Stored, grantor: Grantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "PATIENCE_WITH_A_VALID_TOKEN", 0.2)
    connection.ends_in(FOUR_MINUTES)
    before = connection.token
    slow = grantor.sandbox.misbehave("slow", grantor.token_endpoint, seconds=20)
    for _ in range(3):
        assert tokens.fresh(connection.id).credentials["accessToken"] == before
    assert slow.over.is_set() is False
    slow.over.set()
    wait_until(lambda: connection.row.refresh_owner is None)
    assert connection.token != before
    assert grantor.refreshes() == 1
