"""REST framework's authentication: the bearer token of a request becomes its Principal."""

from datetime import datetime

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from identities import bearer, tokens
from identities.addresses import require_trusted
from organizations.access import Principal
from wire.errors import TokenRejected
from wire.origin import Origin, origin_of

USED_UP = "Your token has reached its limit of uses. Please re-authenticate."


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` (RFC 6750, section 2.1)."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        """Return who calls, or None without a token; raises TokenRejected, and Forbidden for an untrusted IP."""
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        return principal_of_token(token.strip(), origin_of(request), timezone.now()), None


def principal_of_token(text: str, origin: Origin, now: datetime) -> Principal:
    """Return who holds the token, and count this use of it."""
    token_id = tokens.verify(text)
    found = bearer.find(token_id, origin, now)
    if found is None or found.is_revoked or found.principal is None:
        raise TokenRejected(tokens.REVOKED)
    if found.is_expired:
        raise TokenRejected(tokens.EXPIRED)
    require_trusted(origin.ip, found.trusted_ips)
    if found.num_uses_limit:
        if not bearer.take_use(token_id, now):
            raise TokenRejected(USED_UP)
    elif found.use_is_due:
        bearer.note_use(token_id, now)
    return found.principal


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular registers it
    """What the OpenAPI document says of it."""

    target_class = BearerAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer"}
