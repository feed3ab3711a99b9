"""Changing a connection from its page: what is refused is said at its field, and no secret comes back."""

from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections import oauth
from tests.connections.requests import create
from tests.connections.web.pages import BASE, path, row, text, title
from tests.oauth.people import connected
from tests.oauth.people import person as person_who_connects
from tests.oauth.ways import ended
from tests.people import browser, person, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Client:
    return browser(person())


@pytest.fixture
def connection_id(admin: Api, gitlab: Sandbox) -> str:
    return str(create(admin, gitlab, name="deploys", description="Old words")["id"])


def events(kind: str) -> list[dict[str, Any]]:
    return list(AuditEvent.objects.filter(type=kind).values_list("metadata", flat=True))


def test_name_and_description_are_changed(ann: Client, connection_id: str) -> None:
    assert 'value="Old words"' in ann.get(path(connection_id, "/edit")).content.decode()
    answer = send(ann, path(connection_id, "/edit"), {"name": "renamed", "description": ""})
    assert (answer.status_code, answer["Location"]) == (302, path(connection_id))
    assert (row(connection_id).name, row(connection_id).description) == ("renamed", None)
    assert "The details are saved." in text(ann.get(path(connection_id)))
    assert sorted(events("update-app-connection")[0]["changed"]) == ["description", "name"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "must be at least 1 lowercase character"),
        ("Not A Slug", "can only contain lowercase letters"),
        ("a" * 65, "at most 64"),
        ("taken", "already exists"),
        ("a\x00b", "Null characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field(
    ann: Client, admin: Api, gitlab: Sandbox, connection_id: str, name: str, message: str
) -> None:
    create(admin, gitlab, name="taken")
    answer = send(ann, path(connection_id, "/edit"), {"name": name, "description": "New words"})
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    page = answer.content.decode()
    assert message in page.partition('<ul class="errorlist" id="id_name_error">')[2].partition("</ul>")[0]
    assert 'value="New words"' in page
    assert row(connection_id).name == "deploys"


def test_credentials_are_replaced_after_they_were_tried(ann: Client, gitlab: Sandbox, connection_id: str) -> None:
    token = gitlab.project_token("platform/api")
    page = ann.get(path(connection_id, "/credentials")).content.decode()
    assert f'value="{gitlab.url}"' in page
    assert '<option value="personal" selected>' in page
    fields = {"accessToken": token.value, "accessTokenType": "project", "instanceUrl": gitlab.url}
    answer = send(ann, path(connection_id, "/credentials"), fields)
    assert (answer.status_code, answer["Location"]) == (302, path(connection_id))
    stored = AppConnection.objects.select_related("data_key").get(pk=connection_id)
    assert stored.open_credentials()["accessToken"] == token.value
    assert stored.public["accessTokenType"] == "project"
    assert events("update-app-connection")[0]["credentialsUpdated"] is True


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"accessToken": "glpat-unknown-to-gitlab"}, "does not know this token"),
        ({"accessToken": ""}, "Access Token required"),
        ({"accessTokenType": "other"}, "not one of the available choices"),
        ({"instanceUrl": "not a url"}, "Invalid Instance URL"),
        ({"instanceUrl": "https://ann:hunter2@gitlab.example.com"}, "user credentials"),
    ],
)
def test_credentials_that_are_refused_change_nothing_and_are_not_shown_again(
    ann: Client, gitlab: Sandbox, connection_id: str, changed: dict[str, str], message: str
) -> None:
    before = row(connection_id).credentials_hash
    secret = gitlab.personal_token().value
    fields = {"accessToken": secret, "accessTokenType": "personal", "instanceUrl": gitlab.url, **changed}
    answer = send(ann, path(connection_id, "/credentials"), fields)
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert message in text(answer)
    assert secret not in answer.content.decode()
    assert "glpat-unknown" not in answer.content.decode()
    assert "hunter2" not in answer.content.decode()
    assert row(connection_id).credentials_hash == before


def test_a_gitlab_that_asks_to_wait_keeps_the_form(ann: Client, gitlab: Sandbox, connection_id: str) -> None:
    gitlab.misbehave("rate-limit", "/api/v4")
    fields = {"accessToken": "glpat-x", "accessTokenType": "group", "instanceUrl": gitlab.url}
    answer = send(ann, path(connection_id, "/credentials"), fields)
    assert answer.status_code == 422
    assert "rate limit reached" in text(answer)
    assert '<option value="group" selected>' in answer.content.decode()


def test_deleting_asks_for_the_name(ann: Client, connection_id: str) -> None:
    assert "Type deploys to confirm" in text(ann.get(path(connection_id, "/delete")))
    for typed in ("", "deploy", "DEPLOYS"):
        answer = send(ann, path(connection_id, "/delete"), {"name": typed})
        assert answer.status_code == 422
        assert "This is not its name" in text(answer)
    assert row(connection_id).name
    answer = send(ann, path(connection_id, "/delete"), {"name": "deploys"})
    assert (answer.status_code, answer["Location"]) == (302, BASE)
    assert not AppConnection.objects.exists()
    assert "deploys is deleted." in text(ann.get(BASE))
    assert ann.get(path(connection_id)).status_code == 404
    assert events("delete-app-connection")[0]["name"] == "deploys"


def test_deleting_what_has_a_grant_revokes_it_and_says_so_before(gitlab: Sandbox, settings: Any) -> None:
    oauth.configure(settings, gitlab)
    ann = person_who_connects()
    connection = connected(ann, gitlab)
    grant = connection.open_credentials()
    shown = text(ann.browser.get(path(connection.id, "/delete")))
    assert f"The grant is revoked at {gitlab.url}" in shown
    ann.browser.post(path(connection.id, "/delete"), {"name": connection.name})
    assert ended(gitlab, grant)
