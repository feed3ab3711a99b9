"""A secret is sent to the host that it belongs to, and to no other: both GitHubs record what reaches them."""

import json
from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, METHODS, body, create

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

CLIENT = {"oauth": "OAuth app", "github-app": "GitHub App"}
LISTED = {"repositories": "/api/v3/user/repos", "organizations": "/api/v3/user/orgs"}


def sent(github: Sandbox) -> str:
    """Return all that a GitHub was sent, as text."""
    return "\n".join(
        f"{request.path} {request.query} {dict(request.headers)} {request.body.decode()}"
        for request in github.requests
    )


def on_host(github: Sandbox, given: dict[str, Any], **credentials: str) -> dict[str, Any]:
    """Return the same body for another host."""
    credentials = {"instanceType": "server", "host": world.host_of(github), **credentials}
    return {**given, "credentials": given["credentials"] | credentials}


@pytest.mark.parametrize("method", CLIENT)
@pytest.mark.parametrize("kind", ["server", "cloud"])
def test_our_client_is_for_its_own_host_and_another_is_asked_nothing(
    admin: Api, github: Sandbox, other_github: Sandbox, method: str, kind: str
) -> None:
    given = body(github, method)
    github.clear_requests()
    answer = admin.post(GITHUB, on_host(other_github, given, instanceType=kind))
    assert answer.status_code == 400
    message = answer.json()["message"]
    assert message.startswith(
        f"There is no {CLIENT[method]} for {other_github.url}. The configured one belongs to {github.url}, and its "
        "secret is sent nowhere else."
    )
    assert given["credentials"]["code"] not in message
    assert other_github.requests == github.requests == []
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize("method", CLIENT)
def test_the_cloud_without_a_host_is_github_com_wherever_our_client_is(
    admin: Api, github: Sandbox, method: str
) -> None:
    given = body(github, method)
    given["credentials"] = {**given["credentials"], "instanceType": "cloud", "host": ""}
    github.clear_requests()
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(
        f"There is no {CLIENT[method]} for https://github.com. The configured"
    )
    assert github.requests == []


@pytest.mark.parametrize("method", CLIENT)
def test_a_change_cannot_lead_our_secrets_to_another_host(
    admin: Api, github: Sandbox, other_github: Sandbox, method: str
) -> None:
    made = create(admin, github, method)
    given = on_host(other_github, body(github, method))
    github.clear_requests()
    answer = admin.patch(f"{GITHUB}/{made['id']}", {"credentials": given["credentials"]})
    assert answer.status_code == 400
    assert other_github.requests == github.requests == []
    assert admin.get(f"{GITHUB}/{made['id']}").json()["appConnection"] == made


@pytest.mark.parametrize("method", CLIENT)
def test_what_was_granted_at_one_host_is_not_sent_to_the_host_configured_later(
    admin: Api, github: Sandbox, other_github: Sandbox, settings: Any, method: str
) -> None:
    one = create(admin, github, method)["id"]
    world.configure(settings, other_github)
    github.clear_requests()
    for path in ("repositories", "organizations"):
        admin.get(f"{GITHUB}/{one}/{path}")
    assert admin.delete(f"{GITHUB}/{one}").status_code == 200
    assert other_github.requests == []


@pytest.mark.parametrize("method", CLIENT)
def test_a_host_may_be_spelled_in_other_ways(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    given["credentials"]["host"] = f"  {world.host_of(github)} "
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 200, answer.content
    assert answer.json()["appConnection"]["credentials"]["host"] == world.host_of(github)


def test_a_personal_token_goes_to_the_host_named_and_nowhere_else(
    admin: Api, github: Sandbox, other_github: Sandbox
) -> None:
    token = other_github.personal_token(scopes=world.SCOPES).value
    answer = admin.post(GITHUB, on_host(other_github, body(github, token=token)))
    assert answer.status_code == 200
    one = answer.json()["appConnection"]["id"]
    for path in LISTED:
        assert admin.get(f"{GITHUB}/{one}/{path}").status_code == 200
    assert github.requests == []
    assert {request.headers["Authorization"] for request in other_github.requests} == {f"Bearer {token}"}
    assert all(token not in f"{each.path} {each.query} {each.body!r}" for each in other_github.requests)


def test_what_the_app_signs_is_sent_to_its_api_and_to_nothing_else(admin: Api, github: Sandbox) -> None:
    one = create(admin, github, "github-app")["id"]
    admin.get(f"{GITHUB}/{one}/repositories")
    app = world.app_at(github)
    signed = [each for each in github.requests if each.headers.get("Authorization", "").startswith("Bearer eyJ")]
    assert {each.path.partition("/installations/")[0] for each in signed} == {"/api/v3/app"}
    assert app.private_key not in sent(github)
    secret = [each for each in github.requests if app.client_secret in each.body.decode()]
    assert {each.path for each in secret} == {"/login/oauth/access_token"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(
    admin: Api, github: Sandbox, other_github: Sandbox, method: str, status: int
) -> None:
    given = body(github, method)
    path = "/api/v3/user" if method == "pat" else "/login/oauth/access_token"
    github.misbehave("redirect", path, to=f"{other_github.url}{path}", status=status)
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 400
    assert "redirects to 127.0.0.1" in answer.json()["message"]
    assert other_github.requests == []
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize(
    "path", ["/api/v3/user/installations", "/api/v3/app/installations", "/api/v3/installation/repositories"]
)
def test_redirects_of_the_later_steps_of_an_app_are_not_followed(
    admin: Api, github: Sandbox, other_github: Sandbox, path: str
) -> None:
    given = body(github, "github-app")
    github.misbehave("redirect", path, to=f"{other_github.url}{path}", status=307)
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 400
    assert other_github.requests == []
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize("listed", LISTED)
def test_redirects_of_a_listing_are_not_followed(
    admin: Api, github: Sandbox, other_github: Sandbox, listed: str
) -> None:
    one = create(admin, github)["id"]
    github.misbehave("redirect", LISTED[listed], to=f"{other_github.url}{LISTED[listed]}", status=307)
    answer = admin.get(f"{GITHUB}/{one}/{listed}")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"Failed to fetch GitHub {listed}: ")
    assert other_github.requests == []


def test_the_next_page_is_never_asked_of_the_address_in_the_link_header(
    admin: Api, github: Sandbox, other_github: Sandbox
) -> None:
    one = create(admin, github)["id"]
    page = [
        {"id": number, "name": f"r-{number}", "owner": {"id": 1, "login": "acme"}, "permissions": {"admin": True}}
        for number in range(1, 101)
    ]
    headers = {
        "Content-Type": "application/json",
        "Link": f'<{other_github.url}/api/v3/user/repos?page=2>; rel="next"',
    }
    github.misbehave("status", "/api/v3/user/repos", times=1, status=200, body=json.dumps(page), headers=headers)
    github.clear_requests()
    found = admin.get(f"{GITHUB}/{one}/repositories").json()["repositories"]
    assert len(found) >= 100
    assert [request.query["page"] for request in github.requests] == ["1", "2"]
    assert other_github.requests == []
