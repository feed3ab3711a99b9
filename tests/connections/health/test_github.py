"""The health of connections to GitHub, by each of its methods: healthy, failing, healed, and what is no verdict."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from connections import health
from connections.errors import ProviderRateLimited
from connections.providers.github import app_facts, oauth, personal_token
from connections.states import REPLACE, Status
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world as at_github
from tests.connections.health.stored import CHANGED, CHECKED, change, checked, events, row, said
from tests.connections.health.test_check_now import somebody
from tests.connections.requests import BASE
from tests.connections.tokens.apps import InstalledApp, OAuthApp
from tests.connections.tokens.grantors import AtGitHub
from tests.connections.tokens.stored import connect

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"Content-Type": "application/json"}
GRANTORS: dict[str, type[AtGitHub]] = {"oauth app": OAuthApp, "expiring": AtGitHub, "github-app": InstalledApp}
METHODS = ["pat", *GRANTORS]


@dataclass(frozen=True)
class Made:
    """A connection, and the path that its check asks."""

    id: uuid.UUID
    asked: str


def by_token(api: Api, github: Sandbox, **token: Any) -> tuple[uuid.UUID, str]:
    """Make a connection with a personal access token; returns its id and the token."""
    value = github.personal_token(**token).value
    credentials = {"personalAccessToken": value, **at_github.of_server(github)}
    answer = api.post(f"{BASE}/github", {"name": "a", "method": "pat", "credentials": credentials})
    assert answer.status_code == 200, answer.content
    return uuid.UUID(answer.json()["appConnection"]["id"]), value


Make = Callable[[str], Made]


@pytest.fixture
def make(admin: Api, github: Sandbox, settings: Any) -> Make:
    def made(method: str) -> Made:
        if method == "pat":
            return Made(by_token(admin, github)[0], "/api/v3/user")
        grantor = GRANTORS[method](github, settings.EXTRA_CA_CERTS).configure(settings)
        return Made(connect(admin, grantor).id, grantor.user_endpoint)

    return made


@pytest.mark.parametrize("method", METHODS)
def test_credentials_that_work_are_healthy(make: Make, github: Sandbox, method: str) -> None:
    made = make(method)
    before = row(made.id)
    change(made.id, status=Status.UNCHECKED, account=None, details=[], warnings=[{"code": "old"}], checked_at=None)
    github.clear_requests()
    found = checked(made.id)
    assert (found.status, found.cause, found.cure) == (Status.HEALTHY, "", "")
    assert (found.account, found.details) == (before.account, before.details)
    assert found.account
    assert found.details
    assert found.warnings == []
    assert found.checked_at == found.verified_at
    assert [request.path for request in github.requests] == [made.asked]


FAILURES: list[tuple[str, dict[str, Any], str, str]] = [
    ("status", {"status": 503}, "answered with status 503", "checked again by itself"),
    ("status", {"status": 403, "body": "{}", "headers": JSON}, "Forbidden", "not blocked"),
    ("status", {"status": 404, "body": "{}", "headers": JSON}, "Not Found", "address is the right one"),
    ("close", {}, "closed the connection", "checked again by itself"),
    ("hang", {}, "did not answer within", "checked again by itself"),
    ("html", {}, "", "no proxy answers in its place"),
    ("redirect", {"to": "https://elsewhere.example.com/"}, "elsewhere.example.com", "address is the right one"),
]


@pytest.mark.parametrize(("kind", "options", "cause", "cure"), FAILURES)
@pytest.mark.parametrize("method", ["pat", "oauth app", "github-app"])
def test_a_github_that_fails_is_failing_and_heals(
    make: Make,
    github: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    kind: str,
    options: dict[str, Any],
    cause: str,
    cure: str,
) -> None:
    made = make(method)
    verified_at = row(made.id).verified_at
    for module in (app_facts, oauth, personal_token):
        monkeypatch.setattr(module, "VERIFY_SECONDS", 0.3 if kind == "hang" else 15.0)
    github.misbehave(kind, made.asked, **options)
    status, said_cause, said_cure = said(made.id)
    assert status == Status.FAILING
    assert said_cause
    assert cause in said_cause
    assert cure in said_cure
    assert row(made.id).verified_at == verified_at
    monkeypatch.undo()
    github.behave()
    assert said(made.id) == (Status.HEALTHY, "", "")
    assert [event["status"] for event in events(CHANGED)] == ["failing", "healthy"]


@pytest.mark.parametrize(("status", "secondary"), [(403, False), (429, False), (403, True), (429, True)])
@pytest.mark.parametrize("method", METHODS)
def test_a_github_that_asks_to_wait_is_no_verdict(
    make: Make, github: Sandbox, method: str, status: int, secondary: bool
) -> None:
    made = make(method)
    before = row(made.id)
    github.misbehave("rate-limit", made.asked, status=status, secondary=secondary, retry_after=900)
    found = checked(made.id)
    assert (found.status, found.cause, found.checked_at) == (Status.HEALTHY, "", before.checked_at)
    assert found.check_due_at
    assert timedelta(seconds=890) < found.check_due_at - timezone.now() < timedelta(seconds=1200)
    assert events(CHANGED) == []
    with pytest.raises(ProviderRateLimited, match="while checking the connection"):
        health.check_now(somebody(), connection_id=made.id)
    [event] = events(CHECKED)
    assert event["status"] == "healthy"
    assert f"{'secondary' if secondary else 'primary'} rate limit is reached" in event["undecided"]


def test_a_token_that_is_refused_needs_others_in_its_place(admin: Api, github: Sandbox) -> None:
    connection_id, token = by_token(admin, github)
    github.revoke(token)
    status, cause, cure = said(connection_id)
    assert status == Status.RECONNECT_REQUIRED
    assert "does not know this token" in cause
    assert token not in cause
    assert cure == REPLACE
    assert row(connection_id).status_words == "Needs new credentials"
    assert [event["status"] for event in events(CHANGED)] == ["reconnect_required"]
    credentials = {"personalAccessToken": github.personal_token().value, **at_github.of_server(github)}
    assert admin.patch(f"{BASE}/github/{connection_id}", {"credentials": credentials}).status_code == 200
    assert said(connection_id) == (Status.HEALTHY, "", "")


@pytest.mark.parametrize("fine_grained", [False, True], ids=["classic", "fine-grained"])
@pytest.mark.parametrize(("days", "status"), [(15, Status.HEALTHY), (13, Status.EXPIRING), (0.01, Status.EXPIRING)])
def test_a_token_that_ends_within_two_weeks_is_expiring(
    admin: Api, github: Sandbox, days: float, status: Status, fine_grained: bool
) -> None:
    end = timezone.now() + timedelta(days=days)
    connection_id, _ = by_token(admin, github, expires_at=end, fine_grained=fine_grained)
    found = checked(connection_id)
    assert found.state.status == status
    assert found.expires_at
    assert abs(found.expires_at - end) < timedelta(seconds=2)
    if status == Status.EXPIRING:
        assert f"{end:%Y-%m-%d}" in found.state.cause
        assert found.state.cure == REPLACE


def test_a_token_without_an_end_never_expires(admin: Api, github: Sandbox) -> None:
    connection_id, _ = by_token(admin, github)
    assert (checked(connection_id).expires_at, said(connection_id)[0]) == (None, Status.HEALTHY)


@pytest.mark.parametrize("method", ["expiring", "github-app"])
def test_a_token_that_is_refused_is_replaced_where_that_helps(make: Make, github: Sandbox, method: str) -> None:
    made = make(method)
    github.misbehave("status", made.asked, status=401, times=1, body="{}", headers=JSON)
    assert said(made.id) == (Status.HEALTHY, "", "")
    assert len(events("refresh-app-connection-token")) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_github_whose_certificate_is_not_trusted_is_failing(make: Make, settings: Any, method: str) -> None:
    made = make(method)
    settings.EXTRA_CA_CERTS = ""
    status, cause, cure = said(made.id)
    assert status == Status.FAILING
    assert "certificate" in cause
    assert cure.startswith("Renew the certificate there")


def test_what_is_recorded_names_no_token(make: Make) -> None:
    made = make("github-app")
    token = row(made.id).open_credentials()["accessToken"]
    health.check_now(somebody(), connection_id=made.id)
    recorded = AuditEvent.objects.filter(type=CHECKED).values_list("metadata", flat=True)
    assert token not in str(list(recorded))
