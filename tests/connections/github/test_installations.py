"""Whoever connects by the GitHub App has to show that the installation is theirs; the token for that is ended."""

import pytest

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, body

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]


def test_an_installation_that_is_not_the_users(admin: Api, github: Sandbox) -> None:
    theirs = github.install(world.app_at(github), github.user("zoe").login)
    given = body(github, "github-app")
    given["credentials"]["installationId"] = str(theirs.id)
    github.clear_requests()
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 403
    assert answer.json()["error"] == "ForbiddenError"
    assert answer.json()["message"] == "User does not have access to the provided installation"
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize("number", ["999999", "0", "-1", "1e3", "../1", "nonsense", "x" * 16_000])
def test_an_installation_that_there_is_not(admin: Api, github: Sandbox, number: str) -> None:
    given = body(github, "github-app")
    given["credentials"]["installationId"] = number
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 403
    assert answer.json()["message"] == "User does not have access to the provided installation"
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize(("more", "status"), [({}, 200), ({"installationId": "999999"}, 403)])
def test_the_persons_token_is_ended_whether_or_not_the_installation_is_theirs(
    admin: Api, github: Sandbox, more: dict[str, str], status: int
) -> None:
    given = body(github, "github-app")
    github.clear_requests()
    assert admin.post(GITHUB, {**given, "credentials": given["credentials"] | more}).status_code == status
    (listed,) = [request for request in github.requests if request.path == "/api/v3/user/installations"]
    token = github.hub.tokens.find(listed.headers["Authorization"].removeprefix("Bearer "))
    assert token is not None
    assert token.revoked
    (ended,) = [request for request in github.requests if request.method == "DELETE"]
    assert ended.path == f"/api/v3/applications/{world.app_at(github).client_id}/token"


def test_an_installation_is_found_on_a_late_page(admin: Api, github: Sandbox) -> None:
    app = world.app_at(github)
    for number in range(120):
        login = f"crowd-{number:03}"
        github.organization(login, members={"max": "admin"})
        github.install(app, login)
    last = github.hub.installations.visible_to(app, github.user("max"))[-1]
    code = world.code(github, app, user="max")
    given = body(github, "github-app")
    given["credentials"] |= {"code": code, "installationId": str(last.id)}
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 200, answer.content
    assert (AppConnection.objects.get().account or {})["username"] == "crowd-119"
