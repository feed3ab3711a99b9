"""Somebody presses "Check now": who may, what it tells, and what is recorded."""

import threading
import time
import uuid
from collections.abc import Mapping

import pytest

from audit.actors import Actor, ActorType
from audit.models import AuditEvent
from connections import health, reading
from connections.errors import ConnectionNotFound, ProviderRateLimited, TokenUnavailable
from connections.providers.gitlab import oauth as gitlab_oauth
from connections.states import Status
from organizations.access import Principal
from organizations.models import Organization
from organizations.roles import Role
from organizations.services import create_organization
from sandbox.gitlab import Sandbox
from tests.clients import Api, the_organization
from tests.connections.health.stored import CHANGED, CHECKED, by_token, events, row
from tests.connections.requests import create, project
from tests.connections.tokens.stored import Stored
from tests.server import wait_until
from wire.errors import PermissionDenied
from wire.origin import Origin

pytestmark = pytest.mark.django_db(transaction=True)


def somebody(
    role: str = "admin", organization: Organization | None = None, projects: Mapping[str, str] | None = None
) -> Principal:
    home = organization or the_organization()
    actor = Actor(ActorType.USER, uuid.uuid4(), "ann@example.com", Origin("203.0.113.7", "browser", "a1"))
    roles = {uuid.UUID(project_id): frozenset({Role(name)}) for project_id, name in (projects or {}).items()}
    return Principal(actor, home.id, Role(role), roles)


def test_it_tells_how_the_connection_is_and_who_asked(admin: Api, gitlab: Sandbox) -> None:
    connection_id, token = by_token(admin, gitlab)
    assert health.check_now(somebody("member"), connection_id=connection_id).status == Status.HEALTHY
    gitlab.revoke(token.value)
    assert health.check_now(somebody("member"), connection_id=connection_id).words == "Needs new credentials"
    recorded = AuditEvent.objects.filter(type=CHECKED).order_by("created_at")
    assert [event.actor_name for event in recorded] == ["ann@example.com"] * 2
    assert [(event["statusBefore"], event["status"]) for event in events(CHECKED)] == [
        ("healthy", "healthy"),
        ("healthy", "reconnect_required"),
    ]
    assert events(CHANGED) == []


def test_who_is_too_weak_or_elsewhere_may_not(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    own, _ = by_token(admin, gitlab, name="own")
    inside = uuid.UUID(create(admin, gitlab, name="inside", projectId=project_id)["id"])
    gitlab.clear_requests()
    elsewhere = create_organization(name="Elsewhere")
    refused: list[tuple[Principal, uuid.UUID, type[Exception]]] = [
        (somebody("no-access"), own, PermissionDenied),
        (somebody(organization=elsewhere), own, ConnectionNotFound),
        (somebody(), inside, ConnectionNotFound),
        (somebody(projects={project_id: "viewer"}), inside, PermissionDenied),
        (somebody(), uuid.uuid4(), ConnectionNotFound),
    ]
    for principal, connection_id, error in refused:
        with pytest.raises(error):
            health.check_now(principal, connection_id=connection_id)
    assert gitlab.requests == []
    assert events(CHECKED) == []
    assert (
        health.check_now(somebody(projects={project_id: "member"}), connection_id=inside).status == Status.HEALTHY
    )


def test_a_gitlab_that_asks_to_wait_is_said_so_and_recorded(admin: Api, gitlab: Sandbox) -> None:
    connection_id, _ = by_token(admin, gitlab)
    gitlab.misbehave("rate-limit", "/api/v4")
    with pytest.raises(ProviderRateLimited, match="while checking the connection"):
        health.check_now(somebody(), connection_id=connection_id)
    assert row(connection_id).status == Status.HEALTHY
    [event] = events(CHECKED)
    assert event["status"] == "healthy"
    assert "asks to wait" in event["undecided"]


def test_where_others_wait_already_nobody_waits_for_a_refresh(
    connection: Stored, gitlab: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WAITING", threading.BoundedSemaphore(1))
    monkeypatch.setattr(health, "PATIENCE_OF_A_PERSON", 60.0)
    monkeypatch.setattr(gitlab_oauth, "REFRESH_SECONDS", 3.0)
    gitlab.misbehave("hang", "/oauth/token")
    began = time.monotonic()
    with reading.WAITING, pytest.raises(TokenUnavailable, match="being refreshed right now"):
        health.check_now(somebody(), connection_id=connection.id)
    assert time.monotonic() - began < 2.5
    gitlab.behave()
    wait_until(lambda: connection.row.refresh_owner is None)


def test_nobody_waits_long_for_a_refresh_that_hangs(
    connection: Stored, gitlab: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_OF_A_PERSON", 0.2)
    monkeypatch.setattr(gitlab_oauth, "REFRESH_SECONDS", 3.0)
    gitlab.misbehave("hang", "/oauth/token")
    with pytest.raises(TokenUnavailable, match="being refreshed right now"):
        health.check_now(somebody(), connection_id=connection.id)
    gitlab.behave()
    wait_until(lambda: connection.row.refresh_owner is None)
