import re
from datetime import UTC, date, datetime, timedelta

import pytest
import requests

from sandbox.gitlab import Sandbox
from sandbox.gitlab.state import AccessToken
from tests.sandbox.client import EXPIRED, REVOKED, Client, invalid_token

SELF = "/api/v4/personal_access_tokens/self"
ROTATE = f"{SELF}/rotate"


def today() -> date:
    return datetime.now(UTC).date()


def any_kind(gitlab: Sandbox, kind: str) -> AccessToken:
    if kind == "personal":
        return gitlab.personal_token(user="ann")
    return gitlab.project_token("platform/api") if kind == "project" else gitlab.group_token("platform")


def post(client: Client, path: str, token: str, **values: str) -> tuple[int, dict[str, object]]:
    answer = client.http.post(client.gitlab.url + path, headers={"PRIVATE-TOKEN": token}, json=values, timeout=5)
    return answer.status_code, answer.json()


def test_a_personal_token_answers_as_its_user(client: Client) -> None:
    token = client.gitlab.personal_token(user="ann")
    answer = client.get("/api/v4/user", token.value)
    assert answer.status_code == 200
    assert answer.json()["username"] == "ann"
    assert answer.json()["bot"] is False
    assert "is_admin" not in answer.json()
    assert client.get_as_bearer("/api/v4/user", token.value).json() == answer.json()


@pytest.mark.parametrize("kind", ["project", "group"])
def test_project_and_group_tokens_answer_as_their_bot_user(client: Client, kind: str) -> None:
    token = any_kind(client.gitlab, kind)
    user = client.get("/api/v4/user", token.value).json()
    assert re.fullmatch(rf"{kind}_{token.resource_id}_bot_[0-9a-f]{{32}}", user["username"])
    assert user["bot"] is True


@pytest.mark.parametrize("kind", ["personal", "project", "group"])
def test_every_access_token_can_describe_itself(client: Client, kind: str) -> None:
    token = any_kind(client.gitlab, kind)
    answer = client.get(SELF, token.value)
    assert answer.status_code == 200
    assert list(answer.json()) == [
        *("id", "name", "revoked", "created_at", "description", "scopes", "user_id", "last_used_at"),
        *("active", "granular", "expires_at", "last_used_ips"),
    ]
    assert answer.json()["last_used_ips"] == ["127.0.0.1"]
    assert answer.json()["active"] is True


def test_a_token_without_any_scope_of_the_api_can_describe_itself(client: Client) -> None:
    token = client.gitlab.personal_token(scopes=("read_repository",))
    assert client.get(SELF, token.value).json()["scopes"] == ["read_repository"]


def test_gitlab_17_11_lacks_the_newer_fields(http: requests.Session) -> None:
    with Sandbox(version="17.11") as gitlab:
        token = gitlab.personal_token().value
        client = Client(gitlab, http)
        assert not {"granular", "last_used_ips"} & set(client.get(SELF, token).json())
        assert client.get("/api/v4/metadata", token).json()["version"] == "17.11.7-ee"


@pytest.mark.parametrize("path", ["/api/v4/user", SELF])
@pytest.mark.parametrize("sent", ["glpat-garbage", None])
def test_garbage_and_no_token_at_all_are_unauthorized(client: Client, path: str, sent: str | None) -> None:
    answer = client.get(path, sent)
    assert answer.status_code == 401
    assert answer.text == '{"message":"401 Unauthorized"}'
    assert "WWW-Authenticate" not in answer.headers
    assert answer.headers["Content-Length"] == "30"


def test_an_oauth_token_is_garbage_as_a_private_token(client: Client) -> None:
    pair = client.gitlab.grant(client.application())
    assert client.get("/api/v4/user", pair.access_token).text == '{"message":"401 Unauthorized"}'


@pytest.mark.parametrize("path", ["/api/v4/user", SELF])
def test_a_revoked_token_is_told_so(client: Client, path: str) -> None:
    token = client.gitlab.personal_token()
    token.revoke()
    assert invalid_token(client.get(path, token.value), REVOKED)
    assert invalid_token(client.get_as_bearer(path, token.value), REVOKED)


def test_a_token_dies_at_the_first_moment_of_its_date(client: Client) -> None:
    good = client.gitlab.personal_token(expires_at=today() + timedelta(days=1))
    dead = client.gitlab.personal_token(expires_at=today())
    assert client.get("/api/v4/user", good.value).status_code == 200
    assert invalid_token(client.get("/api/v4/user", dead.value), EXPIRED)
    client.gitlab.travel(24 * 3600)
    assert invalid_token(client.get("/api/v4/user", good.value), EXPIRED)


