"""`POST /api/v1/auth/token/renew` and `/revoke`: what can be done with a token and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from identities.models import AccessToken
from identities.services.access_tokens import renew
from tests.clients import Api, anonymous
from tests.identities.requests import IDENTITIES, RENEW, REVOKE, machine, ok, refused
from wire.errors import Unauthorized
from wire.origin import Origin

pytestmark = pytest.mark.django_db
DETAILS = f"{IDENTITIES}/details"
ORIGIN = Origin(ip="203.0.113.7", user_agent="", request_id="")
TTL_OVER = "Failed to renew MI access token due to TTL expiration"
MAX_TTL_OVER = "Failed to renew MI access token due to Max TTL expiration"
PAST_MAX_TTL = "Failed to renew MI access token past its Max TTL expiration"


def deployer(admin: Api, **settings: Any) -> Api:
    return machine(admin, settings=settings).logged_in()


def the_token() -> AccessToken:
    return AccessToken.objects.get(client_secret__isnull=False)


def renewed_after(api: Api, seconds: int) -> str:
    """Renew so many seconds after the token was issued; return why not, or `renewed`."""
    try:
        renew(api.token, origin=ORIGIN, now=the_token().created_at + timedelta(seconds=seconds))
    except Unauthorized as refusal:
        return str(refusal)
    return "renewed"


def test_the_answer_is_a_logins_and_the_new_token_works(admin: Api) -> None:
    api = deployer(admin, accessTokenTTL=60, accessTokenMaxTTL=600)
    answer = ok(anonymous().post(RENEW, {"accessToken": api.token}))
    token = answer.pop("accessToken")
    assert answer == {"expiresIn": 60, "accessTokenMaxTTL": 600, "tokenType": "Bearer"}
    assert ok(Api(token=token).get(DETAILS))
    assert the_token().last_renewed_at
    assert AuditEvent.objects.filter(type="renew-identity-access-token").count() == 1


def test_it_lives_for_another_ttl_up_to_its_maximum(admin: Api) -> None:
    api = deployer(admin, accessTokenTTL=100, accessTokenMaxTTL=250)
    assert [renewed_after(api, second) for second in (90, 150)] == ["renewed"] * 2
    assert renewed_after(api, 151) == PAST_MAX_TTL
    assert renewed_after(api, 250) == TTL_OVER
    assert the_token().expires_at == the_token().created_at + timedelta(seconds=250)


def test_a_token_that_is_over_is_not_renewed(admin: Api) -> None:
    assert renewed_after(deployer(admin, accessTokenTTL=100), 100) == TTL_OVER


def test_a_token_without_ttl_is_not_renewed_after_its_maximum(admin: Api) -> None:
    assert renewed_after(deployer(admin, accessTokenTTL=0, accessTokenMaxTTL=100), 100) == MAX_TTL_OVER


def test_a_periodic_token_is_renewed_without_end(admin: Api) -> None:
    api = deployer(admin, accessTokenPeriod=100, accessTokenTTL=50, accessTokenMaxTTL=120)
    assert [renewed_after(api, second) for second in (99, 198, 297)] == ["renewed"] * 3
    assert renewed_after(api, 397) == TTL_OVER


def test_an_expired_token_is_told_so_in_the_contracts_words(admin: Api) -> None:
    api = deployer(admin, accessTokenTTL=1)
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(anonymous().post(RENEW, {"accessToken": api.token})) == (401, "UnauthorizedError", TTL_OVER)


def test_a_token_without_uses_left_is_not_renewed(admin: Api) -> None:
    api = deployer(admin, accessTokenNumUsesLimit=1)
    ok(api.get(DETAILS))
    message = "Unable to renew because access token number of uses limit reached"
    assert refused(anonymous().post(RENEW, {"accessToken": api.token})) == (400, "BadRequest", message)


def test_a_revoked_token_is_worth_nothing(admin: Api) -> None:
    api = deployer(admin)
    answer = ok(anonymous().post(REVOKE, {"accessToken": api.token}))
    assert answer == {"message": "Successfully revoked access token"}
    for path in (RENEW, REVOKE):
        assert refused(anonymous().post(path, {"accessToken": api.token}))[:2] == (403, "TokenError")
    assert api.get(DETAILS).status_code == 403
    assert AuditEvent.objects.filter(type="revoke-identity-access-token").count() == 1


def test_revoking_one_token_leaves_the_others(admin: Api) -> None:
    somebody = machine(admin)
    first, second = somebody.logged_in(), somebody.logged_in()
    ok(anonymous().post(REVOKE, {"accessToken": first.token}))
    assert ok(second.get(DETAILS))


@pytest.mark.parametrize("path", [RENEW, REVOKE])
@pytest.mark.parametrize("token", ["rubbish", "a.b.c"])
def test_what_is_no_token_is_refused(path: str, token: str) -> None:
    assert refused(anonymous().post(path, {"accessToken": token}))[:2] == (403, "TokenError")


@pytest.mark.parametrize("path", [RENEW, REVOKE])
def test_the_token_is_required(path: str) -> None:
    assert anonymous().post(path, {}).status_code == 422
