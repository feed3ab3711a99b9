from datetime import UTC, datetime

import pytest

from sandbox.github import Sandbox
from tests.sandbox.github.client import Client, refused

SOME_DAY = datetime(2099, 12, 31, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "token"])
def test_a_token_says_who_it_stands_for(client: Client, scheme: str) -> None:
    token = client.github.personal_token("ann")
    ann = client.get("/user", token.value, scheme).json()
    assert (ann["login"], ann["name"], ann["type"]) == ("ann", "Ann", "User")
    assert ann["id"] == client.github.user("ann").id


def test_a_classic_token_names_its_scopes_and_those_that_would_do(client: Client) -> None:
    token = client.github.personal_token(scopes=("repo", "admin:org"), expires_at=SOME_DAY)
    assert token.value.startswith("ghp_")
    headers = client.get("/user/repos", token.value).headers
    assert headers["x-oauth-scopes"] == "repo, admin:org"
    assert headers["x-accepted-oauth-scopes"] == "repo"
    assert headers["github-authentication-token-expiration"] == "2099-12-31 10:00:00 UTC"


def test_a_classic_token_without_scopes_says_so(client: Client) -> None:
    headers = client.get("/user", client.github.personal_token(scopes=()).value).headers
    assert headers["x-oauth-scopes"] == ""
    assert headers["x-accepted-oauth-scopes"] == ""
    assert "github-authentication-token-expiration" not in headers


def test_a_fine_grained_token_has_no_scopes(client: Client) -> None:
    token = client.github.personal_token(fine_grained=True, expires_at=SOME_DAY)
    assert token.value.startswith("github_pat_")
    headers = client.get("/user", token.value).headers
    assert "x-oauth-scopes" not in headers
    assert "x-accepted-oauth-scopes" not in headers
    assert headers["github-authentication-token-expiration"] == "2099-12-31 10:00:00 UTC"


def test_an_expired_token_is_bad(client: Client) -> None:
    expires_at = datetime.fromtimestamp(client.github.clock.now() + 60, UTC)
    token = client.github.personal_token(expires_at=expires_at)
    assert client.get("/user", token.value).status_code == 200
    client.github.travel(61)
    assert refused(client.get("/user", token.value), 401, "Bad credentials")


def test_a_revoked_token_is_bad(client: Client) -> None:
    token = client.github.personal_token()
    client.github.revoke(token.value)
    answer = client.get("/user", token.value)
    assert refused(answer, 401, "Bad credentials")
    assert "x-oauth-scopes" not in answer.headers


def test_an_unknown_token_is_bad_and_none_is_asked_for(client: Client) -> None:
    assert refused(client.get("/user", "ghp_nobody"), 401, "Bad credentials")
    assert refused(client.get("/user"), 401, "Requires authentication")


def test_only_what_there_is_can_be_revoked(github: Sandbox) -> None:
    with pytest.raises(KeyError):
        github.revoke("ghp_nobody")


def test_a_name_is_either_a_users_or_an_organizations(github: Sandbox) -> None:
    with pytest.raises(ValueError, match="acme is no user"):
        github.personal_token("acme")
    with pytest.raises(ValueError, match="ann is no organization"):
        github.organization("ann")
