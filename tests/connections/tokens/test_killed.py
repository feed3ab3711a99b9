"""`kill -9` of the process that refreshes, at any line: the next caller finds out what is left."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connections import tokens
from connections.errors import ReconnectRequired
from connections.states import Status
from tests.clients import Api
from tests.connections.tokens.grantors import OF_OUR_OWN, Grantor
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import Stored, connect, events
from tests.server import PATIENCE, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 1.0


@contextmanager
def killed_at(line: str, connection: Stored, processes: Processes) -> Iterator[None]:
    """Run the block once the process that refreshes was killed at `line`, in its own code."""
    with processes.start(connection, stop_at=line, lease=LEASE) as process:
        process.reach(line)
        process.kill()
        yield


@contextmanager
def killed_while_asking(connection: Stored, processes: Processes, *, handled: bool) -> Iterator[None]:
    """The same, killed while it waits for the server, which has rotated the token or not."""
    grantor, before = connection.grantor, connection.token
    grantor.sandbox.misbehave("hang", grantor.token_endpoint, handled=handled)
    with processes.start(connection, lease=LEASE) as process:
        process.go_on()
        wait_until(lambda: grantor.refreshes() == 1)
        if handled:
            wait_until(lambda: not grantor.works(before))
        process.kill()
        grantor.sandbox.behave()
        yield


@pytest.mark.parametrize("line", ["claimed", "start noted", "asked"])
def test_before_the_server_rotated_the_next_caller_refreshes(
    connection: Stored, grantor: Grantor, processes: Processes, line: str
) -> None:
    asked = line == "asked"
    killed = killed_while_asking(connection, processes, handled=False) if asked else None
    with killed or killed_at(line, connection, processes):
        assert tokens.fresh(connection.id).credentials["accessToken"] == connection.token
    assert grantor.works(connection.token)
    assert connection.row.status == Status.HEALTHY
    assert connection.row.refresh_unanswered_since is None
    assert grantor.refreshes() == (2 if asked else 1)


@pytest.mark.parametrize("line", ["asked", "answered", "stored, not committed"])
def test_a_rotation_that_was_cut_off_is_told_as_such_and_reconnecting_heals_it(
    connection: Stored, grantor: Grantor, processes: Processes, line: str
) -> None:
    asked = line == "asked"
    killed = killed_while_asking(connection, processes, handled=True) if asked else None
    with killed or killed_at(line, connection, processes), pytest.raises(ReconnectRequired) as error:
        tokens.fresh(connection.id)
    assert "A rotation was cut off" in error.value.message
    row = connection.row
    assert row.status == Status.RECONNECT_REQUIRED
    assert row.cause.startswith("A rotation was cut off")
    assert "Reconnect" in row.cure
    assert not grantor.works(connection.token)
    assert len(events("lose-app-connection-grant")) == 1
    with pytest.raises(ReconnectRequired):
        tokens.fresh(connection.id)
    assert grantor.refreshes() == 2, "the one that was cut off, and one to find out"
    assert connection.reconnect().status_code == 200
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY


def test_after_the_commit_nothing_is_lost(connection: Stored, grantor: Grantor, processes: Processes) -> None:
    with killed_at("committed", connection, processes):
        found = tokens.fresh(connection.id)
    assert grantor.works(found.credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY
    assert grantor.refreshes() == 1


@OF_OUR_OWN
def test_the_other_connections_carry_on(
    connection: Stored, grantor: Grantor, processes: Processes, admin: Api
) -> None:
    others = [connect(admin, grantor, name=f"c-{number}") for number in range(3)]
    for other in others:
        other.ends_in(-1)
    with killed_at("answered", connection, processes):
        for other in others:
            assert grantor.works(tokens.fresh(other.id).credentials["accessToken"])
        with pytest.raises(ReconnectRequired):
            tokens.fresh(connection.id)
    assert {other.row.status for other in others} == {Status.HEALTHY}
    assert connection.row.status == Status.RECONNECT_REQUIRED


@OF_OUR_OWN
def test_a_process_that_ends_finishes_its_refresh_first(
    connection: Stored, grantor: Grantor, processes: Processes
) -> None:
    grantor.sandbox.misbehave("slow", grantor.token_endpoint, seconds=20)
    with processes.start(connection, patience=0.1) as process:
        process.go_on()
        assert process.outcomes()[0]["error"] == "TokenUnavailable"
        wait_until(lambda: grantor.refreshes() == 1)
        process.go_on()
        grantor.sandbox.behave()
        assert process.process.wait(PATIENCE) == 0
    assert grantor.works(connection.token)
