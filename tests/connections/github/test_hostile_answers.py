"""A GitHub that lies, repeats what it was sent, or never stops: nothing of it is stored, shown or waited for."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github.requests import GITHUB, METHODS, body, create

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

JSON = {"Content-Type": "application/json"}
ENDPOINT = "/login/oauth/access_token"


def answer(
    github: Sandbox, path: str, value: Any, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})
) -> None:
    github.misbehave("status", path, status=status, body=json.dumps(value), headers={**JSON, **headers})


def test_a_token_that_the_server_repeats_is_not_repeated_by_us(admin: Api, github: Sandbox) -> None:
    given = body(github)
    token = given["credentials"]["personalAccessToken"]
    answer(github, "/api/v3/user", {"message": f"I was sent {token}, really {token}"}, status=403)
    message = admin.post(GITHUB, given).json()["message"]
    assert token not in message
    assert message.endswith("Forbidden. Cause: I was sent [secret], really [secret]")


@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_a_code_that_the_server_repeats_is_not_repeated_by_us(admin: Api, github: Sandbox, method: str) -> None:
    given = body(github, method)
    code = given["credentials"]["code"]
    answer(github, ENDPOINT, {"error": f"bad_{code}", "error_description": f"I do not know {code}."})
    response = admin.post(GITHUB, given)
    assert response.status_code == 400
    assert code not in response.content.decode()
    assert response.json()["message"] == (
        "Unable to validate credentials: GitHub responded with an error: bad_[secret] - I do not know [secret]."
    )


@pytest.mark.parametrize("token", ["", 7, None, ["ghu_x"], "ghu_x\r\nX-Evil: 1", "ghu_" + "x" * 100_000])
@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_a_token_that_is_none_is_not_used(admin: Api, github: Sandbox, method: str, token: Any) -> None:
    given = body(github, method)
    github.clear_requests()
    answer(github, ENDPOINT, {"access_token": token, "token_type": "bearer", "scope": "repo"})
    assert admin.post(GITHUB, given).status_code == 400
    assert {request.path for request in github.requests} == {ENDPOINT}
    assert not AppConnection.objects.exists()


def test_what_is_stored_of_an_account_is_short_and_printable(admin: Api, github: Sandbox) -> None:
    scopes = ", ".join(["repo", *(f"s{number}" for number in range(1000))])
    user = {"id": 1, "login": "a\u0000n\u001bn", "name": "x" * 2_000_000, "type": "User"}
    answer(github, "/api/v3/user", user, headers={"X-OAuth-Scopes": scopes})
    create(admin, github)
    stored = AppConnection.objects.get()
    assert (stored.account or {})["username"] == "ann"
    assert len((stored.account or {})["name"]) == 255
    assert len(stored.scopes) == 64


@pytest.mark.parametrize("method", ["oauth", "pat"])
@pytest.mark.parametrize(
    "user",
    [{}, {"id": 1}, {"login": "ann"}, {"id": "1", "login": "ann"}, {"id": 1, "login": ["ann"]}, {"message": "hi"}],
)
def test_an_answer_that_names_nobody_verifies_nothing(
    admin: Api, github: Sandbox, method: str, user: dict[str, Any]
) -> None:
    given = body(github, method)
    answer(github, "/api/v3/user", user)
    response = admin.post(GITHUB, given)
    assert response.status_code == 400
    assert response.json()["message"].endswith(
        f"{github.url}/api/v3/user answered without a user. Check that the host is that of a GitHub."
    )
    assert not AppConnection.objects.exists()


def test_a_listing_that_never_ends_is_given_up(admin: Api, github: Sandbox) -> None:
    one = create(admin, github)["id"]
    page = [{"id": number, "login": "o"} for number in range(1, 101)]
    answer(github, "/api/v3/user/orgs", page, headers={"Link": '<https://example.com>; rel="next"'})
    response = admin.get(f"{GITHUB}/{one}/organizations")
    assert response.status_code == 400
    assert "lists more than 10000 items" in response.json()["message"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [[], {}, [1], "text", None, {"id": []}])
def test_an_answer_of_another_shape_is_no_internal_error(
    admin: Api, github: Sandbox, method: str, value: Any
) -> None:
    given = body(github, method)
    answer(github, "/api/v3", value)
    assert admin.post(GITHUB, given).status_code in {200, 400, 403}
    github.behave()
    path = f"{GITHUB}/{create(admin, github, 'pat', name='other')['id']}"
    answer(github, "/api/v3", value)
    for listed in ("repositories", "organizations", "environments"):
        found = admin.get(f"{path}/{listed}", {"owner": "acme", "repo": "api"})
        assert found.status_code in {200, 400}


def test_one_page_of_a_listing_may_be_no_larger_than_any_answer(admin: Api, github: Sandbox) -> None:
    """To read JSON takes up to 25 times as much memory, and several requests do so at once."""
    one = create(admin, github)["id"]
    answer(github, "/api/v3/user/repos", [{}] * 2_000_000)
    response = admin.get(f"{GITHUB}/{one}/repositories")
    assert response.status_code == 400
    assert "sent more than 5 MiB" in response.json()["message"]


def test_a_listing_may_be_longer_than_that_and_not_without_end(admin: Api, github: Sandbox) -> None:
    one = create(admin, github)["id"]
    page = [{"id": 7, "name": "x" * 50_000}] * 100
    answer(github, "/api/v3/user/repos", page, headers={"Link": '<https://next.example.com>; rel="next"'})
    response = admin.get(f"{GITHUB}/{one}/repositories")
    assert response.status_code == 400
    assert "sent more than 80 MiB" in response.json()["message"]
