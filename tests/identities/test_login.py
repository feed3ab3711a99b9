"""Universal Auth: client id and client secret become an access token."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.test import override_settings
from django.utils import timezone

from audit.models import AuditEvent
from identities.models import AccessToken, ClientSecret, Identity
from organizations.models import Organization
from tests.clients import Api, anonymous
from tests.identities.requests import IDENTITIES, machine, ok, refused

pytestmark = pytest.mark.django_db
LOGIN = "/api/v1/auth/universal-auth/login"


def test_the_answer_has_exactly_the_contracts_four_keys(admin: Api) -> None:
    answer = ok(machine(admin, settings={"accessTokenTTL": 3600, "accessTokenMaxTTL": 86400}).login())
    token = answer.pop("accessToken")
    assert answer == {"expiresIn": 3600, "accessTokenMaxTTL": 86400, "tokenType": "Bearer"}
    assert ok(Api(token=token).get(f"{IDENTITIES}/details"))


def test_it_needs_no_accept_header_and_tolerates_any(admin: Api) -> None:
    deployer = machine(admin)
    body = {"clientId": deployer.client_id, "clientSecret": deployer.client_secret}
    assert ok(anonymous().request("POST", LOGIN, body, headers={"Accept": "text/html"}))


def test_spaces_around_id_and_secret_do_not_matter(admin: Api) -> None:
    deployer = machine(admin)
    body = {"clientId": f" {deployer.client_id}\n", "clientSecret": f"{deployer.client_secret}\n"}
    assert ok(anonymous().post(LOGIN, body))


def test_the_token_carries_the_contracts_claims(admin: Api) -> None:
    deployer = machine(admin, settings={"accessTokenTTL": 60})
    claims = jwt.decode(ok(deployer.login())["accessToken"], options={"verify_signature": False})
    token = AccessToken.objects.get(client_secret__isnull=False)
    assert claims.pop("exp") - claims.pop("iat") == 60
    assert claims == {
        "identityId": deployer.identity_id,
        "clientSecretId": deployer.client_secret_id,
        "identityAccessTokenId": str(token.id),
        "authTokenType": "identityAccessToken",
    }


def test_a_token_without_ttl_has_no_exp(admin: Api) -> None:
    answer = ok(machine(admin, settings={"accessTokenTTL": 0}).login())
    assert answer["expiresIn"] == 0
    assert "exp" not in jwt.decode(answer["accessToken"], options={"verify_signature": False})


def test_a_periodic_token_reports_its_period_and_an_endless_maximum(admin: Api) -> None:
    answer = ok(machine(admin, settings={"accessTokenPeriod": 120}).login())
    assert (answer["expiresIn"], answer["accessTokenMaxTTL"]) == (120, 1_000_000_000)


@pytest.mark.parametrize("field", ["clientId", "clientSecret"])
def test_both_fields_are_required(field: str) -> None:
    body = {"clientId": "a", "clientSecret": "b"}
    del body[field]
    answer = anonymous().post(LOGIN, body)
    assert answer.status_code == 422
    assert [(issue["path"], issue["message"]) for issue in answer.json()["message"]] == [([field], "Required")]


@pytest.mark.parametrize("field", ["organizationSlug", "subOrganizationName"])
def test_the_own_organizations_slug_is_accepted_and_no_other(admin: Api, field: str) -> None:
    deployer = machine(admin, secret={"numUsesLimit": 1})
    elsewhere = deployer.login(**{field: "elsewhere"})
    assert refused(elsewhere) == (404, "NotFound", "Sub organization with slug elsewhere not found")
    assert ok(deployer.login(**{field: Organization.objects.get().slug}))


def test_an_empty_organization_slug_is_none(admin: Api) -> None:
    assert ok(machine(admin).login(organizationSlug=""))


def test_an_expired_secret_is_refused_and_retired_but_its_tokens_live_on(admin: Api) -> None:
    deployer = machine(admin, secret={"ttl": 60})
    logged_in = deployer.logged_in()
    ClientSecret.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    expected = (401, "UnauthorizedError", "Access denied due to expired client secret")
    assert refused(deployer.login()) == expected
    assert refused(deployer.login())[2] == "Invalid credentials"
    assert ok(logged_in.get(f"{IDENTITIES}/details"))


def test_a_secret_without_uses_left_is_refused_and_retired_but_its_tokens_live_on(admin: Api) -> None:
    deployer = machine(admin, secret={"numUsesLimit": 1})
    logged_in = deployer.logged_in()
    expected = (401, "UnauthorizedError", "Access denied due to client secret usage limit reached")
    assert refused(deployer.login()) == expected
    assert ClientSecret.objects.get().is_revoked
    assert ok(logged_in.get(f"{IDENTITIES}/details"))


def test_two_secrets_with_the_same_beginning_both_log_in(admin: Api) -> None:
    deployer = machine(admin)
    path = f"{deployer.auth_path}/client-secrets"
    second = ok(admin.post(path, {}))["clientSecret"]
    ClientSecret.objects.update(prefix=second[:4])
    assert ok(deployer.login(secret=second))


def test_the_last_login_is_noted(admin: Api) -> None:
    deployer = machine(admin)
    assert Identity.objects.get(pk=deployer.identity_id).last_login_at is None
    deployer.logged_in()
    member = ok(admin.get(f"{IDENTITIES}/{deployer.identity_id}"))["identity"]
    assert member["lastLoginAuthMethod"] == "universal-auth"
    assert member["lastLoginTime"]


def test_logins_and_failures_are_recorded_without_the_secret(admin: Api) -> None:
    deployer = machine(admin)
    deployer.login()
    deployer.login(secret="a wrong one")
    events = AuditEvent.objects.filter(type__startswith="login-identity")
    assert sorted(event.type for event in events) == [
        "login-identity-universal-auth",
        "login-identity-universal-auth-failed",
    ]
    assert {str(event.actor_id) for event in events} == {deployer.identity_id}
    everything = str([event.metadata for event in events])
    assert deployer.client_secret not in everything
    assert "a wrong one" not in everything


def test_a_new_secret_key_keeps_secrets_and_tokens_while_the_old_one_is_a_fallback(admin: Api) -> None:
    deployer = machine(admin)
    logged_in = deployer.logged_in()
    old = "for tests only, for tests only, for tests only, for tests only"
    with override_settings(SECRET_KEY="a new one", SECRET_KEY_FALLBACKS=[old]):
        assert ok(logged_in.get(f"{IDENTITIES}/details"))
        assert ok(deployer.login())
    with override_settings(SECRET_KEY="a new one"):
        assert ok(deployer.login()), "the login moved the digest to the new key"
        assert refused(logged_in.get(f"{IDENTITIES}/details"))[2] == "invalid signature"


def test_tokens_that_expired_a_day_ago_are_forgotten(admin: Api) -> None:
    deployer = machine(admin)
    deployer.login()
    old = AccessToken.objects.get(client_secret__isnull=False)
    AccessToken.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(days=1, seconds=1))
    deployer.login()
    assert not AccessToken.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("path", [LOGIN, "/api/v1/auth/token/renew", "/api/v1/auth/token/revoke"])
def test_attempts_are_counted_against_the_limit_for_logins(path: str, settings: Any) -> None:
    settings.RATE_LIMITS = {"login": 2, "write": 0}
    assert [anonymous().post(path, {}).status_code for _ in range(3)] == [422, 422, 429]
