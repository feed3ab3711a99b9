import pytest
import requests

from sandbox.gitlab import Sandbox
from tests.sandbox.client import Client


@pytest.fixture
def token(gitlab: Sandbox) -> str:
    return gitlab.personal_token(user="ann").value


def names(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200
    return [item.get("path_with_namespace") or item["full_path"] for item in answer.json()]


def test_pages_are_followed_by_their_headers(client: Client, token: str) -> None:
    for number in range(45):
        client.gitlab.project(f"many/p{number}")
    seen: list[str] = []
    page = "1"
    while page:
        answer = client.get(f"/api/v4/projects?membership=true&per_page=20&page={page}", token)
        seen += names(answer)
        assert (answer.headers["X-Total"], answer.headers["X-Total-Pages"]) == ("45", "3")
        assert (answer.headers["X-Page"], answer.headers["X-Per-Page"]) == (page, "20")
        page = answer.headers["X-Next-Page"]
    assert len(set(seen)) == 45


def test_a_page_in_the_middle_links_to_all_others(client: Client, token: str) -> None:
    for number in range(5):
        client.gitlab.project(f"many/p{number}")
    answer = client.get("/api/v4/projects?per_page=2&page=2", token)
    url = f"{client.gitlab.url}/api/v4/projects"
    assert answer.headers["Link"] == (
        f'<{url}?page=1&per_page=2>; rel="prev", <{url}?page=3&per_page=2>; rel="next", '
        f'<{url}?page=1&per_page=2>; rel="first", <{url}?page=3&per_page=2>; rel="last"'
    )
    assert answer.headers["X-Prev-Page"] == "1"


def test_the_only_page_has_empty_neighbours(client: Client, token: str) -> None:
    answer = client.get("/api/v4/projects", token)
    assert answer.json() == []
    assert (answer.headers["X-Next-Page"], answer.headers["X-Prev-Page"]) == ("", "")
    assert (answer.headers["X-Total"], answer.headers["X-Total-Pages"]) == ("0", "1")


def test_a_page_holds_a_hundred_at_most(client: Client, token: str) -> None:
    for number in range(101):
        client.gitlab.project(f"many/p{number}")
    assert len(client.get("/api/v4/projects?per_page=500", token).json()) == 100


def test_above_ten_thousand_the_totals_are_left_out(client: Client, token: str) -> None:
    for number in range(10_001):
        client.gitlab.project(f"many/p{number}")
    headers = client.get("/api/v4/projects?per_page=1&simple=true", token).headers
    assert "X-Total" not in headers
    assert "X-Total-Pages" not in headers
    assert 'rel="last"' not in headers["Link"]
    assert headers["X-Next-Page"] == "2"


def test_links_name_the_external_url(http: requests.Session) -> None:
    with Sandbox(external_url="https://gitlab.example.com") as gitlab:
        gitlab.project("platform/api")
        answer = Client(gitlab, http).get("/api/v4/projects", gitlab.personal_token().value)
    assert answer.headers["Link"].startswith("<https://gitlab.example.com/api/v4/projects?")
    assert answer.json()[0]["web_url"] == "https://gitlab.example.com/platform/api"


def test_projects_are_filtered(client: Client, token: str) -> None:
    client.gitlab.project("platform/api")
    client.gitlab.project("platform/attic", archived=True)
    client.gitlab.group("secret", {"bob": 50})
    client.gitlab.project("secret/plans")
    client.gitlab.project("secret/site", visibility="public")
    client.gitlab.project("secret/shared", members={"ann": 20})
    assert names(client.get("/api/v4/projects?membership=true", token)) == [
        *("secret/shared", "platform/attic", "platform/api"),
    ]
    assert "secret/site" in names(client.get("/api/v4/projects", token))
    assert names(client.get("/api/v4/projects?membership=true&archived=true", token)) == ["platform/attic"]
    assert names(client.get("/api/v4/projects?archived=false&min_access_level=30", token)) == ["platform/api"]
    assert names(client.get("/api/v4/projects?search=SHAR", token)) == ["secret/shared"]


def test_projects_are_ordered(client: Client, token: str) -> None:
    for path in ("b/beta", "b/alpha"):
        client.gitlab.project(path)
    assert names(client.get("/api/v4/projects", token)) == ["b/alpha", "b/beta"]
    assert names(client.get("/api/v4/projects?order_by=id&sort=asc", token)) == ["b/beta", "b/alpha"]
    assert names(client.get("/api/v4/projects?order_by=name&sort=desc", token)) == ["b/beta", "b/alpha"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("order_by=luck", "order_by does not have a valid value"),
        ("min_access_level=7", "min_access_level does not have a valid value"),
        ("per_page=many", "per_page is invalid"),
    ],
)
def test_a_parameter_out_of_range_is_a_bad_request(client: Client, token: str, query: str, error: str) -> None:
    answer = client.get(f"/api/v4/projects?{query}", token)
    assert (answer.status_code, answer.text) == (400, f'{{"error":"{error}"}}')


