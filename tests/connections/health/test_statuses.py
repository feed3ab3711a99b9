"""What a check finds: every status, with what is the matter and what to do about it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections.models import AppConnection
from connections.providers.gitlab import access_token
from connections.states import REPLACE, Status
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.health.stored import CHANGED, FAR, by_token, change, checked, events, row, said
from tests.connections.requests import create

pytestmark = pytest.mark.django_db(transaction=True)


def test_credentials_that_work_are_healthy(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab, user="ann", scopes=("api", "read_user"), expires_at=FAR)
    change(connection_id, account=None, scopes=[], expires_at=None, warnings=[{"code": "old"}], checked_at=None)
    before, updated_at = timezone.now(), row(connection_id).updated_at
    found = checked(connection_id)
    assert (found.status, found.cause, found.cure) == (Status.HEALTHY, "", "")
    assert (found.account or {})["username"] == "ann"
    assert found.scopes == ["api", "read_user"]
    assert found.expires_at == datetime(2199, 1, 31, tzinfo=UTC)
    assert found.warnings == []
    assert found.checked_at
    assert found.checked_at >= before
    assert found.verified_at == found.checked_at
    assert found.updated_at == updated_at, "a check is no change"
    assert events(CHANGED) == []


def test_what_is_wrong_with_credentials_that_work_is_a_warning(admin: Api, gitlab: Sandbox) -> None:
    connection_id, token = by_token(admin, gitlab)
    token.scopes = ("read_api",)
    found = checked(connection_id)
    assert found.status == Status.HEALTHY
    assert found.scopes == ["read_api"]
    assert [warning["code"] for warning in found.warnings] == ["missing_scope"]


def test_a_token_that_ends_soon_is_expiring(admin: Api, gitlab: Sandbox) -> None:
    end = (timezone.now() + timedelta(days=5)).date()
    connection_id, _ = by_token(admin, gitlab, expires_at=end)
    status, cause, cure = said(connection_id)
    assert status == Status.EXPIRING
    assert str(end) in cause
    assert cure == REPLACE
    assert row(connection_id).status == Status.EXPIRING
    assert events(CHANGED)[0]["statusBefore"] == "healthy"


def test_a_revoked_token_needs_others_in_its_place(admin: Api, gitlab: Sandbox) -> None:
    connection_id, token = by_token(admin, gitlab)
    gitlab.revoke(token.value)
    status, cause, cure = said(connection_id)
    assert status == Status.RECONNECT_REQUIRED
    assert "Token was revoked" in cause
    assert cure == REPLACE
    assert row(connection_id).status_words == "Needs new credentials"
    change(connection_id, checked_at=None)
    checked(connection_id)
    assert [(event["status"], event["statusBefore"]) for event in events(CHANGED)] == [
        ("reconnect_required", "healthy")
    ], "one event for one change"


def test_a_token_that_gitlab_has_forgotten_is_refused_too(admin: Api, gitlab: Sandbox) -> None:
    connection_id, token = by_token(admin, gitlab)
    del gitlab.world.tokens[token.value]
    status, cause, _ = said(connection_id)
    assert status == Status.RECONNECT_REQUIRED
    assert "does not know this token" in cause


def test_a_blocked_account_is_failing_and_heals_with_it(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab, user="eve")
    gitlab.block("eve")
    status, cause, cure = said(connection_id)
    assert status == Status.FAILING
    assert "Your account has been blocked" in cause
    assert "not blocked" in cure
    gitlab.unblock("eve")
    assert said(connection_id) == (Status.HEALTHY, "", "")
    assert [event["status"] for event in events(CHANGED)] == ["failing", "healthy"]


FAILURES: list[tuple[str, dict[str, Any], str, str]] = [
    ("status", {"status": 503}, "answered with status 503", "checked again by itself"),
    ("status", {"status": 404}, "there is no GitLab API at", "its path included"),
    ("close", {}, "closed the connection", "checked again by itself"),
    ("hang", {}, "did not answer within", "checked again by itself"),
    ("html", {}, "", "no proxy answers in its place"),
    ("not-json", {}, "", "no proxy answers in its place"),
    ("redirect", {"to": "https://elsewhere.example.com/"}, "elsewhere.example.com", "address is the right one"),
]


@pytest.mark.parametrize(("kind", "options", "cause", "cure"), FAILURES)
def test_a_gitlab_that_fails_is_failing(
    admin: Api,
    gitlab: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    options: dict[str, Any],
    cause: str,
    cure: str,
) -> None:
    monkeypatch.setattr(access_token, "VERIFY_SECONDS", 0.3)
    connection_id, _ = by_token(admin, gitlab)
    verified_at = row(connection_id).verified_at
    gitlab.misbehave(kind, "/api/v4/user", **options)
    status, said_cause, said_cure = said(connection_id)
    assert status == Status.FAILING
    assert said_cause
    assert cause in said_cause
    assert cure in said_cure
    assert row(connection_id).verified_at == verified_at, "when it last worked stays known"
    assert (row(connection_id).account or {})["username"] == "ann", "and so does what is known of it"


def test_a_gitlab_that_is_not_there_is_failing(admin: Api) -> None:
    with Sandbox() as gone:
        connection_id, _ = by_token(admin, gone)
    status, cause, cure = said(connection_id)
    assert status == Status.FAILING
    assert gone.url in cause
    assert "can be reached from here" in cure


def test_an_address_that_may_not_be_called_any_more_is_failing(admin: Api, gitlab: Sandbox, settings: Any) -> None:
    connection_id, _ = by_token(admin, gitlab)
    settings.ALLOW_INTERNAL_IP_CONNECTIONS = False
    settings.ALLOWED_INTERNAL_HOSTS = []
    status, _, cure = said(connection_id)
    assert status == Status.FAILING
    assert "allow" in cure


def test_credentials_that_do_not_open_are_failing(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab)
    other = uuid_of(create(admin, gitlab, name="other"))
    change(connection_id, sealed_credentials=AppConnection.objects.get(pk=other).sealed_credentials)
    gitlab.clear_requests()
    status, cause, cure = said(connection_id)
    assert status == Status.FAILING
    assert "cannot be opened" in cause
    assert "operator" in cure
    assert gitlab.requests == []


@pytest.mark.parametrize(
    ("kind", "options", "seconds"),
    [("rate-limit", {"retry_after": 900}, 900), ("rate-limit-json", {}, 60)],
)
def test_a_gitlab_that_asks_to_wait_is_no_verdict(
    admin: Api, gitlab: Sandbox, kind: str, options: dict[str, Any], seconds: int
) -> None:
    connection_id, _ = by_token(admin, gitlab)
    before = row(connection_id)
    gitlab.misbehave(kind, "/api/v4", **options)
    found = checked(connection_id)
    assert (found.status, found.cause, found.checked_at) == (Status.HEALTHY, "", before.checked_at)
    assert found.check_due_at
    assert found.check_due_at > timezone.now() + timedelta(seconds=seconds - 5)
    assert found.check_due_at < timezone.now() + timedelta(seconds=seconds * 1.3)
    assert events(CHANGED) == []


def test_failures_are_looked_at_again_soon_and_then_less_and_less_often(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab)
    gitlab.misbehave("status", "/api/v4", status=502)
    waits = []
    for _ in range(9):
        due_at = checked(connection_id).check_due_at
        assert due_at
        waits.append((due_at - timezone.now()).total_seconds())
    assert waits[0] <= 66
    assert waits[2] > 2 * waits[0]
    assert max(waits) <= 3960
    gitlab.behave()
    assert checked(connection_id).check_failures == 0


def test_no_secret_is_in_a_cause(admin: Api, gitlab: Sandbox) -> None:
    connection_id, token = by_token(admin, gitlab)
    body = f'{{"message":"no such token: {token.value}"}}'
    headers = {"Content-Type": "application/json"}
    for status in (400, 403, 401):
        gitlab.behave()
        gitlab.misbehave("status", "/api/v4", status=status, body=body, headers=headers)
        found = checked(connection_id)
        assert "no such token" in found.cause
        assert token.value not in f"{found.cause} {found.cure} {events(CHANGED)}"


def uuid_of(connection: dict[str, Any]) -> str:
    return str(connection["id"])
