"""Changing and deleting a GitHub connection."""

from typing import Any

import pytest

from audit.models import AuditEvent
from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections import requests as gitlab_requests
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, METHODS, NOBODY, create, sent_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

GITLAB = gitlab_requests.GITLAB
DISPLAY_NAMES = {"github-app": "GitHub App", "oauth": "OAuth", "pat": "Personal Access Token"}
# What is given for a GitHub App fits OAuth, too, which asks for less: keys that nobody knows are ignored.
FOREIGN = [
    ("github-app", "oauth"),
    ("github-app", "pat"),
    ("oauth", "pat"),
    ("pat", "github-app"),
    ("pat", "oauth"),
]


@pytest.mark.parametrize("method", METHODS)
def test_a_rename_asks_nobody_and_counts_one_version(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    github.clear_requests()
    changed = admin.patch(f"{GITHUB}/{made['id']}", {"name": "renamed"}).json()["appConnection"]
    assert changed == made | {"name": "renamed", "version": 2, "updatedAt": changed["updatedAt"]}
    assert github.requests == []


def test_a_description_can_be_set_emptied_and_removed(admin: Api, github: Sandbox) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    for value in ("text", "", None):
        assert admin.patch(path, {"description": value}).json()["appConnection"]["description"] == value
        assert admin.get(path).json()["appConnection"]["description"] == value


def test_method_app_and_project_cannot_be_changed_and_are_ignored(admin: Api, github: Sandbox) -> None:
    made = create(admin, github)
    before = AuditEvent.objects.count()
    for change in ({}, {"method": "oauth", "app": "gitlab", "projectId": "other", "App": "github", "ID": 7}):
        assert admin.patch(f"{GITHUB}/{made['id']}", change).json()["appConnection"] == made
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("method", METHODS)
def test_new_credentials_are_verified_and_replace_the_old_ones(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    old = AppConnection.objects.get().open_credentials()
    credentials = world.credentials(github, method)
    github.clear_requests()
    changed = admin.patch(f"{GITHUB}/{made['id']}", {"credentials": credentials}).json()["appConnection"]
    assert changed["credentialsHash"] != made["credentialsHash"]
    assert changed["version"] == 2
    assert github.requests
    secret = "personalAccessToken" if method == "pat" else "accessToken"
    assert AppConnection.objects.get().open_credentials()[secret] != old[secret]
    assert admin.get(f"{GITHUB}/{made['id']}").json()["appConnection"] == changed


def test_nothing_of_the_old_credentials_is_merged_into_the_new_ones(
    admin: Api, github: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(admin, github)
    token = github.personal_token().value
    monkeypatch.setattr("connections.providers.github.credentials.DEFAULT_API", f"{github.url}/api/v3")
    answer = admin.patch(f"{GITHUB}/{made['id']}", {"credentials": {"personalAccessToken": token}})
    assert answer.json()["appConnection"]["credentials"] == {}
    assert AppConnection.objects.get().open_credentials() == {"personalAccessToken": token}


@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_the_grant_that_was_replaced_is_given_back(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    token = AppConnection.objects.get().open_credentials()["accessToken"]
    admin.patch(f"{GITHUB}/{made['id']}", {"credentials": world.credentials(github, method)})
    ended = github.hub.tokens.find(token)
    assert ended is not None
    assert ended.revoked


@pytest.mark.parametrize("method", METHODS)
def test_the_same_credentials_again_give_another_hash(admin: Api, github: Sandbox, method: str) -> None:
    if method == "pat":
        given = world.credentials(github, method)
        first = second = given
    else:
        first, second = (world.credentials(github, method) for _ in range(2))
    made = admin.post(GITHUB, {"name": "platform", "method": method, "credentials": first}).json()["appConnection"]
    changed = admin.patch(f"{GITHUB}/{made['id']}", {"credentials": second}).json()["appConnection"]
    assert changed["credentialsHash"] != made["credentialsHash"]
    assert changed["credentials"] == made["credentials"]


@pytest.mark.parametrize(("stored", "given"), FOREIGN)
def test_credentials_of_another_method_are_refused(admin: Api, github: Sandbox, stored: str, given: str) -> None:
    made = create(admin, github, stored)
    credentials = world.credentials(github, given)
    github.clear_requests()
    answer = admin.patch(f"{GITHUB}/{made['id']}", {"name": "renamed", "credentials": credentials})
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        f"Invalid credential format for GitHub Connection with method {DISPLAY_NAMES[stored]}"
    )
    assert github.requests == []
    assert admin.get(f"{GITHUB}/{made['id']}").json()["appConnection"] == made


def test_a_taken_name_is_refused(admin: Api, github: Sandbox, gitlab: Any) -> None:
    gitlab_requests.create(admin, gitlab, name="first")
    second = create(admin, github, name="second")
    answer = admin.patch(f"{GITHUB}/{second['id']}", {"name": "first"})
    assert answer.status_code == 400
    assert answer.json()["message"] == 'An App Connection with the name "first" already exists'
    assert admin.get(f"{GITHUB}/{second['id']}").json()["appConnection"] == second


@pytest.mark.parametrize("method", METHODS)
def test_deleting_answers_with_what_was_deleted(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    path = f"{GITHUB}/{made['id']}"
    assert admin.delete(path).json() == {"appConnection": made}
    assert not AppConnection.objects.exists()
    for again in (admin.delete(path), admin.patch(path, {"name": "x"}), admin.get(path)):
        assert again.status_code == 404
        assert again.json()["message"] == f"Could not find App Connection with ID {made['id']}"


@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_deleting_gives_the_grant_back(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    token = AppConnection.objects.get().open_credentials()["accessToken"]
    github.clear_requests()
    admin.delete(f"{GITHUB}/{made['id']}")
    application = world.application_at(github)
    path = f"applications/{application.client_id}/token" if method == "oauth" else "installation/token"
    assert sent_to(github) == [("DELETE", f"/api/v3/{path}")]
    ended = github.hub.tokens.find(token)
    assert ended is not None
    assert ended.revoked


def test_a_personal_token_is_its_owners_to_revoke(admin: Api, github: Sandbox) -> None:
    made = create(admin, github)
    github.clear_requests()
    admin.delete(f"{GITHUB}/{made['id']}")
    assert github.requests == []


def test_a_github_that_is_away_keeps_nobody_from_deleting(admin: Api, github: Sandbox) -> None:
    made = create(admin, github, "oauth")
    github.misbehave("close", "/")
    assert admin.delete(f"{GITHUB}/{made['id']}").status_code == 200
    assert not AppConnection.objects.exists()


# The other app's ids


@pytest.mark.parametrize("call", ["get", "patch", "delete"])
def test_an_id_of_the_other_app_is_refused(admin: Api, github: Sandbox, gitlab: Any, call: str) -> None:
    ours = {
        "github": create(admin, github, name="of-github")["id"],
        "gitlab": gitlab_requests.create(admin, gitlab, name="of-gitlab")["id"],
    }
    github.clear_requests()
    gitlab.clear_requests()
    for app, other in (("github", "gitlab"), ("gitlab", "github")):
        arguments = [{"name": "renamed"}] if call == "patch" else []
        answer = getattr(admin, call)(f"{gitlab_requests.BASE}/{app}/{ours[other]}", *arguments)
        assert answer.status_code == 400
        assert answer.json()["message"] == f'App Connection with ID {ours[other]} is not for App "{app}"'
    assert AppConnection.objects.filter(name__in=["of-github", "of-gitlab"]).count() == 2
    assert github.requests == gitlab.requests == []


def test_a_name_of_the_other_app_is_refused(admin: Api, github: Sandbox, gitlab: Any) -> None:
    create(admin, github, name="of-github")
    gitlab_requests.create(admin, gitlab, name="of-gitlab")
    for base, app, name in ((GITHUB, "github", "of-gitlab"), (GITLAB, "gitlab", "of-github")):
        answer = admin.get(f"{base}/connection-name/{name}")
        assert answer.status_code == 400
        assert answer.json()["message"] == f'App Connection with name {name} is not for App "{app}"'


def test_an_unknown_id_and_one_that_is_none(admin: Api) -> None:
    for call in (admin.get, admin.delete):
        unknown, nonsense = call(f"{GITHUB}/{NOBODY}"), call(f"{GITHUB}/nonsense")
        assert unknown.status_code == 404
        assert unknown.json()["message"] == f"Could not find App Connection with ID {NOBODY}"
        assert nonsense.status_code == 422
    answer = admin.get(f"{GITHUB}/connection-name/nobody")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Could not find App Connection with name nobody in organization scope."
