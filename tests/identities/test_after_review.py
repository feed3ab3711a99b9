"""Ways around the rules that a review found, closed."""

from datetime import timedelta

import pytest

from identities.models import AccessToken, Identity
from organizations.models import User
from tests.clients import Api, anonymous, bootstrap
from tests.identities.requests import IDENTITIES, RENEW, TOKEN_AUTH, TOKENS, create_identity, machine, ok, refused

pytestmark = pytest.mark.django_db


def test_a_token_is_renewed_from_trusted_addresses_only(admin: Api) -> None:
    deployer = machine(admin, settings={"accessTokenTTL": 60})
    token = ok(deployer.login())["accessToken"]
    settings = {"accessTokenTrustedIps": [{"ipAddress": "198.51.100.0/24"}]}
    ok(admin.patch(f"/api/v1/auth/universal-auth/identities/{deployer.identity_id}", settings))
    answer = anonymous().post(RENEW, {"accessToken": token})
    assert refused(answer)[:2] == (403, "ForbiddenError")
    assert anonymous(address="198.51.100.7").post(RENEW, {"accessToken": token}).status_code == 200


def test_a_token_without_a_ttl_ends_at_its_maximum(admin: Api) -> None:
    deployer = machine(admin, settings={"accessTokenTTL": 0, "accessTokenMaxTTL": 3600})
    ok(deployer.login())
    token = AccessToken.objects.get(universal_auth__identity_id=deployer.identity_id)
    assert token.expires_at == token.created_at + timedelta(seconds=3600)


def test_the_last_admin_who_can_log_in_stays() -> None:
    """A person who is switched off cannot, nor an identity without a way to log in."""
    admin = bootstrap()
    User.objects.update(is_active=False)
    create_identity(admin, name="without login", role="admin")
    path = f"{IDENTITIES}/{admin.identity_id}"
    assert refused(admin.delete(path))[0] == 400
    assert refused(admin.patch(path, {"role": "member"}))[0] == 400
    assert Identity.objects.filter(pk=admin.identity_id).exists()


@pytest.mark.parametrize("search", [{"nmae": "x"}, {"$or": []}, {"name": "x", "unknown": 1}])
def test_a_condition_that_nobody_knows_does_not_find_everybody(admin: Api, search: object) -> None:
    answer = admin.post(f"{IDENTITIES}/search", {"search": search})
    assert answer.status_code == 422
    assert answer.json()["message"][0]["path"] == ["search"]


def test_a_token_keeps_its_name_to_the_letter_and_loses_it_only_when_told(admin: Api) -> None:
    identity = create_identity(admin)
    ok(admin.post(f"{TOKEN_AUTH}/{identity}", {}))
    made = ok(admin.post(f"{TOKEN_AUTH}/{identity}/tokens", {"name": " n "}))["tokenData"]
    assert made["name"] == " n "
    assert admin.patch(f"{TOKENS}/{made['id']}", {"tokenId": made["id"]}).status_code == 422
    assert ok(admin.get(f"{TOKENS}/{made['id']}"))["token"]["name"] == " n "


def test_a_token_is_made_for_the_own_organization_only(admin: Api) -> None:
    identity = create_identity(admin)
    ok(admin.post(f"{TOKEN_AUTH}/{identity}", {}))
    answer = admin.post(f"{TOKEN_AUTH}/{identity}/tokens", {"name": "n", "organizationSlug": "zzz"})
    assert refused(answer) == (404, "NotFound", "Sub organization with slug zzz not found")


def test_a_long_array_is_refused_before_its_items_are_looked_at(admin: Api) -> None:
    answer = admin.post(IDENTITIES, {"name": "n", "metadata": [{}] * 20_000})
    assert answer.status_code == 422
    assert len(answer.content) < 2_000


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "limit=9999999999999999999999", "offset=1.5"])
def test_a_number_in_a_query_is_refused_in_the_contracts_words(admin: Api, query: str) -> None:
    identity = create_identity(admin)
    ok(admin.post(f"{TOKEN_AUTH}/{identity}", {}))
    answer = admin.get(f"{TOKEN_AUTH}/{identity}/tokens?{query}")
    assert answer.status_code == 422
    assert answer.json()["message"][0]["code"] in {"invalid_type", "too_small"}
