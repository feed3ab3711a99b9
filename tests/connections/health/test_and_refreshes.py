"""Checks and refreshes both have a say: neither takes back what only the other can know."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connections import health, tokens
from connections.errors import TokenUnavailable
from connections.models import AppConnection
from connections.providers.gitlab import client
from connections.refreshing import refresh
from connections.states import Status, status_at
from connections.verdicts import RECONNECT
from sandbox.gitlab import Sandbox
from tests.connections import oauth
from tests.connections.health.stored import CHANGED, events, said
from tests.connections.tokens.stored import FOUR_MINUTES, Stored

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Content-Type": "application/json"}


def test_a_refresh_that_failed_in_between_does_not_lift_what_a_check_has_found(
    connection: Stored, gitlab: Sandbox
) -> None:
    connection.ends_in(3600)
    gitlab.misbehave("status", "/api/v4/user", status=403)
    assert said(connection.id)[0] == Status.FAILING
    connection.ends_in(-1)
    gitlab.misbehave("status", "/oauth/token", status=503, times=1)
    assert refresh(connection.id)
    connection.change(refresh_not_before=None)
    assert refresh(connection.id) is None
    assert connection.row.state.status == Status.FAILING, "the account is refused as before"
    assert connection.row.check_due_at is None
    gitlab.behave()
    assert said(connection.id) == (Status.HEALTHY, "", "")


def test_a_token_that_ended_while_its_refresh_fails_is_not_healthy(connection: Stored) -> None:
    connection.ends_in(-1)
    found = {"status": Status.HEALTHY, "cause": "It is away.", "cure": "Wait."}
    connection.change(**found, refresh_failures=1)
    state = connection.row.state
    assert (state.status, state.cause, state.cure) == (Status.FAILING, "It is away.", "Wait.")
    assert AppConnection.objects.annotate(now_is=status_at(timezone.now())).get().now_is == Status.FAILING
    connection.ends_in(FOUR_MINUTES)
    assert connection.row.state.status == Status.HEALTHY
    assert AppConnection.objects.annotate(now_is=status_at(timezone.now())).get().now_is == Status.HEALTHY


def test_a_refused_token_whose_refresh_is_put_off_is_failing(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(3600)
    waits = timezone.now() + timedelta(minutes=20)
    connection.change(refresh_failures=1, refresh_not_before=waits, cause="GitLab asks to wait.", cure="Wait.")
    gitlab.misbehave("status", "/api/v4/user", status=401, body="{}", headers=JSON)
    assert said(connection.id)[:2] == (Status.FAILING, "GitLab asks to wait.")
    assert connection.row.status == Status.FAILING
    assert [event["status"] for event in events(CHANGED)] == ["failing"]
    assert oauth.token_requests(gitlab) == 0


def test_a_wait_after_a_refresh_is_kept_too(connection: Stored, gitlab: Sandbox) -> None:
    connection.ends_in(-1)
    connection.change(status=Status.FAILING, check_failures=1)
    gitlab.misbehave("rate-limit", "/api/v4", retry_after=900)
    health.check(connection.id)
    due_at = connection.row.check_due_at
    assert due_at
    assert due_at > timezone.now() + timedelta(seconds=890)


def test_credentials_that_do_not_open_for_a_refresh_name_their_cause_and_cure(connection: Stored) -> None:
    connection.ends_in(-1)
    connection.change(sealed_credentials="broken")
    refresh(connection.id)
    state = connection.row.state
    assert state.status == Status.FAILING
    assert "cannot be opened" in state.cause
    assert "operator" in state.cure
    assert "reconnect it" in state.cure
    with pytest.raises(TokenUnavailable, match="cannot be opened"):
        tokens.fresh(connection.id)
    connection.ends_in(FOUR_MINUTES)
    status, cause, cure = said(connection.id)
    assert status == Status.FAILING
    assert "cannot be opened" in cause
    assert "reconnect it" in cure


def test_a_check_that_never_ends_well_is_no_healthy_one(
    connection: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.ends_in(3600)

    def fault(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(client, "user", fault)
    status, cause, cure = said(connection.id)
    assert status == Status.FAILING
    assert "a fault of ours" not in cause
    assert cause
    assert cure
    assert cure != RECONNECT