def test_groups_are_filtered_and_ordered(client: Client, token: str) -> None:
    client.gitlab.group("platform/mobile")
    client.gitlab.group("alpha", {"ann": 30})
    client.gitlab.group("secret", {"bob": 50})
    assert names(client.get("/api/v4/groups", token)) == ["alpha", "platform/mobile", "platform"]
    assert names(client.get("/api/v4/groups?order_by=path&sort=desc", token)) == [
        *("platform", "platform/mobile", "alpha"),
    ]
    assert names(client.get("/api/v4/groups?min_access_level=40", token)) == ["platform/mobile", "platform"]
    assert names(client.get("/api/v4/groups?top_level_only=true", token)) == ["alpha", "platform"]
    assert "projects" not in client.get("/api/v4/groups", token).json()[0]


def test_one_project_is_found_by_id_and_by_path(client: Client, token: str) -> None:
    project = client.gitlab.project("platform/mobile/android")
    by_id = client.get(f"/api/v4/projects/{project.id}", token).json()
    assert by_id == client.get("/api/v4/projects/platform%2Fmobile%2Fandroid", token).json()
    assert by_id["name_with_namespace"] == "platform / mobile / android"
    assert by_id["namespace"]["full_path"] == "platform/mobile"
    assert by_id["permissions"]["group_access"]["access_level"] == 50


def test_one_group_is_found_with_its_projects(client: Client, token: str) -> None:
    client.gitlab.project("platform/api")
    group = client.get("/api/v4/groups/platform", token).json()
    assert [project["path"] for project in group["projects"]] == ["api"]
    assert "projects" not in client.get("/api/v4/groups/platform?with_projects=false", token).json()


@pytest.mark.parametrize(
    ("path", "message"),
    [("projects/secret%2Fplans", "404 Project Not Found"), ("groups/secret", "404 Group Not Found")],
)
def test_what_the_caller_may_not_see_is_not_found(client: Client, token: str, path: str, message: str) -> None:
    client.gitlab.group("secret", {"bob": 50})
    client.gitlab.project("secret/plans")
    answer = client.get(f"/api/v4/{path}", token)
    assert (answer.status_code, answer.text) == (404, f'{{"message":"{message}"}}')


def test_a_project_token_sees_its_project_and_a_group_token_all_below(client: Client) -> None:
    client.gitlab.project("platform/mobile/android")
    client.gitlab.project("other/thing")
    project_token = client.gitlab.project_token("platform/api", access_level=20)
    group_token = client.gitlab.group_token("platform")
    assert names(client.get("/api/v4/projects?membership=true", project_token.value)) == ["platform/api"]
    assert names(client.get("/api/v4/projects?membership=true", group_token.value)) == [
        *("platform/api", "platform/mobile/android"),
    ]
    assert names(client.get("/api/v4/groups", group_token.value)) == ["platform/mobile", "platform"]