@pytest.mark.parametrize(
    ("path", "sufficient"),
    [("/api/v4/user", "read_user api read_api"), ("/api/v4/projects", "api read_api")],
)
def test_a_lacking_scope_is_forbidden_without_a_challenge(client: Client, path: str, sufficient: str) -> None:
    answer = client.get(path, client.gitlab.personal_token(scopes=("read_repository",)).value)
    assert answer.status_code == 403
    assert answer.text == (
        '{"error":"insufficient_scope","error_description":"The request requires higher privileges than '
        f'provided by the access token.","scope":"{sufficient}"}}'
    )
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("scope", ["api", "read_api", "read_user"])
def test_any_of_three_scopes_may_ask_who_it_is(client: Client, scope: str) -> None:
    token = client.gitlab.personal_token(scopes=(scope,))
    assert client.get("/api/v4/user", token.value).status_code == 200


def test_a_blocked_user_is_forbidden(client: Client) -> None:
    token = client.gitlab.personal_token(user="ann")
    client.gitlab.block("ann")
    answer = client.get("/api/v4/user", token.value)
    assert answer.status_code == 403
    assert answer.text == '{"message":"403 Forbidden - Your account has been blocked."}'


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_oauth_token_is_no_personal_access_token(client: Client, method: str) -> None:
    pair = client.gitlab.grant(client.application())
    headers = {"Authorization": f"Bearer {pair.access_token}"}
    answer = client.http.request(method, client.gitlab.url + SELF, headers=headers, timeout=5)
    assert answer.status_code == 400
    assert answer.text == (
        '{"message":"400 Bad request - This endpoint requires token type to be a personal access token"}'
    )


def test_a_token_can_revoke_itself(client: Client) -> None:
    token = client.gitlab.personal_token(scopes=("read_user",))
    headers = {"PRIVATE-TOKEN": token.value}
    answer = client.http.delete(client.gitlab.url + SELF, headers=headers, timeout=5)
    assert answer.status_code == 204
    assert answer.content == b""
    assert "Content-Type" not in answer.headers
    assert invalid_token(client.get(SELF, token.value), REVOKED)


@pytest.mark.parametrize("kind", ["personal", "project", "group"])
def test_a_rotation_answers_with_the_new_token_and_ends_the_old(client: Client, kind: str) -> None:
    old = any_kind(client.gitlab, kind)
    status, new = post(client, ROTATE, old.value)
    assert status == 200
    assert list(new) == [
        *("id", "name", "revoked", "created_at", "description", "scopes", "user_id", "last_used_at"),
        *("active", "granular", "expires_at", "token"),
    ]
    assert new["expires_at"] == (today() + timedelta(days=7)).isoformat()
    assert client.get(SELF, str(new["token"])).status_code == 200
    assert invalid_token(client.get(SELF, old.value), REVOKED)


def test_a_rotation_takes_a_date(client: Client) -> None:
    until = (today() + timedelta(days=90)).isoformat()
    status, new = post(client, ROTATE, client.gitlab.personal_token().value, expires_at=until)
    assert (status, new["expires_at"]) == (200, until)


def test_rotating_a_used_up_token_revokes_its_whole_family(client: Client) -> None:
    old = client.gitlab.personal_token()
    _, new = post(client, ROTATE, old.value)
    status, body = post(client, ROTATE, old.value)
    assert (status, body["error_description"]) == (401, REVOKED)
    assert invalid_token(client.get(SELF, str(new["token"])), REVOKED)


@pytest.mark.parametrize(("scopes", "status"), [(("self_rotate",), 200), (("read_api",), 403)])
def test_a_rotation_needs_api_or_self_rotate(client: Client, scopes: tuple[str, ...], status: int) -> None:
    assert post(client, ROTATE, client.gitlab.personal_token(scopes=scopes).value)[0] == status


def test_an_oauth_token_cannot_rotate_itself(client: Client) -> None:
    pair = client.gitlab.grant(client.application())
    headers = {"Authorization": f"Bearer {pair.access_token}"}
    assert client.http.post(client.gitlab.url + ROTATE, headers=headers, timeout=5).status_code == 405


def test_a_project_token_can_rotate_itself_at_its_project(client: Client) -> None:
    token = client.gitlab.project_token("platform/api", access_level=30)
    status, new = post(client, "/api/v4/projects/platform%2Fapi/access_tokens/self/rotate", token.value)
    assert status == 200
    assert (new["access_level"], new["resource_type"]) == (30, "project")
    personal = client.gitlab.personal_token()
    path = "/api/v4/projects/platform%2Fapi/access_tokens/self/rotate"
    assert post(client, path, personal.value)[0] == 405
