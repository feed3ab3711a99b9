"""An event names what it is about, also one that was stored before events did."""

import importlib
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from audit import log
from audit.events import Event
from audit.models import AuditEvent
from audit.subjects import Subject
from tests.audit.events import ACTOR, ORGANIZATION
from tests.clients import Api
from tests.connections.requests import GITLAB

pytestmark = pytest.mark.django_db
MIGRATION = "0003_fill_subject"
SUBJECT = uuid.UUID("33333333-3333-4333-8333-333333333333")


def test_the_name_is_that_of_the_moment_and_fits() -> None:
    log.record(Event.UPDATE_PROJECT, actor=ACTOR, organization_id=ORGANIZATION, about=Subject(SUBJECT, "x" * 300))
    stored = AuditEvent.objects.get()
    assert (stored.subject_id, stored.subject_name) == (SUBJECT, "x" * 255)


def test_what_happens_over_the_api_has_its_subject(admin: Api) -> None:
    made = admin.post("/api/v2/workspace", {"projectName": "Platform"}).json()["project"]
    instance = admin.post(f"{GITLAB}/instances", {"instanceUrl": "https://gitlab.example.com"}).json()["instance"]
    named = {str(event.subject_id): event.subject_name for event in AuditEvent.objects.all()}
    assert named == {made["id"]: "Platform", instance["id"]: "https://gitlab.example.com"}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"connectionId": str(SUBJECT)}, (SUBJECT, None)),
        ({"connectionId": str(SUBJECT), "name": "platform"}, (SUBJECT, "platform")),
        ({"connectionId": str(SUBJECT), "name": 7}, (SUBJECT, None)),
        (
            {"instanceId": str(SUBJECT), "url": "https://gitlab.example.com"},
            (SUBJECT, "https://gitlab.example.com"),
        ),
        ({"identityId": str(SUBJECT), "identityName": "deployer"}, (SUBJECT, "deployer")),
        ({"connectionId": "not an id"}, (None, None)),
        ({"connectionId": None}, (None, None)),
        ({"connectionIds": [str(SUBJECT)]}, (None, None)),
        ({}, (None, None)),
    ],
    ids=str,
)
def test_old_events_are_given_theirs(
    metadata: dict[str, Any], expected: tuple[uuid.UUID | None, str | None]
) -> None:
    log.record(Event.GET_APP_CONNECTION, actor=ACTOR, organization_id=ORGANIZATION, **metadata)
    fill()
    stored = AuditEvent.objects.get()
    assert (stored.subject_id, stored.subject_name) == expected
    assert stored.metadata == metadata


def test_old_events_are_filled_in_batches_and_newer_ones_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module(f"audit.migrations.{MIGRATION}"), "AT_ONCE", 3)
    for number in range(10):
        log.record(
            Event.GET_APP_CONNECTION,
            actor=ACTOR,
            organization_id=ORGANIZATION,
            connectionId=str(uuid.UUID(int=number % 4)),
        )
    about = Subject(SUBJECT, "new")
    log.record(Event.GET_APP_CONNECTION, actor=ACTOR, organization_id=ORGANIZATION, about=about, connectionId="old")
    fill()
    assert AuditEvent.objects.filter(subject_id=None).count() == 0
    assert AuditEvent.objects.get(subject_name="new").subject_id == SUBJECT


def fill() -> None:
    """Run the migration, with the model as it was then."""
    then = MigrationLoader(connection).project_state(("audit", MIGRATION)).apps
    importlib.import_module(f"audit.migrations.{MIGRATION}").fill(then, connection.schema_editor())
