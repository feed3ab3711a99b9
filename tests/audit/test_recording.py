"""A change and its event are stored together, or neither is."""

import uuid
from typing import Any

import pytest
from django.db import transaction

from audit import log
from audit.actors import Actor, ActorType, stranger, system
from audit.events import Event
from audit.models import AuditEvent
from organizations.models import Organization
from tests.audit.events import ACTOR, ORGANIZATION, ORIGIN
from tests.clients import Api


@pytest.mark.django_db
def test_an_event_says_who_did_what_when_and_from_where() -> None:
    project = uuid.uuid4()
    log.record(Event.CREATE_PROJECT, actor=ACTOR, organization_id=ORGANIZATION, project_id=project, name="Platform")
    stored = AuditEvent.objects.get()
    assert (stored.type, stored.organization_id, stored.project_id) == ("create-project", ORGANIZATION, project)
    assert (stored.actor_type, stored.actor_id, stored.actor_name) == ("identity", ACTOR.id, "pipeline")
    assert (stored.ip, stored.user_agent, stored.request_id) == (ORIGIN.ip, ORIGIN.user_agent, ORIGIN.request_id)
    assert stored.metadata == {"name": "Platform"}
    assert stored.created_at.tzinfo is not None
    assert "create-project pipeline" in str(stored)


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [system(), system("worker"), stranger(ORIGIN)])
def test_the_system_and_strangers_have_no_id(actor: Actor) -> None:
    log.record(Event.LOGIN_FAILED, actor=actor, organization_id=None)
    stored = AuditEvent.objects.get()
    assert (stored.actor_id, stored.actor_name, stored.organization_id) == (None, actor.name, None)
    assert stored.actor_type in {ActorType.SYSTEM, ActorType.UNKNOWN}


class Failed(Exception):
    pass


@transaction.atomic
def change_something(*, fails: Exception | None = None, **metadata: Any) -> None:
    Organization.objects.create(name="Never", slug="never")
    log.record(Event.CREATE_PROJECT, actor=ACTOR, organization_id=ORGANIZATION, **metadata)
    if fails:
        raise fails


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_takes_its_event_along() -> None:
    with pytest.raises(Failed):
        change_something(fails=Failed())
    assert not AuditEvent.objects.exists()
    assert not Organization.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_whose_event_cannot_be_stored_does_not_happen() -> None:
    with pytest.raises(TypeError):
        change_something(name=object())
    assert not Organization.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_over_http_a_failure_after_the_change_leaves_neither(admin: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise Failed

    monkeypatch.setattr(log, "record", broken)
    answer = admin.post("/api/v2/workspace", {"projectName": "Platform", "slug": "platform"})
    assert answer.status_code == 500
    monkeypatch.undo()
    assert admin.get("/api/v1/projects").json() == {"projects": []}
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_every_event_name_fits_its_column_and_is_unique() -> None:
    assert len({event.value for event in Event}) == len(Event)
    assert max(len(event) for event in Event) <= 64
    assert all(event == event.lower() for event in Event)
