"""A client secret goes in and never comes out: in no answer, no event, no log line, no byte of the database."""

import json
import logging

import pytest

from audit.models import AuditEvent
from connections.models import Instance
from sandbox.gitlab import Sandbox
from tests.clients import Api, identity_with
from tests.connections.instances.requests import INSTANCES, application_at, connect, register_with_client
from tests.connections.test_secrets_never_leak import spellings, stored_bytes

pytestmark = pytest.mark.django_db(transaction=True)

MARKED = [f"gloas-planted-marker-{number}-Zx9" for number in range(4)]


def test_no_client_secret_turns_up_anywhere(gitlab: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    admin = identity_with(role="admin")
    application = application_at(gitlab)
    application.client_secret = MARKED[0]
    shown = [json.dumps(register_with_client(admin, gitlab, application, *MARKED[:2]))]
    path = f"{INSTANCES}/{Instance.objects.get().id}"
    connect(admin, gitlab, application)
    shown += [
        answer.content.decode()
        for answer in (
            admin.patch(path, {"addClientSecret": MARKED[2]}),
            admin.patch(path, {"clientSecrets": [MARKED[3], "ü" + MARKED[3]]}),
            admin.patch(path, {"clientId": "other", "addClientSecret": MARKED[3]}),
            admin.post(INSTANCES, {"instanceUrl": "gitlab", "clientId": "x", "clientSecrets": MARKED}),
            admin.patch(path, {"clientSecrets": [MARKED[3]]}),
            admin.get(path),
            admin.get(INSTANCES),
            admin.delete(path),
            admin.get("/api/schema"),
        )
    ]
    places = {
        "an answer": "\n".join(shown).encode(),
        "the log": "\n".join(record.getMessage() for record in caplog.records).encode(),
        "the database": stored_bytes(),
        "the object": f"{Instance.objects.get()!r} {vars(Instance.objects.get())}".encode(),
    }
    for place, content in places.items():
        assert content, place
        for secret in MARKED:
            for spelling in spellings(secret):
                assert spelling not in content, f"{secret} is in {place}"


def test_the_audit_log_tells_what_changed_and_of_secrets_only_that(admin: Api) -> None:
    made = admin.post(
        INSTANCES,
        {"instanceUrl": "https://gitlab.example.com", "clientId": "id-1", "clientSecrets": [MARKED[0]]},
    ).json()["instance"]
    path = f"{INSTANCES}/{made['id']}"
    admin.patch(path, {"addClientSecret": MARKED[1]})
    admin.patch(path, {"addClientSecret": MARKED[1]})
    admin.patch(path, {"clientId": "id-2", "clientSecrets": [MARKED[2]]})
    admin.delete(path)
    named = {"instanceId": made["id"], "app": "gitlab", "url": "https://gitlab.example.com"}
    facts = {**named, "clientId": "id-1", "clientSecretCount": 1, "allowPrivate": False}
    events = list(AuditEvent.objects.filter(type__contains="instance").order_by("created_at"))
    assert [(event.type, event.metadata) for event in events] == [
        ("create-app-connection-instance", facts),
        ("update-app-connection-instance", {**facts, "clientSecretCount": 2, "changed": ["clientSecrets"]}),
        (
            "update-app-connection-instance",
            {**facts, "clientId": "id-2", "changed": ["clientId", "clientSecrets"]},
        ),
        ("delete-app-connection-instance", named),
    ]
    assert {str(event.actor_id) for event in events} == {admin.identity_id}
    assert {str(event.organization_id) for event in events} == {made["orgId"]}
