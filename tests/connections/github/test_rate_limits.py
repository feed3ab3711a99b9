"""GitHub has two kinds of rate limits: the 429 says which was reached, and when to come back."""

from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.github import Sandbox
from tests.clients import Api
from tests.connections.github.requests import GITHUB, body, create, sent_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clients")]

# The primary one names the moment at which it is lifted, in whole seconds; the secondary one how long to wait.
LIMITS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "primary": ({"secondary": False}, {"16", "17"}),
    "secondary": ({"secondary": True}, {"17"}),
}
# GitHub answers either status: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
STATUSES = [403, 429]
LISTINGS = {
    "repositories": ("/api/v3/user/repos", {}),
    "organizations": ("/api/v3/user/orgs", {}),
    "environments": ("/api/v3/repos", {"owner": "acme", "repo": "api"}),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("limit", LIMITS)
def test_while_validating(admin: Api, github: Sandbox, limit: str, status: int) -> None:
    options, waits = LIMITS[limit]
    github.misbehave("rate-limit", "/api/v3/user", status=status, retry_after=17, **options)
    answer = admin.post(GITHUB, body(github))
    assert answer.status_code == 429
    assert answer.json()["error"] == "RateLimitExceeded"
    assert answer.json()["message"] == (
        f"GitHub {limit} rate limit reached while validating credentials. Wait a moment and try again."
    )
    assert answer.headers["Retry-After"] in waits
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("listed", LISTINGS)
def test_while_listing(admin: Api, github: Sandbox, listed: str, limit: str) -> None:
    one = create(admin, github)["id"]
    options, waits = LIMITS[limit]
    path, query = LISTINGS[listed]
    github.misbehave("rate-limit", path, retry_after=17, **options)
    answer = admin.get(f"{GITHUB}/{one}/{listed}", query)
    assert answer.status_code == 429
    assert answer.json()["message"] == (
        f"GitHub {limit} rate limit reached while loading {listed}. Wait a moment and try again."
    )
    assert answer.headers["Retry-After"] in waits


@pytest.mark.parametrize("limit", LIMITS)
def test_while_exchanging_a_code_the_persons_token_is_ended(admin: Api, github: Sandbox, limit: str) -> None:
    given = body(github, "github-app")
    github.clear_requests()
    options, _ = LIMITS[limit]
    github.misbehave("rate-limit", "/api/v3/user/installations", retry_after=17, **options)
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 429
    assert answer.json()["message"] == (
        f"GitHub {limit} rate limit reached while exchanging the OAuth code. Wait a moment and try again."
    )
    assert sent_to(github)[-1][0] == "DELETE"
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("method", ["oauth", "github-app"])
def test_of_the_token_endpoint(admin: Api, github: Sandbox, method: str, limit: str, status: int) -> None:
    given = body(github, method)
    options, waits = LIMITS[limit]
    github.misbehave("rate-limit", "/login/oauth/access_token", status=status, retry_after=17, **options)
    answer = admin.post(GITHUB, given)
    assert answer.status_code == 429
    assert answer.json()["message"] == (
        f"GitHub {limit} rate limit reached while exchanging the OAuth code. Wait a moment and try again."
    )
    assert answer.headers["Retry-After"] in waits
    github.behave()
    assert admin.post(GITHUB, given).status_code == 200, "the code is as good as before"


def test_a_grant_that_cannot_be_validated_now_is_given_back(admin: Api, github: Sandbox) -> None:
    given = body(github, "oauth")
    github.clear_requests()
    github.misbehave("rate-limit", "/api/v3/user")
    assert admin.post(GITHUB, given).status_code == 429
    (ended,) = [request for request in github.requests if request.method == "DELETE"]
    assert ended.status == 204
    assert not AppConnection.objects.exists()


@pytest.mark.parametrize("limit", LIMITS)
def test_while_replacing_credentials_the_old_ones_stay(admin: Api, github: Sandbox, limit: str) -> None:
    made = create(admin, github)
    options, _ = LIMITS[limit]
    github.misbehave("rate-limit", "/api/v3/user", **options)
    answer = admin.patch(f"{GITHUB}/{made['id']}", {"credentials": body(github)["credentials"]})
    assert answer.status_code == 429
    assert admin.get(f"{GITHUB}/{made['id']}").json()["appConnection"] == made
