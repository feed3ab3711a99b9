"""A project takes its connections with it: each leaves a record, and what was granted is given back."""

from typing import Any

import pytest

from audit.models import AuditEvent
from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.requests import GITLAB, project
from tests.server import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def revocations(gitlab: Sandbox) -> int:
    return sum(request.path == "/oauth/revoke" and request.status == 200 for request in gitlab.requests)


def test_every_grant_is_given_back_and_every_connection_recorded(
    admin: Api, gitlab: Sandbox, settings: Any
) -> None:
    application = oauth.configure(settings, gitlab)
    project_id = project(admin)
    for name in ("first", "second"):
        credentials = {"code": oauth.code(gitlab, application)}
        body = {"name": name, "method": "oauth", "projectId": project_id, "credentials": credentials}
        assert admin.post(GITLAB, body).status_code == 200
    assert admin.delete("/api/v2/workspace/platform").status_code == 200
    assert AppConnection.objects.count() == 0
    wait_until(lambda: revocations(gitlab) == 2)
    wait_until(lambda: AuditEvent.objects.filter(type="revoke-app-connection-grant").count() == 2)
    deleted = AuditEvent.objects.filter(type="delete-app-connection")
    assert sorted(event.metadata["name"] for event in deleted) == ["first", "second"]
    assert {event.actor_name for event in deleted} == {"deletion of project Platform"}
