"""Access tokens as strings: JWTs (RFC 7519), signed with HS256, that name a row of AccessToken."""

import math
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
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
    if token.ttl and token.expires_at:  # the contract's token without a TTL has no `exp`; its row has an end
        claims["exp"] = int(token.expires_at.timestamp())
    return jwt.encode(claims, keys(Purpose.ACCESS_TOKEN)[0], algorithm=ALGORITHM)


def verify(text: str, *, may_be_expired: bool = False) -> uuid.UUID:
    """Return the id of the row that a token of ours names; raises TokenRejected with the contract's words."""
    payload = _payload(text, *keys(Purpose.ACCESS_TOKEN))
    try:
        token_id = uuid.UUID(payload["identityAccessTokenId"])
        is_expired = payload.get("exp", math.inf) <= time.time()
    except (KeyError, AttributeError, TypeError, ValueError):
        raise TokenRejected(MALFORMED) from None
    if payload.get("authTokenType") != TOKEN_TYPE:
        raise TokenRejected(MALFORMED)
    if is_expired and not may_be_expired:
        raise TokenRejected(EXPIRED)
    return token_id


# Remembered, for the check of a signature costs as much as the query for the row; forgeries are not.
@lru_cache(maxsize=1024)
def _payload(text: str, *signing_keys: bytes) -> Mapping[str, Any]:
    """Return the claims of a token that one of the keys signed, whether it has expired or not."""
    # Machines disagree about the time by seconds, so a token "issued in the future" is not refused.
    checks = jwt.types.Options(verify_iat=False, verify_exp=False)
    for key in signing_keys:
        try:
            return jwt.decode(text, key, algorithms=[ALGORITHM], options=checks)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAlgorithmError:
            raise TokenRejected(OTHER_ALGORITHM) from None
        except (jwt.InvalidTokenError, ValueError):
            raise TokenRejected(MALFORMED) from None
    raise TokenRejected("invalid signature")
