"""Every use of the API leaves its event, and none holds a secret."""

from typing import Any

import pytest
from django.db import DatabaseError

from audit import log
from audit.models import AuditEvent
from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import ADDRESS, Api
from tests.connections.requests import BASE, GITLAB, body, create, project

pytestmark = pytest.mark.django_db


def events(kind: str) -> list[AuditEvent]:
    log.buffer.flush()
    return list(AuditEvent.objects.filter(type=kind).order_by("created_at"))


def test_creating_changing_and_deleting(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    made = create(admin, gitlab, projectId=project_id)
    path = f"{GITLAB}/{made['id']}"
    admin.patch(path, {"description": "text", "credentials": body(gitlab)["credentials"]})
    admin.delete(path)

    (created,) = events("create-app-connection")
    (updated,) = events("update-app-connection")
    (deleted,) = events("delete-app-connection")
    assert created.metadata == {
        "connectionId": made["id"],
        "name": "platform",
        "method": "access-token",
        "app": "gitlab",
        "isPlatformManagedCredentials": False,
    }
    assert updated.metadata["credentialsUpdated"] is True
    assert updated.metadata["changed"] == ["description"]
    assert deleted.metadata == {"connectionId": made["id"], "name": "platform"}
    for event in (created, updated, deleted):
        assert str(event.organization_id) == made["orgId"]
        assert str(event.project_id) == project_id
        assert (event.actor_type, str(event.actor_id), event.actor_name) == ("identity", admin.identity_id, "admin")
        assert event.ip == ADDRESS


def test_the_request_id_and_the_user_agent_are_kept(admin: Api, gitlab: Sandbox) -> None:
    answer = admin.request("POST", GITLAB, body(gitlab), headers={"User-Agent": "terraform"})
    (event,) = events("create-app-connection")
    assert event.request_id == answer.headers["X-Request-Id"]
    assert event.user_agent == "terraform"


def test_reading(admin: Api, gitlab: Sandbox) -> None:
    one = create(admin, gitlab)["id"]
    log.buffer.flush()
    admin.get(f"{GITLAB}/{one}")
    admin.get(f"{GITLAB}/connection-name/platform")
    admin.get(BASE)
    admin.get(GITLAB)
    admin.get(f"{GITLAB}/available")
    listed: dict[str, Any] = {"count": 1, "connectionIds": [one]}
    assert [event.metadata for event in events("get-app-connection")] == [{"connectionId": one}] * 2
    assert [event.metadata for event in events("get-app-connections")] == [listed, {"app": "gitlab", **listed}]
    assert [event.metadata for event in events("get-available-app-connections-details")] == [
        {"app": "gitlab", **listed}
    ]


def test_using_a_connection(admin: Api, gitlab: Sandbox) -> None:
    one = create(admin, gitlab)["id"]
    admin.get(f"{GITLAB}/{one}/projects")
    assert [event.metadata for event in events("list-with-app-connection")] == [
        {"connectionId": one, "listed": "projects"}
    ]


def test_a_refused_request_leaves_no_event_of_success(admin: Api, gitlab: Sandbox) -> None:
    admin.post(GITLAB, body(gitlab, token="glpat-nonsense"))
    admin.get(f"{GITLAB}/3c90c3cc-0d44-4b50-8888-8dd25736052a")
    assert events("create-app-connection") == []
    assert events("get-app-connection") == []


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_without_its_event_a_change_does_not_happen(
    admin: Api, gitlab: Sandbox, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(admin, gitlab)
    before = list(AppConnection.objects.values())

    def broken(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(AuditEvent, "save", broken)
    path = f"{GITLAB}/{made['id']}"
    answer = {
        "create": lambda: admin.post(GITLAB, body(gitlab, name="second")),
        "update": lambda: admin.patch(path, {"name": "renamed"}),
        "delete": lambda: admin.delete(path),
    }[operation]()
    assert answer.status_code == 500
    assert answer.json()["error"] == "DatabaseError"
    assert list(AppConnection.objects.values()) == before
