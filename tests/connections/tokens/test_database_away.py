"""The database is away at the worst moment: new tokens were given, and they are stored nowhere yet."""

import pytest
from django.db import OperationalError

from connections import refreshing, tokens
from connections.models import AppConnection
from connections.states import Status
from tests.connections.tokens import database
from tests.connections.tokens.grantors import OF_OUR_OWN, Grantor
from tests.connections.tokens.processes import Process, Processes
from tests.connections.tokens.stored import Stored, events
from tests.server import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def waits(process: Process) -> bool:
    return "new tokens could not be stored yet" in process.log.read_text()


@OF_OUR_OWN
def test_the_new_tokens_are_stored_as_soon_as_it_is_back(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    started = processes.start(connection, stop_at="answered", busy_timeout=0.1, PGAPPNAME=database.NAME)
    with started as process:
        process.reach("answered")
        with database.away():
            process.go_on()
            assert process.says() == "answered"
            wait_until(lambda: waits(process))
        process.go_on()
        outcomes = next_outcomes(process)
    assert outcomes == [{"token": connection.token}]
    assert grantor.works(connection.token)
    assert connection.row.status == Status.HEALTHY
    assert grantor.refreshes() == 1
    assert len(events("refresh-app-connection-token")) == 1


def test_a_commit_whose_answer_is_lost_costs_nothing(
    connection: Stored, grantor: Grantor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second attempt finds the first one's tokens, and must not take them for somebody else's."""
    store, attempts = refreshing._store, []

    def unheard(before: AppConnection, after: AppConnection) -> bool:
        attempts.append(stored := store(before, after))
        if len(attempts) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        return stored

    monkeypatch.setattr(refreshing, "_store", unheard)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert attempts == [True, True]
    assert events("revoke-app-connection-grant") == []
    assert len(events("refresh-app-connection-token")) == 1


def next_outcomes(process: Process) -> object:
    """Let it try as often as it needs to, and return what its caller got."""
    while (said := process.says()) == "answered":
        process.go_on()
    return said
