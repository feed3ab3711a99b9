import re

import pytest
import requests

from sandbox.github import Sandbox
from tests.sandbox.github.client import Client, names, refused


@pytest.fixture
def repositories(github: Sandbox) -> None:
    github.user("cyd")
    for full_name in ("acme/api", "acme/web", "ann/notes", "cyd/secret"):
        github.repository(full_name)
    github.repository("cyd/open", private=False)
    github.repository("cyd/shared", admins=["bob"])


@pytest.mark.usefixtures("repositories")
def test_people_see_what_they_work_on_and_what_they_may_do_there(client: Client) -> None:
    ann = client.get("/user/repos", client.github.personal_token("ann").value)
    assert names(ann) == ["acme/api", "acme/web", "ann/notes"]
    bob = client.get("/user/repos", client.github.personal_token("bob").value)
    assert {each["full_name"]: each["permissions"]["admin"] for each in bob.json()} == {
        "acme/api": False,
        "acme/web": False,
        "cyd/shared": True,
    }


@pytest.mark.usefixtures("repositories")
def test_a_repository_names_its_owner(client: Client) -> None:
    first = client.get("/user/repos", client.github.personal_token("ann").value).json()[0]
    assert (first["name"], first["full_name"], first["private"]) == ("api", "acme/api", True)
    acme = client.github.organization("acme")
    assert (first["owner"]["login"], first["owner"]["id"]) == ("acme", acme.id)
    assert first["owner"]["type"] == "Organization"


@pytest.mark.usefixtures("repositories")
def test_without_the_scope_repo_there_is_only_what_is_public(client: Client) -> None:
    token = client.github.personal_token("cyd", scopes=("read:org",)).value
    assert names(client.get("/user/repos", token)) == ["cyd/open"]
    assert names(client.get("/user/repos", client.github.personal_token("cyd", fine_grained=True).value)) == [
        *("cyd/open", "cyd/secret", "cyd/shared"),
    ]


def links(answer: requests.Response) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("Link", ""))}


def test_links_lead_through_the_pages(client: Client) -> None:
    for number in range(5):
        client.github.repository(f"acme/repo-{number}")
    token = client.github.personal_token().value
    first = client.get("/user/repos?per_page=2", token)
    assert list(links(first)) == ["next", "last"]
    seen, url = names(first), links(first)["next"]
    while url:
        answer = client.http.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=5)
        seen, url = seen + names(answer), links(answer).get("next", "")
    assert seen == [f"acme/repo-{number}" for number in range(5)]
    assert list(links(answer)) == ["prev", "first"]
    assert "Link" not in client.get("/user/repos", token).headers


def test_a_page_has_at_most_a_hundred_and_by_default_thirty(client: Client) -> None:
    for number in range(101):
        client.github.repository(f"acme/repo-{number}")
    token = client.github.personal_token().value
    sizes = {size: len(client.get(f"/user/repos?{size}", token).json()) for size in ("", "per_page=500", "page=x")}
    assert sizes == {"": 30, "per_page=500": 100, "page=x": 30}
    assert client.get("/user/repos?page=9", token).json() == []


def test_links_name_the_address_that_github_believes_to_have(http: requests.Session) -> None:
    with Sandbox(external_url="https://github.example.com") as github:
        github.organization("acme", {"ann": "admin"})
        for number in range(2):
            github.repository(f"acme/repo-{number}")
        answer = Client(github, http).get("/user/repos?per_page=1", github.personal_token().value)
    assert links(answer)["next"] == "https://github.example.com/api/v3/user/repos?page=2&per_page=1"
    assert answer.json()[0]["html_url"] == "https://github.example.com/acme/repo-0"


def test_organizations_want_a_scope(client: Client) -> None:
    allowed = client.github.personal_token(scopes=("read:org",)).value
    assert names(client.get("/user/orgs", allowed)) == ["acme"]
    answer = client.get("/user/orgs", client.github.personal_token(scopes=("repo",)).value)
    message = "You need at least read:org scope or user scope to list your organizations."
    assert refused(answer, 403, message)
    assert "read:org" in answer.headers["x-accepted-oauth-scopes"].split(", ")
    stranger = client.github.personal_token("cyd", scopes=("user",)).value
    assert client.get("/user/orgs", stranger).json() == []


def test_environments_are_counted_and_listed(client: Client) -> None:
    client.github.repository("acme/api", environments=("production", "staging"))
    token = client.github.personal_token().value
    answer = client.get("/repos/ACME/api/environments", token)
    assert answer.json()["total_count"] == 2
    assert names(answer, "environments") == ["production", "staging"]
    assert all(isinstance(each["id"], int) for each in answer.json()["environments"])


@pytest.mark.usefixtures("repositories")
@pytest.mark.parametrize("path", ["cyd/secret", "acme/nowhere"])
def test_what_the_caller_may_not_see_is_not_found(client: Client, path: str) -> None:
    token = client.github.personal_token().value
    assert refused(client.get(f"/repos/{path}/environments", token), 404, "Not Found")
    no_scope = client.github.personal_token("ann", scopes=()).value
    assert refused(client.get("/repos/acme/api/environments", no_scope), 404, "Not Found")
    assert client.get("/repos/cyd/open/environments", no_scope).json() == {"total_count": 0, "environments": []}


def test_a_fine_grained_token_may_lack_the_permission(client: Client) -> None:
    client.github.repository("acme/api")
    narrow = client.github.personal_token(fine_grained=True, permissions={"metadata": "read"}).value
    message = "Resource not accessible by personal access token"
    assert refused(client.get("/repos/acme/api/environments", narrow), 403, message)
    wide = client.github.personal_token(fine_grained=True, permissions={"actions": "read"}).value
    assert client.get("/repos/acme/api/environments", wide).status_code == 200
