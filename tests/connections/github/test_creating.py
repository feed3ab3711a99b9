"""Creating a GitHub connection by each method: verified first, stored sealed, shown without its secrets."""

from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections import requests as gitlab_requests
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, METHODS, body, create, sent_to
from tests.connections.requests import project
from tests.connections.test_creating import on_the_wire

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

# What is sealed besides the server: what GitHub gave for a code, or what was given.
SEALED = {
    "github-app": {
        "accessToken",
        "account",
        "accountId",
        "accountType",
        "appSlug",
        "clientId",
        "installationId",
        "permissions",
        "repositories",
    },
    "oauth": {"accessToken", "clientId", "tokenType"},
    "pat": {"personalAccessToken"},
}


@pytest.mark.parametrize("method", METHODS)
def test_a_connection_is_answered_as_the_contract_says(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method, name="github-organization", description="for all")

    stored = AppConnection.objects.get()
    assert made == {
        "id": str(stored.id),
        "name": "github-organization",
        "description": "for all",
        "version": 1,
        "orgId": str(stored.organization_id),
        "projectId": None,
        "project": None,
        "app": "github",
        "method": method,
        "credentials": {"instanceType": "server", "host": world.host_of(github)},
        "credentialsHash": stored.credentials_hash,
        "isPlatformManagedCredentials": False,
        "isAutoRotationEnabled": False,
        "gatewayId": None,
        "gatewayPoolId": None,
        "createdAt": on_the_wire(stored.created_at),
        "updatedAt": on_the_wire(stored.updated_at),
    }


@pytest.mark.parametrize("method", METHODS)
def test_reading_answers_what_creating_did_and_asks_nobody(admin: Api, github: Sandbox, method: str) -> None:
    made = create(admin, github, method)
    github.clear_requests()
    assert admin.get(f"{GITHUB}/{made['id']}").json() == {"appConnection": made}
    assert admin.get(f"{GITHUB}/connection-name/platform").json() == {"appConnection": made}
    assert admin.get(GITHUB).json() == {"appConnections": [made]}
    assert admin.get(f"{GITHUB}/available").json() == {
        "appConnections": [{"id": made["id"], "name": "platform", "app": "github", "orgId": made["orgId"]}]
    }
    assert github.requests == []


@pytest.mark.parametrize("method", METHODS)
def test_secrets_are_sealed_and_nothing_is_kept_of_a_code(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    admin.post(GITHUB, given)
    opened = AppConnection.objects.get().open_credentials()
    assert set(opened) == SEALED[method] | {"instanceType", "host"}
    assert "code" not in opened


def test_a_connection_of_a_project_names_its_project(admin: Api, github: Sandbox) -> None:
    project_id = project(admin)
    made = create(admin, github, projectId=project_id)
    assert made["projectId"] == project_id
    assert made["project"] == {
        "id": project_id,
        "name": "Platform",
        "type": "secret-manager",
        "slug": "platform",
    }


def test_a_list_of_every_app_holds_github_with_gitlab(admin: Api, github: Sandbox, gitlab: Any) -> None:
    made = [
        create(admin, github, name="a-github"),
        gitlab_requests.create(admin, gitlab, name="b-gitlab"),
    ]
    assert admin.get(gitlab_requests.BASE).json() == {"appConnections": made}
    assert admin.get(GITHUB).json() == {"appConnections": made[:1]}
    assert admin.get(gitlab_requests.GITLAB).json() == {"appConnections": made[1:]}


def test_a_name_is_taken_across_apps(admin: Api, github: Sandbox, gitlab: Any) -> None:
    gitlab_requests.create(admin, gitlab)
    answer = admin.post(GITHUB, body(github))
    assert answer.status_code == 400
    assert answer.json()["message"] == 'An App Connection with the name "platform" already exists'
    assert github.requests == []
    create(admin, github, name="of-github")
    gitlab.clear_requests()
    answer = admin.post(gitlab_requests.GITLAB, gitlab_requests.body(gitlab, name="of-github"))
    assert answer.status_code == 400
    assert answer.json()["message"] == 'An App Connection with the name "of-github" already exists'
    assert gitlab.requests == []


@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_without_a_host_the_configured_one_is_meant_and_named(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    del given["credentials"]["host"], given["credentials"]["instanceType"]
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 200, answer.content
    assert answer.json()["appConnection"]["credentials"] == {
        "instanceType": "server",
        "host": world.host_of(github),
    }


@pytest.mark.parametrize("credentials", [{}, {"instanceType": "cloud"}, {"instanceType": "cloud", "host": ""}])
def test_github_com_is_named_only_as_far_as_it_was_given(
    admin: Api, github: Sandbox, credentials: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connections.providers.github.credentials.DEFAULT_API", f"{github.url}/api/v3")
    token = github.personal_token().value
    given = {
        "name": "cloud",
        "method": "pat",
        "credentials": {"personalAccessToken": token, **credentials},
    }
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 200, answer.content
    shown = answer.json()["appConnection"]["credentials"]
    assert shown == {name: value for name, value in credentials.items() if value}


def test_the_requests_of_a_personal_token(admin: Api, github: Sandbox) -> None:
    token = github.personal_token(scopes=world.SCOPES).value
    create(admin, github, token=token)
    (asked,) = github.requests
    assert (asked.method, asked.path, asked.query, asked.body) == ("GET", "/api/v3/user", {}, b"")
    assert asked.headers["Authorization"] == f"Bearer {token}"
    assert asked.headers["Accept"] == "application/vnd.github+json"
    assert asked.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert asked.headers["User-Agent"].startswith("app-connections/")


def test_the_requests_of_a_code_of_the_oauth_app(admin: Api, github: Sandbox) -> None:
    given = body(github, "oauth")
    github.clear_requests()
    admin.post(GITHUB, given)
    exchange = github.requests[0]
    application = world.application_at(github)
    assert exchange.headers["Accept"] == "application/json"
    assert exchange.form["client_id"] == application.client_id
    assert exchange.form["client_secret"] == application.client_secret
    assert exchange.form["code"] == given["credentials"]["code"]
    assert exchange.form["redirect_uri"] == world.CALLBACK
    assert sent_to(github) == [("POST", "/login/oauth/access_token"), ("GET", "/api/v3/user")]


def test_the_requests_of_an_installation_of_the_app(admin: Api, github: Sandbox) -> None:
    given = body(github, "github-app")
    github.clear_requests()
    admin.post(GITHUB, given)
    number = given["credentials"]["installationId"]
    assert sent_to(github) == [
        ("POST", "/login/oauth/access_token"),
        ("GET", "/api/v3/user/installations"),
        ("DELETE", f"/api/v3/applications/{world.app_at(github).client_id}/token"),
        ("POST", f"/api/v3/app/installations/{number}/access_tokens"),
        ("GET", "/api/v3/installation/repositories"),
    ]
