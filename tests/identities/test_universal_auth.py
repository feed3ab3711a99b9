"""Universal Auth of an identity: attached, read, changed, taken away."""

from typing import Any

import pytest

from audit.models import AuditEvent
from tests.clients import Api
from tests.identities.requests import UNIVERSAL_AUTH, create_identity, machine, ok, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(admin: Api) -> str:
    return f"{UNIVERSAL_AUTH}/{create_identity(admin)}"


def test_nothing_configured_gets_every_default(admin: Api, path: str) -> None:
    identity_id = path.rpartition("/")[2]
    made = ok(admin.post(path, {"identityId": identity_id}))["identityUniversalAuth"]
    everywhere = [
        {"type": "ipv4", "ipAddress": "0.0.0.0", "prefix": 0},  # a network
        {"type": "ipv6", "ipAddress": "::", "prefix": 0},
    ]
    for varying in ("id", "clientId", "createdAt", "updatedAt"):
        assert made.pop(varying)
    assert made == {
        "identityId": identity_id,
        "accessTokenTTL": 2592000,
        "accessTokenMaxTTL": 2592000,
        "accessTokenNumUsesLimit": 0,
        "accessTokenPeriod": 0,
        "accessTokenTrustedIps": everywhere,
        "clientSecretTrustedIps": everywhere,
        "lockoutEnabled": True,
        "lockoutThreshold": 3,
        "lockoutDurationSeconds": 300,
        "lockoutCounterResetSeconds": 30,
    }


def test_it_reads_back_as_it_was_answered(admin: Api, path: str) -> None:
    made = ok(admin.post(path, {"accessTokenTTL": 60, "accessTokenNumUsesLimit": 5}))
    assert ok(admin.get(path)) == made


def test_a_change_merges_and_keeps_the_client_id(admin: Api, path: str) -> None:
    made = ok(admin.post(path, {"accessTokenTTL": 60, "lockoutThreshold": 5}))["identityUniversalAuth"]
    changed = ok(admin.patch(path, {"identityId": "stray", "accessTokenMaxTTL": 90}))["identityUniversalAuth"]
    assert changed == {**made, "accessTokenMaxTTL": 90, "updatedAt": changed["updatedAt"]}
    assert ok(admin.patch(path, {}))["identityUniversalAuth"]["accessTokenTTL"] == 60


def test_a_second_one_is_refused(admin: Api, path: str) -> None:
    ok(admin.post(path, {}))
    message = "Failed to add universal auth to already configured identity"
    assert refused(admin.post(path, {})) == (400, "BadRequest", message)


def test_without_one_reading_and_changing_are_404_and_deleting_400(admin: Api, path: str) -> None:
    identity_id = path.rpartition("/")[2]
    missing = (404, "NotFound", f"Failed to find universal auth for identity with ID {identity_id}")
    assert refused(admin.get(path)) == missing
    assert refused(admin.patch(path, {})) == missing
    assert refused(admin.post(f"{path}/client-secrets", {})) == missing
    assert refused(admin.delete(path)) == (400, "BadRequest", "The identity does not have universal auth")


def test_deleting_takes_secrets_along_and_another_can_follow(admin: Api) -> None:
    deployer = machine(admin)
    gone = ok(admin.delete(deployer.auth_path, {"identityId": deployer.identity_id}))["identityUniversalAuth"]
    assert gone["clientId"] == deployer.client_id
    assert deployer.login().status_code == 401
    again = ok(admin.post(deployer.auth_path, {}))["identityUniversalAuth"]
    assert again["clientId"] != deployer.client_id


TOO_LONG = (422, "Access Token TTL cannot be greater than Access Token Max TTL.")


def test_a_ttl_beyond_the_default_maximum_is_refused(admin: Api, path: str) -> None:
    answer = admin.post(path, {"accessTokenTTL": 2592001})
    issue = answer.json()["message"][0]
    assert (answer.status_code, issue["message"]) == TOO_LONG
    assert issue["path"] == ["accessTokenTTL"]


def test_a_ttl_beyond_the_stored_maximum_is_refused(admin: Api, path: str) -> None:
    ok(admin.post(path, {"accessTokenTTL": 60, "accessTokenMaxTTL": 90}))
    message = "Access token TTL cannot be greater than max TTL"
    assert refused(admin.patch(path, {"accessTokenTTL": 91})) == (400, "BadRequest", message)
    assert ok(admin.get(path))["identityUniversalAuth"]["accessTokenTTL"] == 60


def test_without_a_maximum_any_ttl_will_do(admin: Api, path: str) -> None:
    assert ok(admin.post(path, {"accessTokenTTL": 315360000, "accessTokenMaxTTL": 0}))


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("accessTokenTTL", 0, None),
        ("accessTokenMaxTTL", 0, 315360000),
        ("accessTokenPeriod", 0, 315360000),
        ("accessTokenNumUsesLimit", 0, 2147483647),
        ("lockoutThreshold", 1, 30),
        ("lockoutDurationSeconds", 30, 86400),
        ("lockoutCounterResetSeconds", 5, 3600),
    ],
)
def test_numbers_have_bounds(admin: Api, path: str, field: str, least: int, most: int | None) -> None:
    within: list[Any] = [least] if most is None else [least, most]
    beyond: list[Any] = [least - 1, "1", None, 1.5, True] + ([] if most is None else [most + 1])
    ok(admin.post(path, {"accessTokenTTL": 0}))
    for value in within:
        assert ok(admin.patch(path, {field: value}))["identityUniversalAuth"][field] == value
    for value in beyond:
        answer = admin.patch(path, {field: value})
        assert answer.status_code == 422, value
        assert [issue["path"] for issue in answer.json()["message"]] == [[field]]


def test_changes_are_recorded(admin: Api, path: str) -> None:
    ok(admin.post(path, {}))
    ok(admin.patch(path, {"accessTokenTTL": 5}))
    ok(admin.delete(path))
    types = AuditEvent.objects.filter(type__contains="universal-auth").order_by("created_at")
    assert [event.type for event in types] == [
        "add-identity-universal-auth",
        "update-identity-universal-auth",
        "revoke-identity-universal-auth",
    ]
