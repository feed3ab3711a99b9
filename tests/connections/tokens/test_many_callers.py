"""However many ask for an expired connection's token, in however many processes: it is refreshed once."""

from contextlib import ExitStack

import pytest

from connections import tokens
from connections.errors import TokenUnavailable
from connections.states import Status
from tests.clients import Api
from tests.connections.tokens.grantors import OF_OUR_OWN, Grantor
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import FOUR_MINUTES, Stored, connect, events
from tests.server import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("grantor", "count"), [("gitlab", 4), ("github", 2)], indirect=["grantor"])
def test_50_callers_in_each_of_some_processes_cause_one_refresh(
    connection: Stored, grantor: Grantor, processes: Processes, count: int
) -> None:
    grantor.sandbox.misbehave("slow", grantor.token_endpoint, seconds=1)
    with ExitStack() as stack:
        running = [stack.enter_context(processes.start(connection, callers=50)) for _ in range(count)]
        for process in running:
            process.go_on()
        outcomes = [outcome for process in running for outcome in process.outcomes()]
    assert grantor.refreshes() == 1
    assert len(outcomes) == 50 * count
    assert {outcome.get("token") for outcome in outcomes} == {connection.token}
    assert grantor.works(connection.token)
    assert len(events("refresh-app-connection-token")) == 1


@OF_OUR_OWN
def test_callers_of_many_connections_do_not_wait_for_each_others_database_connections(
    grantor: Grantor, admin: Api, processes: Processes
) -> None:
    """More refreshes at once than PostgreSQL's pool has connections: who waits must hold none."""
    made = [connect(admin, grantor, name=f"c-{number}") for number in range(6)]
    for one in made:
        one.ends_in(-1)
    with processes.start(*made, THREADS="2") as process:
        process.go_on()
        assert process.outcomes() == [{"token": one.token} for one in made]


@OF_OUR_OWN
def test_who_comes_while_a_valid_token_is_refreshed_gets_it_as_it_is(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    connection.ends_in(FOUR_MINUTES)
    before = connection.token
    with processes.start(connection, stop_at="start noted") as other:
        other.reach("start noted")
        assert tokens.fresh(connection.id).credentials["accessToken"] == before
        other.go_on()
        assert other.outcomes() == [{"token": connection.token}]
    assert connection.token != before
    assert grantor.refreshes() == 1


def test_a_token_that_lives_for_seconds_is_not_refreshed_for_every_caller(
    connection: Stored, grantor: Grantor
) -> None:
    answer = '{"access_token":"short-lived","token_type":"Bearer","expires_in":60,"refresh_token":"next"}'
    grantor.sandbox.misbehave(
        "status", grantor.token_endpoint, status=200, body=answer, headers={"Content-Type": "application/json"}
    )
    found = [tokens.fresh(connection.id).credentials["accessToken"] for _ in range(5)]
    assert found == ["short-lived"] * 5
    assert grantor.refreshes() == 1


@OF_OUR_OWN
def test_a_caller_whose_patience_ends_does_not_cut_the_refresh_off(connection: Stored, grantor: Grantor) -> None:
    slow = grantor.sandbox.misbehave("slow", grantor.token_endpoint, seconds=60)
    with pytest.raises(TokenUnavailable) as error:
        tokens.fresh(connection.id, patience=0.1)
    assert error.value.retry_after == 1
    slow.over.set()
    wait_until(lambda: connection.row.refresh_owner is None)
    assert connection.row.status == Status.HEALTHY
    assert grantor.works(connection.token)
    assert grantor.refreshes() == 1
