"""A server that is away: all of its connections are soon known to fail, and no other server's wait for it."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from connections import health, upkeep
from connections.models import AppConnection
from connections.states import Status
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.health.stored import CHANGED, by_token, change, events, row, said
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import Stored, connect

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 12


@pytest.fixture
def other() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def made_due(admin: Api, server: Sandbox, count: int, prefix: str = "t") -> list[uuid.UUID]:
    found = [by_token(admin, server, name=f"{prefix}-{number}")[0] for number in range(count)]
    AppConnection.objects.filter(pk__in=found).update(check_due_at=timezone.now() - timedelta(hours=2))
    server.clear_requests()
    return found


def statuses(connection_ids: list[uuid.UUID]) -> set[str]:
    return set(AppConnection.objects.filter(pk__in=connection_ids).values_list("status", flat=True))


def test_what_is_to_a_server_that_is_away_fails_within_one_round(admin: Api, gitlab: Sandbox) -> None:
    found = made_due(admin, gitlab, MANY)
    later = by_token(admin, gitlab, name="not-due")[0]
    gitlab.clear_requests()
    gitlab.misbehave("status", "/api/v4", status=502)
    health.check_due()
    assert statuses(found) == {Status.FAILING}
    assert len(gitlab.requests) <= upkeep.CALLS_PER_SERVER, "and it is left alone"
    assert {row(one).cause for one in found} == {row(found[0]).cause}
    assert "502" in row(found[-1]).cause
    assert len(events(CHANGED)) == MANY
    assert not health.due().exists()
    assert row(later).status == Status.HEALTHY
    gitlab.behave()
    AppConnection.objects.update(check_due_at=None)
    health.check_due()
    assert statuses(found) == {Status.HEALTHY}


def test_one_connection_that_fails_says_nothing_of_the_others(admin: Api, gitlab: Sandbox) -> None:
    found = made_due(admin, gitlab, MANY)
    gitlab.misbehave("status", "/api/v4", status=502, times=1)
    health.check_due()
    health.check_due()
    failures = AppConnection.objects.filter(pk__in=found).values_list("check_failures", flat=True)
    assert sorted(failures) == [0] * (MANY - 1) + [1]
    assert not health.due().exists(), "and they were all asked for"


def test_a_server_that_asks_to_wait_is_left_alone_for_all_of_its_connections(admin: Api, gitlab: Sandbox) -> None:
    found = made_due(admin, gitlab, MANY)
    gitlab.misbehave("rate-limit", "/api/v4", retry_after=900)
    health.check_due()
    assert len(gitlab.requests) <= upkeep.CALLS_PER_SERVER
    assert statuses(found) == {Status.HEALTHY}
    soonest = AppConnection.objects.order_by("check_due_at").values_list("check_due_at", flat=True)[0]
    assert soonest
    assert soonest > timezone.now() + timedelta(seconds=880)


def test_many_to_one_server_leave_room_for_the_others(
    admin: Api, gitlab: Sandbox, other: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_due(admin, other, 6)
    mine = by_token(admin, gitlab, name="mine")[0]
    change(mine, check_due_at=timezone.now() - timedelta(minutes=1))
    gitlab.clear_requests()
    monkeypatch.setattr(upkeep, "ROUND", 4)
    other.misbehave("rate-limit", "/api/v4")
    health.check_due()
    assert [request.path for request in gitlab.requests if request.path == "/api/v4/user"]


def test_what_needs_new_credentials_needs_them_though_its_server_is_away(admin: Api, gitlab: Sandbox) -> None:
    connection_id, token = by_token(admin, gitlab)
    gitlab.revoke(token.value)
    status, cause, cure = said(connection_id)
    gitlab.misbehave("status", "/api/v4", status=503)
    assert said(connection_id) == (status, cause, cure)
    assert row(connection_id).check_failures == 2
    gitlab.behave()
    gitlab.world.tokens[token.value].revoked = False
    assert said(connection_id)[0] == Status.HEALTHY


def test_the_worker_checks_nothing_that_has_no_token(connection: Stored, gitlab: Sandbox) -> None:
    connection.change(check_due_at=None)
    health.check_due()
    assert gitlab.requests == [], "the refresh comes first, and has its own say"
    connection.ends_in(3600)
    health.check_due()
    assert gitlab.requests
    assert connection.row.status == Status.HEALTHY


def test_tokens_that_ended_while_their_server_is_away_are_known_to_have(
    admin: Api, gitlab: Sandbox, grantor: Grantor
) -> None:
    found = [connect(admin, grantor, name=f"o-{number}") for number in range(MANY)]
    AppConnection.objects.update(token_expires_at=timezone.now() - timedelta(minutes=1))
    found[-1].ends_in(120)
    gitlab.clear_requests()
    gitlab.misbehave("status", "/oauth/token", status=503)
    upkeep.refresh_due()
    assert oauth.token_requests(gitlab) <= upkeep.CALLS_PER_SERVER
    states = [one.row.state for one in found[:-1]]
    assert {state.status for state in states} == {Status.FAILING}
    assert all("503" in state.cause and state.cure for state in states)
    assert found[-1].row.state.status == Status.HEALTHY, "its token is still good"
    gitlab.behave()
    AppConnection.objects.update(refresh_not_before=None)
    upkeep.refresh_due()
    health.check_due()
    assert {one.row.state.status for one in found} == {Status.HEALTHY}
    assert {one.row.cause for one in found} == {""}
