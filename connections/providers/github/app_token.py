"""How a GitHub App proves who it is: a token that it signs itself, good for minutes."""

import time

import jwt

# GitHub, whose clock may be behind, refuses what was issued in its future, or ends more than 10 minutes from now:
# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
BACKDATED = 60  # seconds
LIFE = 540  # seconds from now


def app_jwt(client_id_or_app_id: str, private_key: str, now: float | None = None) -> str:
    """Return a JWT (RFC 7519) for the App, signed with its key, which is as `private_key.read` returns it.

    GitHub recommends the client id as the issuer; the id of the App is what older servers know.
    """
    moment = int(time.time() if now is None else now)
    claims = {"iat": moment - BACKDATED, "exp": moment + LIFE, "iss": client_id_or_app_id}
    return jwt.encode(claims, private_key, algorithm="RS256")
