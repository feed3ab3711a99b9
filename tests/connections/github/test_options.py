"""`/options`: which apps there are, by which methods, and what clients of the API need to know of our clients."""

from typing import Any

import pytest

from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.requests import BASE

pytestmark = pytest.mark.django_db

GITHUB = {"name": "GitHub", "app": "github", "methods": ["github-app", "oauth", "pat"]}


def options(admin: Api, **query: str) -> dict[str, dict[str, Any]]:
    answer = admin.get(f"{BASE}/options", query)
    assert answer.status_code == 200
    return {option["app"]: option for option in answer.json()["appConnectionOptions"]}


def test_github_is_there_before_anything_is_configured(admin: Api, settings: Any) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    assert options(admin)["github"] == GITHUB


def test_github_stands_before_gitlab(admin: Api) -> None:
    assert list(options(admin)) == ["github", "gitlab"], "sorted by the name that is shown"


@pytest.mark.usefixtures("clients")
def test_what_is_configured_is_named_and_no_secret_of_it(admin: Api, github: Sandbox) -> None:
    shown = options(admin)["github"]
    application, app = world.application_at(github), world.app_at(github)
    assert shown == {**GITHUB, "oauthClientId": application.client_id, "appClientSlug": app.slug}


@pytest.mark.parametrize(
    ("variable", "shown"), [(f"{world.OAUTH}_CLIENT_ID", "oauthClientId"), (f"{world.APP}_SLUG", "appClientSlug")]
)
def test_each_is_named_once_it_is_set(admin: Api, settings: Any, variable: str, shown: str) -> None:
    settings.APP_CONNECTION_VARIABLES = {variable: "known-as"}
    assert options(admin)["github"] == {**GITHUB, shown: "known-as"}
    settings.APP_CONNECTION_VARIABLES = {variable: ""}
    assert options(admin)["github"] == GITHUB


@pytest.mark.parametrize(
    ("project_type", "apps"),
    [
        ("secret-manager", ["github", "gitlab"]),
        ("secret-scanning", ["gitlab"]),
        ("cert-manager", []),
        ("kms", []),
        ("ssh", []),
        ("pam", []),
        ("something-else", ["github", "gitlab"]),
    ],
)
def test_a_type_of_project_has_its_apps(admin: Api, project_type: str, apps: list[str]) -> None:
    assert list(options(admin, projectType=project_type)) == apps
