"""What a bearer token must be to be let in, and what it is told otherwise."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.utils import timezone

from identities.keys import Purpose, keys
from identities.models import AccessToken
from organizations.models import Membership
from tests.clients import Api, anonymous, identity_with
from tests.identities.requests import IDENTITIES, TOKENS, machine, ok, refused

pytestmark = pytest.mark.django_db
DETAILS = f"{IDENTITIES}/details"
MALFORMED = "The provided access token is malformed. Please use a valid token or generate a new one and try again."
OTHER_ALGORITHM = (
    "The access token is signed with an invalid algorithm. Please provide a valid token and try again."
)
EXPIRED = "Your token has expired. Please re-authenticate."
REVOKED = "Your token has been revoked. Please re-authenticate."
FORGED = "invalid signature"


def claims_of(api: Api) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(api.token, options={"verify_signature": False})
    return claims


def signed(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, keys(Purpose.ACCESS_TOKEN)[0], algorithm="HS256")


def without(name: str) -> Callable[[Api], str]:
    return lambda api: signed({key: value for key, value in claims_of(api).items() if key != name})


def replaced(**claims: Any) -> Callable[[Api], str]:
    return lambda api: signed(claims_of(api) | claims)


def tampered(api: Api) -> str:
    header, _, signature = api.token.split(".")
    payload = signed(claims_of(api) | {"identityId": str(uuid.uuid4())}).split(".")[1]
    return f"{header}.{payload}.{signature}"


FORGERIES: dict[str, tuple[Callable[[Api], str], str]] = {
    "no algorithm": (lambda api: jwt.encode(claims_of(api), "", algorithm="none"), OTHER_ALGORITHM),
    "another algorithm": (
        lambda api: jwt.encode(claims_of(api), keys(Purpose.ACCESS_TOKEN)[0] * 2, algorithm="HS512"),
        OTHER_ALGORITHM,
    ),
    "another key": (lambda api: jwt.encode(claims_of(api), b"k" * 32, algorithm="HS256"), FORGED),
    "the bare secret key": (
        lambda api: jwt.encode(claims_of(api), "for tests only, " * 3 + "for tests only", algorithm="HS256"),
        FORGED,
    ),
    "the key of another purpose": (
        lambda api: jwt.encode(claims_of(api), keys(Purpose.CLIENT_SECRET)[0], algorithm="HS256"),
        FORGED,
    ),
    "other claims under the old signature": (tampered, FORGED),
    "no signature": (lambda api: api.token.rpartition(".")[0] + ".", FORGED),
    "not a JWT": (lambda api: "rubbish", MALFORMED),
    "two parts": (lambda api: api.token.rpartition(".")[0], MALFORMED),
    "a legacy service token": (lambda api: "st.aaaa.bbbb.cccc", MALFORMED),
    "not base64": (lambda api: "é.é.é", MALFORMED),
    "no token id": (without("identityAccessTokenId"), MALFORMED),
    "no kind": (without("authTokenType"), MALFORMED),
    "another kind": (replaced(authTokenType="accessToken"), MALFORMED),
    "a token id that is no UUID": (replaced(identityAccessTokenId="1"), MALFORMED),
    "a token id that is a number": (replaced(identityAccessTokenId=1), MALFORMED),
    "an unknown token id": (replaced(identityAccessTokenId=str(uuid.uuid4())), REVOKED),
    "over": (replaced(exp=1), EXPIRED),
    "an end that is no number": (replaced(exp="tomorrow"), MALFORMED),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_token_that_is_not_ours_as_we_made_it_is_refused(admin: Api, name: str) -> None:
    forge, message = FORGERIES[name]
    forged = Api(token=forge(admin))
    assert refused(forged.get(DETAILS)) == (403, "TokenError", message)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dTpw", "Token abc", "bearer"])
def test_no_bearer_token_is_a_401(header: str) -> None:
    answer = anonymous().request("GET", DETAILS, headers={"Authorization": header})
    assert refused(answer) == (401, "UnauthorizedError", "Token missing")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_scheme_is_read_without_regard_to_case(admin: Api) -> None:
    assert ok(admin.request("GET", DETAILS, headers={"Authorization": f"bEaReR  {admin.token} "}))


def test_a_token_in_the_query_or_another_header_is_not_looked_at(admin: Api) -> None:
    query = {"access_token": admin.token}
    answer = anonymous().request("GET", DETAILS, query=query, headers={"X-Api-Key": admin.token})
    assert answer.status_code == 401


def test_the_row_ends_a_token_too(admin: Api) -> None:
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(admin.get(DETAILS)) == (403, "TokenError", EXPIRED)


def gone_identity(admin: Api, deployer: Api) -> None:
    ok(admin.delete(f"{IDENTITIES}/{deployer.identity_id}"))


def gone_universal_auth(admin: Api, deployer: Api) -> None:
    ok(admin.delete(f"/api/v1/auth/universal-auth/identities/{deployer.identity_id}"))


def revoked_secret(admin: Api, deployer: Api) -> None:
    path = f"/api/v1/auth/universal-auth/identities/{deployer.identity_id}/client-secrets"
    secret_id = ok(admin.get(path))["clientSecretData"][0]["id"]
    ok(admin.post(f"{path}/{secret_id}/revoke"))


def revoked_by_its_holder(admin: Api, deployer: Api) -> None:
    ok(anonymous().post("/api/v1/auth/token/revoke", {"accessToken": deployer.token}))


def gone_from_the_organization(admin: Api, deployer: Api) -> None:
    Membership.objects.filter(member_id=deployer.identity_id).delete()


@pytest.mark.parametrize(
    "end",
    [
        gone_identity,
        gone_universal_auth,
        revoked_secret,
        revoked_by_its_holder,
        gone_from_the_organization,
    ],
)
def test_a_token_stops_at_once(admin: Api, end: Callable[[Api, Api], None]) -> None:
    deployer = machine(admin).logged_in()
    assert ok(deployer.get(DETAILS))
    end(admin, deployer)
    assert refused(deployer.get(DETAILS)) == (403, "TokenError", REVOKED)


def test_a_token_made_with_token_auth_stops_at_once() -> None:
    admin, deployer = identity_with(), identity_with(role="member")
    token_id = claims_of(deployer)["identityAccessTokenId"]
    ok(admin.post(f"{TOKENS}/{token_id}/revoke", {"tokenId": token_id}))
    assert refused(deployer.get(DETAILS)) == (403, "TokenError", REVOKED)


def test_a_changed_role_counts_from_the_next_request(admin: Api) -> None:
    deployer = machine(admin, role="member").logged_in()
    path = f"{IDENTITIES}/{deployer.identity_id}"
    assert deployer.patch(path, {"name": "x"}).status_code == 403
    ok(admin.patch(path, {"role": "admin"}))
    assert ok(deployer.patch(path, {"name": "x"}))


def test_uses_are_limited_exactly(admin: Api) -> None:
    deployer = machine(admin, settings={"accessTokenNumUsesLimit": 2}).logged_in()
    assert [deployer.get(DETAILS).status_code for _ in range(3)] == [200, 200, 403]
    message = "Your token has reached its limit of uses. Please re-authenticate."
    assert refused(deployer.get(DETAILS)) == (403, "TokenError", message)
    assert AccessToken.objects.get(num_uses_limit=2).num_uses == 2


def test_a_refused_request_does_not_use_a_token_up(admin: Api) -> None:
    settings = {"accessTokenNumUsesLimit": 1, "accessTokenTrustedIps": [{"ipAddress": "203.0.113.7"}]}
    deployer = machine(admin, settings=settings).logged_in()
    elsewhere = Api(token=deployer.token, address="198.51.100.1")
    assert elsewhere.get(DETAILS).status_code == 403
    assert ok(deployer.get(DETAILS))


def test_a_use_without_limit_is_noted_once_a_minute(admin: Api) -> None:
    admin.get(DETAILS)
    first = AccessToken.objects.get()
    assert first.num_uses == 1
    admin.get(DETAILS)
    assert AccessToken.objects.get().last_used_at == first.last_used_at
    AccessToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=60))
    admin.get(DETAILS)
    assert AccessToken.objects.get().num_uses == 2
