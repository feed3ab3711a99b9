"""How a GitHub App proves who it is: a token that it signs itself, good for minutes."""

import time
from collections.abc import Iterator

import jwt

from connections.providers.clients import OAuthClient, Server
from connections.providers.github.credentials import is_hosted
from connections.providers.github.private_key import loaded

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
    return jwt.encode(claims, loaded(private_key), algorithm="RS256")


def signed(server: Server, known_as: OAuthClient) -> Iterator[str]:
    """Yield a JWT by each key of the App, for a server that may not know the first of them (any more, or yet).

    An older GitHub Enterprise Server knows no client id.
    """
    issuer = known_as.id if is_hosted(server.url) else known_as.details.get("appId", known_as.id)
    return (app_jwt(issuer, key) for key in known_as.private_keys)
