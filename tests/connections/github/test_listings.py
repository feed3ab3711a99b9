"""What a GitHub connection can list: repositories, organizations, environments."""

from typing import Any

import pytest

from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github import world
from tests.connections.github.requests import GITHUB, METHODS, body, connected, create, installed
from tests.connections.requests import issues

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

LISTINGS = ("repositories", "organizations", "environments")
API = {"owner": "acme", "repo": "api"}


def of(github: Sandbox, user: str) -> dict[str, Any]:
    """Return the body for a connection of somebody's personal token."""
    return body(github, token=github.personal_token(user, scopes=world.SCOPES).value)


@pytest.mark.parametrize("method", METHODS)
def test_each_listing_has_its_envelope_and_its_shape(admin: Api, github: Sandbox, method: str) -> None:
    path = f"{GITHUB}/{create(admin, github, method)['id']}"
    repository = github.repository("acme/api")
    shown = {
        "id": repository.id,
        "name": "api",
        "owner": {"login": "acme", "id": repository.owner.id},
    }
    repositories = admin.get(f"{path}/repositories").json()
    assert set(repositories) == {"repositories"}
    assert shown in repositories["repositories"]
    organizations = admin.get(f"{path}/organizations").json()
    assert set(organizations) == {"organizations"}
    assert {"id": repository.owner.id, "login": "acme"} in organizations["organizations"]
    (environment,) = repository.environments
    assert admin.get(f"{path}/environments", API).json() == {
        "environments": [{"id": environment.id, "name": "production"}]
    }


def test_repositories_of_all_pages(admin: Api, github: Sandbox) -> None:
    for number in range(230):
        github.repository(f"paging/r-{number:03}")
    github.organization("paging", members={"pat": "admin"})
    path = connected(admin, of(github, "pat"))
    github.clear_requests()
    found = admin.get(f"{path}/repositories").json()["repositories"]
    assert [each["name"] for each in found] == [f"r-{number:03}" for number in range(230)]
    assert [request.query for request in github.requests] == [
        {"per_page": "100", "page": str(page)} for page in (1, 2, 3)
    ]


def test_repositories_of_an_installation_of_all_pages(admin: Api, github: Sandbox) -> None:
    github.organization("app-paging", members={"olga": "admin"})
    for number in range(120):
        github.repository(f"app-paging/r-{number:03}")
    path = connected(admin, installed(github, "app-paging"))
    assert len(admin.get(f"{path}/repositories").json()["repositories"]) == 120
    assert [each["login"] for each in admin.get(f"{path}/organizations").json()["organizations"]] == ["app-paging"]


def test_organizations_and_environments_of_all_pages(admin: Api, github: Sandbox) -> None:
    for number in range(130):
        github.organization(f"club-{number:03}", members={"joe": "member"})
    environments = tuple(f"e-{number:03}" for number in range(130))
    github.repository("joe/many", environments=environments)
    path = connected(admin, of(github, "joe"))
    logins = {each["login"] for each in admin.get(f"{path}/organizations").json()["organizations"]}
    assert logins == {f"club-{number:03}" for number in range(130)}
    found = admin.get(f"{path}/environments", {"owner": "joe", "repo": "many"}).json()["environments"]
    assert tuple(each["name"] for each in found) == environments


def test_a_person_is_shown_the_repositories_that_they_administer(admin: Api, github: Sandbox) -> None:
    github.organization("shared", members={"mia": "member"})
    github.repository("shared/read-only")
    github.repository("shared/own", admins=("mia",))
    path = connected(admin, of(github, "mia"))
    assert [each["name"] for each in admin.get(f"{path}/repositories").json()["repositories"]] == ["own"]


def test_an_installation_is_shown_the_repositories_that_were_selected(admin: Api, github: Sandbox) -> None:
    github.organization("picky", members={"olga": "admin"})
    for name in ("chosen", "left-out"):
        github.repository(f"picky/{name}")
    path = connected(admin, installed(github, "picky", ["chosen"]))
    assert [each["name"] for each in admin.get(f"{path}/repositories").json()["repositories"]] == ["chosen"]


