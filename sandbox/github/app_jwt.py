"""The assertion by which a GitHub App says who it is: a JWT that it signed with its private key.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
"""

from collections.abc import Callable
from typing import Any

import jwt

from sandbox.github.answers import refuse
from sandbox.github.applications import App

MOST_AHEAD = 600

UNDECODABLE = "A JSON web token could not be decoded"
NO_APP = "Integration not found"
NO_EXPIRY = "Missing 'expiration time' claim ('exp') in assertion"
BAD_EXPIRY = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion "
    "expires"
)
FAR_EXPIRY = "'Expiration time' claim ('exp') is too far in the future"
NO_ISSUE = "Missing 'issued at' claim ('iat') in assertion"
BAD_ISSUE = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
NO_ISSUER = "'Issuer' claim ('iss') must be an Integer"

UNCHECKED = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}


def app_of(assertion: str, find: Callable[[object], App | None], now: float) -> App:
    """The app that signed `assertion`, found by its client id or its number. Raises the Refusal that GitHub answers
    with: 401, or 404 for an app there is not."""
    claims = _decoded(assertion, options={"verify_signature": False})
    if "iss" not in claims:
        raise refuse(401, NO_ISSUER)
    app = find(claims["iss"])
    if app is None:
        raise refuse(404, NO_APP)
    _check_times(_decoded(assertion, key=app.public_key(), algorithms=["RS256"], options=UNCHECKED), now)
    return app


def _decoded(assertion: str, **how: Any) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(assertion, **how)
    except jwt.InvalidTokenError:
        raise refuse(401, UNDECODABLE) from None
    return claims


def _check_times(claims: dict[str, Any], now: float) -> None:
    """Raises the first of GitHub's complaints."""
    expires, issued = _number(claims.get("exp")), _number(claims.get("iat"))
    complaints = (
        ("exp" not in claims, NO_EXPIRY),
        (expires is None or expires <= now, BAD_EXPIRY),
        (expires is not None and expires > now + MOST_AHEAD, FAR_EXPIRY),
        ("iat" not in claims, NO_ISSUE),
        (not isinstance(issued, int) or issued > now, BAD_ISSUE),
    )
    for wrong, message in complaints:
        if wrong:
            raise refuse(401, message)


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
