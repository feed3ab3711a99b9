"""Changing and deleting a connection."""

import pytest

from audit.models import AuditEvent
from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, body, create, project

pytestmark = pytest.mark.django_db


def test_a_rename_asks_nobody_and_counts_one_version(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab)
    gitlab.clear_requests()
    changed = admin.patch(f"{GITLAB}/{made['id']}", {"name": "renamed"}).json()["appConnection"]
    assert changed == made | {"name": "renamed", "version": 2, "updatedAt": changed["updatedAt"]}
    assert gitlab.requests == []


def test_a_description_can_be_set_emptied_and_removed(admin: Api, gitlab: Sandbox) -> None:
    path = f"{GITLAB}/{create(admin, gitlab)['id']}"
    for value in ("text", "", None):
        changed = admin.patch(path, {"description": value}).json()["appConnection"]
        assert changed["description"] == value
        assert admin.get(path).json()["appConnection"] == changed


def test_a_change_that_changes_nothing_leaves_version_and_log_alone(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab)
    before = AuditEvent.objects.count()
    for change in ({}, {"name": "platform"}, {"method": "oauth", "app": "github", "projectId": "other"}):
        answer = admin.patch(f"{GITLAB}/{made['id']}", change)
        assert answer.json()["appConnection"] == made
    assert AuditEvent.objects.count() == before


def test_new_credentials_replace_the_old_ones_whole(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab)
    token = gitlab.group_token("platform").value
    given = {"accessToken": token, "accessTokenType": "group", "instanceUrl": gitlab.url + "/"}
    changed = admin.patch(f"{GITLAB}/{made['id']}", {"credentials": given}).json()["appConnection"]
    assert changed["credentials"] == {"accessTokenType": "group", "instanceUrl": gitlab.url + "/"}
    assert changed["credentialsHash"] != made["credentialsHash"]
    assert changed["version"] == 2
    assert AppConnection.objects.get().open_credentials() == given


def test_the_same_credentials_again_give_another_hash(admin: Api, gitlab: Sandbox) -> None:
    given = body(gitlab)
    made = admin.post(GITLAB, given).json()["appConnection"]
    changed = admin.patch(f"{GITLAB}/{made['id']}", {"credentials": given["credentials"]}).json()
    assert changed["appConnection"]["credentialsHash"] != made["credentialsHash"]


def test_what_the_terraform_provider_sends_on_every_update_works(admin: Api, gitlab: Sandbox) -> None:
    project_id = project(admin)
    given = body(gitlab, projectId=project_id)
    made = admin.post(GITLAB, given).json()["appConnection"]
    sent = {
        "ID": made["id"],
        "App": "gitlab",
        "description": "",
        "method": "access-token",
        "name": "renamed",
        "credentials": given["credentials"],
        "projectId": project_id,
    }
    changed = admin.patch(f"{GITLAB}/{made['id']}", sent).json()["appConnection"]
    assert (changed["name"], changed["description"], changed["projectId"]) == ("renamed", "", project_id)


def test_a_taken_name_is_refused(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab, name="first")
    second = create(admin, gitlab, name="second")
    answer = admin.patch(f"{GITLAB}/{second['id']}", {"name": "first"})
    assert answer.status_code == 400
    assert answer.json()["message"] == 'An App Connection with the name "first" already exists'
    assert admin.get(f"{GITLAB}/{second['id']}").json()["appConnection"] == second


def test_deleting_answers_with_what_was_deleted(admin: Api, gitlab: Sandbox) -> None:
    made = create(admin, gitlab, projectId=project(admin))
    path = f"{GITLAB}/{made['id']}"
    answer = admin.delete(path, {"connectionId": made["id"]})
    assert answer.json() == {"appConnection": made}
    assert not AppConnection.objects.exists()
    for again in (admin.delete(path), admin.patch(path, {"name": "x"}), admin.get(path)):
        assert again.status_code == 404
        assert again.json()["message"] == f"Could not find App Connection with ID {made['id']}"


def test_a_project_takes_its_connections_with_it(admin: Api, gitlab: Sandbox) -> None:
    create(admin, gitlab, projectId=project(admin))
    kept = create(admin, gitlab)
    assert admin.delete("/api/v2/workspace/platform").status_code == 200
    assert [str(connection.id) for connection in AppConnection.objects.all()] == [kept["id"]]