def test_an_installation_on_a_person_has_no_organization(admin: Api, github: Sandbox) -> None:
    github.user("sue")
    github.repository("sue/notes")
    path = connected(admin, installed(github, "sue", user="sue"))
    assert admin.get(f"{path}/organizations").json() == {"organizations": []}
    assert [each["name"] for each in admin.get(f"{path}/repositories").json()["repositories"]] == ["notes"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("repo", ["nothing", "api.git", "ápi", "a b", "api?x=1", "api#x", "%2e%2e"])
def test_a_repository_that_there_is_not_has_no_environments(
    admin: Api, github: Sandbox, method: str, repo: str
) -> None:
    path = f"{GITHUB}/{create(admin, github, method)['id']}"
    answer = admin.get(f"{path}/environments", {"owner": "acme", "repo": repo})
    assert answer.status_code == 200
    assert answer.json() == {"environments": []}


@pytest.mark.parametrize("query", [{"owner": "..", "repo": "api"}, {"owner": "acme", "repo": ".."}])
def test_a_name_made_of_dots_leads_nowhere(admin: Api, github: Sandbox, query: dict[str, str]) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    github.clear_requests()
    answer = admin.get(f"{path}/environments", query)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Failed to fetch GitHub environments: ")
    assert github.requests == []


@pytest.mark.parametrize("name", ["../../user", "a/b", "/", "..%2f..", "\\..\\..", "a/../../../../user"])
def test_a_slash_in_a_name_stays_within_its_segment(admin: Api, github: Sandbox, name: str) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    github.clear_requests()
    for query in ({"owner": name, "repo": "api"}, {"owner": "acme", "repo": name}):
        answer = admin.get(f"{path}/environments", query)
        assert answer.json() == {"environments": []}
    for request in github.requests:
        assert request.path.count("/") == "/api/v3/repos/owner/repo/environments".count("/")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [(["repo"], "Required"), (["owner"], "Required")]),
        ({"owner": "acme"}, [(["repo"], "Required")]),
        ({"repo": "api"}, [(["owner"], "Required")]),
        ({"owner": "acme", "repo": ""}, [(["repo"], "Repository name is required")]),
        ({"owner": "", "repo": "api"}, [(["owner"], "Repository owner name is required")]),
        (
            {"owner": " ", "repo": " "},
            [(["repo"], "Repository name is required"), (["owner"], "Repository owner name is required")],
        ),
    ],
)
def test_environments_are_those_of_a_repository(
    admin: Api, github: Sandbox, query: dict[str, str], expected: list[tuple[list[str], str]]
) -> None:
    path = f"{GITHUB}/{create(admin, github)['id']}"
    github.clear_requests()
    answer = admin.get(f"{path}/environments", query)
    assert answer.status_code == 422
    assert [(path, message) for _, path, message in issues(answer.json())] == expected
    assert github.requests == []


@pytest.mark.parametrize("listed", LISTINGS)
def test_any_failure_is_reported_never_an_empty_list(admin: Api, github: Sandbox, listed: str) -> None:
    token = github.personal_token(scopes=world.SCOPES)
    path = connected(admin, body(github, token=token.value))
    token.revoke()
    answer = admin.get(f"{path}/{listed}", API)
    assert answer.status_code == 400
    message = answer.json()["message"]
    assert message.startswith(f"Failed to fetch GitHub {listed}: Unauthorized. Cause: ")
    assert token.value not in message


def test_what_the_token_may_not_list_is_said(admin: Api, github: Sandbox) -> None:
    path = connected(admin, body(github, token=github.personal_token(scopes=("repo",)).value))
    answer = admin.get(f"{path}/organizations")
    assert answer.status_code == 400
    assert "read:org" in answer.json()["message"]
