"""What GitHub hands over is in no page, no event, no log line and no byte of the database, except sealed."""

import json
import logging

import pytest

from audit.models import AuditEvent
from connections.models import Client, Instance
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.test_secrets_never_leak import spellings, stored_bytes
from tests.oauth.making.steps import begin
from tests.oauth.people import Person, asked

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_secret_turns_up_anywhere(
    ann: Person, admin: Api, github: Sandbox, instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = begin(ann, github)
    page = f"/organization/instances/github/{instance.id}"
    answers = [
        ann.come_back(address),
        ann.browser.get(page),
        ann.browser.get("/organization/instances"),
        ann.browser.get(f"{page}/clients/app/forget"),
        ann.browser.get("/organization/audit-log"),
        admin.get(f"/api/v1/app-connections/github/instances/{instance.id}"),
        ann.come_back(address),
    ]
    client = Client.objects.select_related("instance", "data_key").get()
    app = github.find_app(client.client_id)
    line_of_the_key = app.private_key.splitlines()[3]
    places = {
        "an answer": b"".join(answer.content + str(answer.headers).encode() for answer in answers),
        "the log": "\n".join(record.getMessage() for record in caplog.records).encode(),
        "the audit log": json.dumps(list(AuditEvent.objects.values_list("metadata", flat=True))).encode(),
        "the database": stored_bytes(),
        "the object": f"{client!r} {client.open()!r} {vars(client)}".encode(),
    }
    for place, content in places.items():
        assert content, place
        for secret in (app.client_secret, line_of_the_key):
            for spelling in spellings(secret):
                assert spelling not in content, f"{secret} is in {place}"
    for place in ("the log", "the audit log", "the database"):
        assert asked(address)["code"].encode() not in places[place], place
    assert app.client_secret in str(client.open().secrets), "which would be in the database but for the seal"
