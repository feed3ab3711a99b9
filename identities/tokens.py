"""Access tokens as strings: JWTs (RFC 7519), signed with HS256, that name a row of AccessToken."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt

from identities.keys import Purpose, keys
from identities.models import AccessToken
from wire.errors import TokenRejected

ALGORITHM = "HS256"
TOKEN_TYPE = "identityAccessToken"  # noqa: S105  # the contract's name of the kind
EXPIRED = "Your token has expired. Please re-authenticate."
REVOKED = "Your token has been revoked. Please re-authenticate."
MALFORMED = TokenRejected.default
OTHER_ALGORITHM = (
    "The access token is signed with an invalid algorithm. Please provide a valid token and try again."
)


def sign(token: AccessToken, issued_at: datetime) -> str:
    """Return the JWT that stands for `token`; it expires when the row does."""
    claims: dict[str, Any] = {
        "identityId": str(token.identity_id),
        "identityAccessTokenId": str(token.id),
        "authTokenType": TOKEN_TYPE,
        "iat": int(issued_at.timestamp()),
    }
    if token.client_secret_id:
        claims["clientSecretId"] = str(token.client_secret_id)
    if token.expires_at:
        claims["exp"] = int(token.expires_at.timestamp())
    return jwt.encode(claims, keys(Purpose.ACCESS_TOKEN)[0], algorithm=ALGORITHM)


def verify(text: str, *, may_be_expired: bool = False) -> uuid.UUID:
    """Return the id of the row that a token of ours names; raises TokenRejected with the contract's words."""
    payload = _payload(text, may_be_expired=may_be_expired)
    try:
        token_id = uuid.UUID(payload["identityAccessTokenId"])
    except (KeyError, AttributeError, ValueError):
        raise TokenRejected(MALFORMED) from None
    if payload.get("authTokenType") != TOKEN_TYPE:
        raise TokenRejected(MALFORMED)
    return token_id


def _payload(text: str, *, may_be_expired: bool) -> Mapping[str, Any]:
    # Machines disagree about the time by seconds, so a token "issued in the future" is not refused.
    checks = jwt.types.Options(verify_iat=False, verify_exp=not may_be_expired)
    for key in keys(Purpose.ACCESS_TOKEN):
        try:
            return jwt.decode(text, key, algorithms=[ALGORITHM], options=checks)
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError:
            raise TokenRejected(EXPIRED) from None
        except jwt.InvalidAlgorithmError:
            raise TokenRejected(OTHER_ALGORITHM) from None
        except (jwt.InvalidTokenError, ValueError):
            raise TokenRejected(MALFORMED) from None
    raise TokenRejected("invalid signature")
