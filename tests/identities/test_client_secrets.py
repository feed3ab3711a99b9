"""Client secrets are shown once, and can be revoked."""

import re

import pytest

from audit.models import AuditEvent
from identities.models import ClientSecret
from tests.clients import Api
from tests.identities.requests import UNKNOWN, Machine, machine, ok, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def deployer(admin: Api) -> Machine:
    return machine(admin)


@pytest.fixture
def path(deployer: Machine) -> str:
    return f"{deployer.auth_path}/client-secrets"


def test_a_secret_is_thirty_two_random_bytes_in_hex(admin: Api, path: str) -> None:
    body = {"identityId": "stray", "description": " by terraform ", "numUsesLimit": 0, "ttl": 0}
    made = ok(admin.post(path, body))
    data = made["clientSecretData"]
    assert re.fullmatch("[0-9a-f]{64}", made["clientSecret"])
    assert data["clientSecretPrefix"] == made["clientSecret"][:4]
    assert data["description"] == "by terraform"
    assert (data["clientSecretTTL"], data["clientSecretNumUses"], data["clientSecretNumUsesLimit"]) == (0, 0, 0)
    assert data["isClientSecretRevoked"] is False


def test_no_two_are_alike(admin: Api, path: str) -> None:
    assert len({ok(admin.post(path, {}))["clientSecret"] for _ in range(3)}) == 3


def test_it_is_never_shown_again_nor_kept(admin: Api, deployer: Machine, path: str) -> None:
    deployer.login()
    answers = [
        admin.get(path),
        admin.get(f"{path}/{deployer.client_secret_id}"),
        admin.get(deployer.auth_path),
        admin.post(f"{path}/{deployer.client_secret_id}/revoke"),
    ]
    for answer in answers:
        ok(answer)
        assert deployer.client_secret not in answer.content.decode()
    row = ClientSecret.objects.values().get()
    assert deployer.client_secret not in str(row)
    assert deployer.client_secret not in str(list(AuditEvent.objects.values()))


def test_uses_are_counted(admin: Api, deployer: Machine, path: str) -> None:
    deployer.login()
    deployer.login()
    data = ok(admin.get(f"{path}/{deployer.client_secret_id}"))["clientSecretData"]
    assert data["clientSecretNumUses"] == 2


def test_a_revoked_one_stays_readable_and_leaves_the_list(admin: Api, deployer: Machine, path: str) -> None:
    one = f"{path}/{deployer.client_secret_id}"
    revoked = ok(admin.post(f"{one}/revoke", {"clientSecretId": deployer.client_secret_id}))["clientSecretData"]
    assert revoked["isClientSecretRevoked"] is True
    assert ok(admin.get(one))["clientSecretData"]["isClientSecretRevoked"] is True
    assert ok(admin.get(path)) == {"clientSecretData": []}
    assert deployer.login().json()["message"] == "Invalid credentials"


def test_revoking_one_leaves_the_others(admin: Api, deployer: Machine, path: str) -> None:
    second = ok(admin.post(path, {}))
    ok(admin.post(f"{path}/{deployer.client_secret_id}/revoke"))
    assert [data["id"] for data in ok(admin.get(path))["clientSecretData"]] == [second["clientSecretData"]["id"]]
    assert ok(deployer.login(secret=second["clientSecret"]))


@pytest.mark.parametrize("secret_id", [UNKNOWN, "1"])
def test_an_unknown_one_is_a_404(admin: Api, path: str, secret_id: str) -> None:
    expected = (404, "NotFound", f"Failed to find client secret with ID {secret_id}")
    assert refused(admin.get(f"{path}/{secret_id}")) == expected
    assert refused(admin.post(f"{path}/{secret_id}/revoke")) == expected


def test_one_of_another_identity_is_unknown_here(admin: Api, path: str) -> None:
    other = machine(admin)
    assert admin.get(f"{path}/{other.client_secret_id}").status_code == 404
    assert admin.post(f"{path}/{other.client_secret_id}/revoke").status_code == 404
    assert ok(other.login())


def test_one_identitys_secret_does_not_log_another_in(admin: Api, deployer: Machine) -> None:
    other = machine(admin)
    assert other.login(secret=deployer.client_secret).status_code == 401


@pytest.mark.parametrize(
    "body", [{"ttl": -1}, {"ttl": 315360001}, {"numUsesLimit": -1}, {"numUsesLimit": "1"}, {"description": None}]
)
def test_a_wrong_shape_is_refused(admin: Api, path: str, body: dict[str, object]) -> None:
    answer = admin.post(path, body)
    assert answer.status_code == 422
    assert answer.json()["message"][0]["path"] == list(body)


def test_the_longest_life_logs_in(admin: Api, path: str, deployer: Machine) -> None:
    made = ok(admin.post(path, {"ttl": 315360000}))
    assert ok(deployer.login(secret=made["clientSecret"]))
