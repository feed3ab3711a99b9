"""Token auth of an identity, and the tokens made with it."""

from datetime import datetime

import pytest

from audit.models import AuditEvent
from tests.clients import Api
from tests.identities.requests import IDENTITIES, TOKEN_AUTH, TOKENS, UNKNOWN, create_identity, ok, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(admin: Api) -> str:
    return f"{TOKEN_AUTH}/{create_identity(admin)}"


@pytest.fixture
def attached(admin: Api, path: str) -> str:
    ok(admin.post(path, {"accessTokenTTL": 600}))
    return path


def test_it_is_attached_read_changed_and_taken_away(admin: Api, path: str) -> None:
    made = ok(admin.post(path, {"identityId": "stray", "accessTokenTTL": 60}))["identityTokenAuth"]
    assert (made["accessTokenTTL"], made["accessTokenMaxTTL"], made["accessTokenNumUsesLimit"]) == (60, 2592000, 0)
    assert ok(admin.get(path))["identityTokenAuth"] == made
    changed = ok(admin.patch(path, {"accessTokenNumUsesLimit": 7}))["identityTokenAuth"]
    assert (changed["accessTokenTTL"], changed["accessTokenNumUsesLimit"]) == (60, 7)
    assert ok(admin.delete(path, {"identityId": "x"}))["identityTokenAuth"]["id"] == made["id"]
    assert admin.get(path).status_code == 404


def test_a_second_one_is_refused(admin: Api, attached: str) -> None:
    message = "Failed to add token auth to already configured identity"
    assert refused(admin.post(attached, {})) == (400, "BadRequest", message)


def test_without_it_no_token_is_made(admin: Api, path: str) -> None:
    identity_id = path.rpartition("/")[2]
    missing = (404, "NotFound", f"Failed to find token auth for identity with ID {identity_id}")
    for answer in (admin.get(path), admin.patch(path, {}), admin.post(f"{path}/tokens", {"name": "x"})):
        assert refused(answer) == missing
    assert refused(admin.delete(path)) == (400, "BadRequest", "The identity does not have token auth")


def test_a_new_token_works_and_is_shown_once(admin: Api, attached: str) -> None:
    made = ok(admin.post(f"{attached}/tokens", {"identityId": "stray", "name": "ci"}))
    assert (made["expiresIn"], made["accessTokenMaxTTL"], made["tokenType"]) == (600, 2592000, "Bearer")
    data = made["tokenData"]
    assert (data["name"], data["authMethod"], data["isAccessTokenRevoked"]) == ("ci", "token-auth", False)
    assert data["accessTokenLastUsedAt"] is data["accessTokenLastRenewedAt"] is None
    assert datetime.fromisoformat(data["createdAt"]).tzinfo
    assert ok(Api(token=made["accessToken"]).get(f"{IDENTITIES}/details"))
    for answer in (admin.get(f"{TOKENS}/{data['id']}"), admin.get(f"{attached}/tokens")):
        ok(answer)
        assert made["accessToken"] not in answer.content.decode()
    assert made["accessToken"] not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("name", ["", None])
def test_a_token_needs_no_name(admin: Api, attached: str, name: str | None) -> None:
    assert ok(admin.post(f"{attached}/tokens", {"name": name}))["tokenData"]["name"] == name


def test_a_use_shows(admin: Api, attached: str) -> None:
    made = ok(admin.post(f"{attached}/tokens", {"name": "ci"}))
    Api(token=made["accessToken"]).get(f"{IDENTITIES}/details")
    read = ok(admin.get(f"{TOKENS}/{made['tokenData']['id']}"))["token"]
    assert (read["accessTokenNumUses"], bool(read["accessTokenLastUsedAt"])) == (1, True)


def test_a_token_is_renamed_and_revoked(admin: Api, attached: str) -> None:
    made = ok(admin.post(f"{attached}/tokens", {"name": "ci"}))
    one = f"{TOKENS}/{made['tokenData']['id']}"
    assert ok(admin.patch(one, {"tokenId": "stray", "name": "cd"}))["token"]["name"] == "cd"
    assert ok(admin.post(f"{one}/revoke", {"identityId": "stray"}))["message"]
    assert ok(admin.get(one))["token"]["isAccessTokenRevoked"] is True
    assert Api(token=made["accessToken"]).get(f"{IDENTITIES}/details").status_code == 403


def test_tokens_are_listed_in_pages_newest_first(admin: Api, attached: str) -> None:
    for name in ("first", "second", "third"):
        ok(admin.post(f"{attached}/tokens", {"name": name}))
    page = ok(admin.get(f"{attached}/tokens", {"offset": 1, "limit": 2}))["tokens"]
    assert [token["name"] for token in page] == ["second", "first"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"offset": -1}, {"limit": "many"}])
def test_a_wrong_page_is_refused(admin: Api, attached: str, query: dict[str, object]) -> None:
    assert admin.get(f"{attached}/tokens", query).status_code == 422


@pytest.mark.parametrize("token_id", [UNKNOWN, "1"])
def test_an_unknown_token_is_a_404(admin: Api, token_id: str) -> None:
    missing = (404, "NotFound", f"Failed to find token with ID {token_id}")
    one = f"{TOKENS}/{token_id}"
    for answer in (admin.get(one), admin.patch(one, {"name": "x"}), admin.post(f"{one}/revoke")):
        assert refused(answer) == missing


def test_changes_are_recorded(admin: Api, attached: str) -> None:
    token_id = ok(admin.post(f"{attached}/tokens", {"name": "ci"}))["tokenData"]["id"]
    ok(admin.patch(f"{TOKENS}/{token_id}", {"name": "cd"}))
    ok(admin.post(f"{TOKENS}/{token_id}/revoke"))
    ok(admin.patch(attached, {"accessTokenTTL": 1}))
    ok(admin.delete(attached))
    types = [event.type for event in AuditEvent.objects.order_by("created_at")]
    assert types[1:] == [
        "add-identity-token-auth",
        "create-token-identity-token-auth",
        "update-token-identity-token-auth",
        "revoke-identity-access-token",
        "update-identity-token-auth",
        "revoke-identity-token-auth",
    ]
