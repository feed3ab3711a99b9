"""What a connection's account can list at GitLab."""

import pytest

from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, body, create

pytestmark = pytest.mark.django_db


def test_projects_of_all_pages_with_their_full_path(admin: Api) -> None:
    with Sandbox() as gitlab:
        paths = {gitlab.project(f"many/project-{number:03}").path_with_namespace for number in range(230)}
        gitlab.project("many/attic", archived=True)
        one = create(admin, gitlab)["id"]
        gitlab.clear_requests()
        found = admin.get(f"{GITLAB}/{one}/projects").json()
    assert {item["name"] for item in found} == paths
    assert all(isinstance(item["id"], str) and set(item) == {"id", "name"} for item in found)
    assert [request.query["page"] for request in gitlab.requests] == ["1", "2", "3"]
    assert gitlab.requests[0].query == {
        "archived": "false",
        "membership": "true",
        "include_pending_delete": "false",
        "include_hidden": "false",
        "imported": "false",
        "simple": "true",
        "per_page": "100",
        "page": "1",
    }


def test_groups_that_the_account_owns(admin: Api) -> None:
    with Sandbox() as gitlab:
        gitlab.group("acme")
        gitlab.group("acme/platform")
        gitlab.group("foreign", members={"ann": 40})
        one = create(admin, gitlab)["id"]
        found = admin.get(f"{GITLAB}/{one}/groups").json()
    assert [item["fullPath"] for item in found] == ["acme", "acme/platform"]
    assert set(found[0]) == {"id", "name", "fullName", "fullPath"}


def test_a_project_token_owns_no_group_and_none_is_asked_for(admin: Api, gitlab: Sandbox) -> None:
    given = body(gitlab, token=gitlab.project_token("platform/api").value)
    given["credentials"]["accessTokenType"] = "project"
    one = admin.post(GITLAB, given).json()["appConnection"]["id"]
    gitlab.clear_requests()
    assert admin.get(f"{GITLAB}/{one}/groups").json() == []
    assert gitlab.requests == []


def test_the_next_page_is_never_asked_of_the_address_in_the_link_header(admin: Api) -> None:
    with Sandbox(external_url="https://evil.example.com") as gitlab:
        for number in range(130):
            gitlab.project(f"many/project-{number:03}")
        one = create(admin, gitlab)["id"]
        assert len(admin.get(f"{GITLAB}/{one}/projects").json()) == 130


@pytest.mark.parametrize("listed", ["projects", "groups"])
def test_a_rate_limit_is_passed_on(admin: Api, gitlab: Sandbox, listed: str) -> None:
    one = create(admin, gitlab)["id"]
    gitlab.misbehave("rate-limit", f"/api/v4/{listed}", retry_after=17)
    answer = admin.get(f"{GITLAB}/{one}/{listed}")
    assert answer.status_code == 429
    assert answer.json()["error"] == "RateLimitExceeded"
    assert answer.json()["message"] == (
        f"GitLab rate limit reached while loading {listed}. Wait a moment and try again."
    )
    assert answer.headers["Retry-After"] == "17"


@pytest.mark.parametrize("listed", ["projects", "groups"])
def test_any_other_failure_is_reported_never_an_empty_list(admin: Api, gitlab: Sandbox, listed: str) -> None:
    token = gitlab.personal_token()
    one = create(admin, gitlab, token=token.value)["id"]
    token.revoke()
    answer = admin.get(f"{GITLAB}/{one}/{listed}")
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        f"Failed to fetch GitLab {listed}: Unauthorized. Cause: Token was revoked. You have to re-authorize from "
        "the user."
    )
