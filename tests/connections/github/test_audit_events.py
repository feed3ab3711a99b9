"""Every use of a GitHub connection leaves its event, and none holds a secret."""

from typing import Any

import pytest

from audit.models import AuditEvent
from sandbox.github import Sandbox
from tests.clients import ADDRESS, Api
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, METHODS, body, create
from tests.connections.requests import BASE, project
from tests.connections.test_audit_events import events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]


@pytest.mark.parametrize("method", METHODS)
def test_creating_changing_and_deleting(admin: Api, github: Sandbox, method: str) -> None:
    project_id = project(admin)
    made = create(admin, github, method, projectId=project_id)
    path = f"{GITHUB}/{made['id']}"
    admin.patch(path, {"description": "text", "credentials": world.credentials(github, method)})
    admin.delete(path)

    (created,) = events("create-app-connection")
    (updated,) = events("update-app-connection")
    (deleted,) = events("delete-app-connection")
    assert created.metadata == {
        "connectionId": made["id"],
        "name": "platform",
        "method": method,
        "app": "github",
        "isPlatformManagedCredentials": False,
    }
    assert updated.metadata == {
        "connectionId": made["id"],
        "name": "platform",
        "description": "text",
        "changed": ["description"],
        "credentialsUpdated": True,
        "isPlatformManagedCredentials": False,
    }
    assert deleted.metadata == {"connectionId": made["id"], "name": "platform"}
    for event in (created, updated, deleted):
        assert str(event.organization_id) == made["orgId"]
        assert str(event.project_id) == project_id
        assert (event.actor_type, str(event.actor_id), event.actor_name) == ("identity", admin.identity_id, "admin")
        assert event.ip == ADDRESS


@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_what_becomes_of_a_grant_is_told(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    admin.delete(f"{GITHUB}/{made['id']}")
    (ended,) = events("revoke-app-connection-grant")
    assert ended.metadata == {"connectionId": made["id"], "name": "platform", "revoked": True}


def test_another_account_behind_a_connection_is_told(admin: Api, github: Sandbox) -> None:
    made = create(admin, github)
    credentials = world.credentials(github, "pat", personalAccessToken=github.personal_token("bob").value)
    admin.patch(f"{GITHUB}/{made['id']}", {"credentials": credentials})
    (updated,) = events("update-app-connection")
    assert updated.metadata["accountBefore"]["username"] == "ann"
    assert updated.metadata["account"]["username"] == "bob"


def test_reading(admin: Api, github: Sandbox) -> None:
    one = create(admin, github)["id"]
    admin.get(f"{GITHUB}/{one}")
    admin.get(f"{GITHUB}/connection-name/platform")
    admin.get(BASE)
    admin.get(GITHUB)
    admin.get(f"{GITHUB}/available")
    listed: dict[str, Any] = {"count": 1, "connectionIds": [one]}
    assert [event.metadata for event in events("get-app-connection")] == [{"connectionId": one}] * 2
    assert [event.metadata for event in events("get-app-connections")] == [listed, {"app": "github", **listed}]
    assert [event.metadata for event in events("get-available-app-connections-details")] == [
        {"app": "github", **listed}
    ]


@pytest.mark.parametrize("listed", ["repositories", "organizations", "environments"])
def test_using_a_connection(admin: Api, github: Sandbox, listed: str) -> None:
    one = create(admin, github)["id"]
    admin.get(f"{GITHUB}/{one}/{listed}", {"owner": "acme", "repo": "api"})
    assert [event.metadata for event in events("list-with-app-connection")] == [
        {"connectionId": one, "listed": listed}
    ]


def test_a_refused_request_leaves_no_event_of_success(admin: Api, github: Sandbox) -> None:
    before = AuditEvent.objects.count()
    refused = body(github, "github-app")
    refused["credentials"]["installationId"] = "999999"
    assert admin.post(GITHUB, body(github, token="ghp_nonsense")).status_code == 400
    assert admin.post(GITHUB, refused).status_code == 403
    assert admin.post(GITHUB, body(github, gatewayId="3c90c3cc-0d44-4b50-8888-8dd25736052a")).status_code == 404
    assert events("create-app-connection") == []
    assert AuditEvent.objects.count() == before
