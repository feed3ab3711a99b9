"""`kill -9` of the process that refreshes, at any line: the next caller finds out what is left."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connections import tokens
from connections.errors import ReconnectRequired
from connections.states import Status
from sandbox.gitlab import Sandbox
from sandbox.gitlab.applications import Application
from tests.clients import Api
from tests.connections import oauth
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import Stored, connect, events, works
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
    """The same, killed while it waits for GitLab, which has rotated the token or not."""
    gitlab, before = connection.gitlab, connection.token
    gitlab.misbehave("hang", "/oauth/token", handled=handled)
    with processes.start(connection, lease=LEASE) as process:
        process.go_on()
        wait_until(lambda: oauth.token_requests(gitlab) == 1)
        if handled:
            wait_until(lambda: not works(gitlab, before))
        process.kill()
        gitlab.behave()
        yield


@pytest.mark.parametrize("line", ["claimed", "start noted", "asked"])
def test_before_gitlab_rotated_the_next_caller_refreshes(
    connection: Stored, gitlab: Sandbox, processes: Processes, line: str
) -> None:
    asked = line == "asked"
    killed = killed_while_asking(connection, processes, handled=False) if asked else None
    with killed or killed_at(line, connection, processes):
        assert tokens.fresh(connection.id).credentials["accessToken"] == connection.token
    assert works(gitlab, connection.token)
    assert connection.row.status == Status.HEALTHY
    assert connection.row.refresh_unanswered_since is None
    assert oauth.token_requests(gitlab) == (2 if asked else 1)


@pytest.mark.parametrize("line", ["asked", "answered", "stored, not committed"])
def test_a_rotation_that_was_cut_off_is_told_as_such_and_reconnecting_heals_it(
    connection: Stored, gitlab: Sandbox, processes: Processes, line: str
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
    assert not works(gitlab, connection.token)
    assert len(events("lose-app-connection-grant")) == 1
    with pytest.raises(ReconnectRequired):
        tokens.fresh(connection.id)
    assert oauth.token_requests(gitlab) == 2, "the one that was cut off, and one to find out"
    assert connection.reconnect().status_code == 200
    assert works(gitlab, tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY


def test_after_the_commit_nothing_is_lost(connection: Stored, gitlab: Sandbox, processes: Processes) -> None:
    with killed_at("committed", connection, processes):
        found = tokens.fresh(connection.id)
    assert works(gitlab, found.credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY
    assert oauth.token_requests(gitlab) == 1


def test_the_other_connections_carry_on(
    connection: Stored, gitlab: Sandbox, processes: Processes, admin: Api, application: Application
) -> None:
    others = [connect(admin, gitlab, application, name=f"c-{number}") for number in range(3)]
    for other in others:
        other.ends_in(-1)
    with killed_at("answered", connection, processes):
        for other in others:
            assert works(gitlab, tokens.fresh(other.id).credentials["accessToken"])
        with pytest.raises(ReconnectRequired):
            tokens.fresh(connection.id)
    assert {other.row.status for other in others} == {Status.HEALTHY}
    assert connection.row.status == Status.RECONNECT_REQUIRED


def test_a_process_that_ends_finishes_its_refresh_first(
    connection: Stored, gitlab: Sandbox, processes: Processes
) -> None:
    gitlab.misbehave("slow", "/oauth/token", seconds=20)
    with processes.start(connection, patience=0.1) as process:
        process.go_on()
        assert process.outcomes()[0]["error"] == "TokenUnavailable"
        wait_until(lambda: oauth.token_requests(gitlab) == 1)
        process.go_on()
        gitlab.behave()
        assert process.process.wait(PATIENCE) == 0
    assert works(gitlab, connection.token)
