"""An installation's token lives an hour and is made anew with the App's key, which uses nothing up."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections import claims, tokens
from connections.errors import TokenUnavailable
from connections.states import Status
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.tokens.apps import InstalledApp
from tests.connections.tokens.processes import Processes
from tests.connections.tokens.stored import FOUR_MINUTES, Stored, connect, events
from tests.connections.tokens.test_secrets import assert_absent, echo, lines  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3600.0
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def grantor(github: Sandbox, settings: Any) -> InstalledApp:
    return InstalledApp(github, settings.EXTRA_CA_CERTS).configure(settings)


def test_it_is_made_when_connecting_and_kept_sealed(admin: Api, grantor: InstalledApp) -> None:
    connection = connect(admin, grantor)
    row = connection.row
    assert grantor.refreshes() == 1
    assert grantor.works(connection.token)
    assert connection.token not in row.sealed_credentials
    assert row.token_expires_at is not None
    assert timedelta(minutes=58) < row.token_expires_at - timezone.now() <= timedelta(hours=1)
    assert row.status == Status.HEALTHY


def test_while_it_lives_no_other_is_made(connection: Stored, grantor: InstalledApp) -> None:
    connection.ends_in(claims.MARGIN.total_seconds() + 5)
    found = {tokens.fresh(connection.id).credentials["accessToken"] for _ in range(3)}
    assert found == {connection.token}
    assert grantor.sandbox.requests == []


def test_when_it_has_ended_another_is_made(connection: Stored, grantor: InstalledApp, github: Sandbox) -> None:
    old, public = connection.token, connection.row.public
    github.travel(HOUR)
    assert not grantor.works(old)
    token = tokens.fresh(connection.id).credentials["accessToken"]
    assert grantor.works(token)
    assert grantor.refreshes() == 1
    row = connection.row
    assert (row.status, row.public, row.refresh_unanswered_since) == (Status.HEALTHY, public, None)
    [event] = events("refresh-app-connection-token")
    assert event["expiresAt"] == (row.token_expires_at and row.token_expires_at.isoformat())


def test_another_is_made_before_its_end_and_ends_no_callers_own(connection: Stored, grantor: InstalledApp) -> None:
    connection.ends_in(FOUR_MINUTES)
    old = connection.token
    assert tokens.fresh(connection.id).credentials["accessToken"] != old
    assert grantor.works(old)


def test_50_callers_in_2_processes_make_one(
    connection: Stored, grantor: InstalledApp, processes: Processes
) -> None:
    grantor.sandbox.misbehave("slow", "/api/v3/app", seconds=0.5)
    with ExitStack() as stack:
        running = [stack.enter_context(processes.start(connection, callers=25)) for _ in range(2)]
        for process in running:
            process.go_on()
        outcomes = [outcome for process in running for outcome in process.outcomes()]
    assert len(outcomes) == 50
    assert {outcome.get("token") for outcome in outcomes} == {connection.token}
    assert grantor.works(connection.token)
    assert grantor.refreshes() == 1


def test_two_that_are_made_at_once_do_no_harm(
    connection: Stored, grantor: InstalledApp, processes: Processes
) -> None:
    """One process falls asleep with a new token in hand, and another makes one meanwhile."""
    with processes.start(connection, stop_at="answered", lease=1.0) as asleep:
        asleep.fall_asleep_at("answered")
        newer = tokens.fresh(connection.id).credentials["accessToken"]
        asleep.wake_up()
        assert asleep.outcomes() == [{"token": newer}]
    assert grantor.works(newer)
    assert grantor.refreshes() == 2
    assert connection.token == newer
    assert connection.row.status == Status.HEALTHY
    assert events("lose-app-connection-grant") == []
    assert [event["revoked"] for event in events("revoke-app-connection-grant")] == [True], "nobody will use it"


@pytest.mark.parametrize(
    ("line", "made"), [("claimed", 1), ("answered", 2), ("stored, not committed", 2), ("committed", 1)]
)
def test_a_killed_process_costs_one_token_at_most(
    connection: Stored, grantor: InstalledApp, processes: Processes, line: str, made: int
) -> None:
    with processes.start(connection, stop_at=line, lease=1.0) as process:
        process.reach(line)
        process.kill()
        assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert grantor.refreshes() == made
    row = connection.row
    assert (row.status, row.cause, row.refresh_unanswered_since) == (Status.HEALTHY, "", None)
    assert events("lose-app-connection-grant") == []


def test_one_that_is_refused_is_made_anew_at_once(connection: Stored, grantor: InstalledApp) -> None:
    connection.ends_in(HOUR / 2)
    grantor.sandbox.revoke(connection.token)
    assert connection.list().status_code == 200
    assert grantor.asked_for(grantor.listed_at) == [401, 200]
    assert grantor.refreshes() == 1
    assert connection.row.status == Status.HEALTHY


def test_when_the_new_one_is_refused_too_nobody_tries_for_ever(connection: Stored, grantor: InstalledApp) -> None:
    connection.ends_in(HOUR / 2)
    body = '{"message":"Bad credentials"}'
    grantor.sandbox.misbehave("status", grantor.listed_at, status=401, body=body, headers=JSON)
    answer = connection.list()
    assert answer.status_code == 400
    assert "does not know this token" in answer.json()["message"]
    assert grantor.asked_for(grantor.listed_at) == [401, 401]
    assert grantor.refreshes() == 1


def test_while_none_can_be_made_the_one_that_lives_is_served(connection: Stored, grantor: InstalledApp) -> None:
    connection.ends_in(FOUR_MINUTES)
    grantor.sandbox.misbehave("status", "/api/v3/app", status=503)
    for _ in range(3):
        assert tokens.fresh(connection.id).credentials["accessToken"] == connection.token
    assert grantor.refreshes() == 1
    row = connection.row
    assert (row.status, "503" in row.cause) == (Status.HEALTHY, True)


@pytest.mark.parametrize("options", [{"retry_after": 900}, {"retry_after": 900, "secondary": True}])
def test_a_github_that_asks_to_wait_is_not_asked_again_before(
    connection: Stored, grantor: InstalledApp, options: dict[str, Any]
) -> None:
    connection.ends_in(FOUR_MINUTES)
    grantor.sandbox.misbehave("rate-limit", "/api/v3/app", **options)
    before = timezone.now()
    assert tokens.fresh(connection.id).credentials["accessToken"] == connection.token
    row = connection.row
    assert row.refresh_not_before is not None
    assert row.refresh_not_before > before + timedelta(seconds=895)
    assert "rate limit is reached" in row.cause


def test_neither_tokens_nor_the_key_leak(
    connection: Stored,
    grantor: InstalledApp,
    lines: list[str],  # noqa: F811  # the fixture
) -> None:
    """Not even where GitHub repeats the token that it is to end."""
    first = connection.token
    found = tokens.fresh(connection.id)
    second = connection.token
    echo(grantor, "/api/v3/installation/token", "no such token: {secret}", [second])
    assert connection.api.delete(connection.path).status_code == 200
    assert "no such token" in events("revoke-app-connection-grant")[0]["cause"]
    secrets = [first, second, grantor.application.client_secret, *grantor.application.private_key.splitlines()]
    assert_absent(secrets, repr(found), "\n".join(lines))


@pytest.mark.parametrize("seconds", [-45, 45, 500])
def test_clocks_may_differ(connection: Stored, grantor: InstalledApp, github: Sandbox, seconds: float) -> None:
    github.skew(seconds)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])


def test_a_github_whose_clock_is_ahead_makes_no_token_live_longer(connection: Stored, github: Sandbox) -> None:
    github.travel(500)
    github.skew(500)
    tokens.fresh(connection.id)
    row = connection.row
    assert row.token_expires_at is not None
    assert row.token_expires_at <= timezone.now() + timedelta(hours=1)


@pytest.mark.parametrize("seconds", [-600, 700])
def test_clocks_that_differ_too_much_are_named_and_it_heals_with_them(
    connection: Stored, grantor: InstalledApp, github: Sandbox, seconds: float
) -> None:
    github.skew(seconds)
    with pytest.raises(TokenUnavailable):
        tokens.fresh(connection.id)
    row = connection.row
    assert row.status == Status.FAILING
    assert "clock" in row.cause
    github.skew(0)
    connection.time_passes(60)
    assert grantor.works(tokens.fresh(connection.id).credentials["accessToken"])
    assert connection.row.status == Status.HEALTHY
