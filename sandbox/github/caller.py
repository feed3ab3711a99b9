"""Who calls the REST API: the token of a request, looked at as GitHub does it.

https://docs.github.com/rest/authentication/authenticating-to-the-rest-api
"""

import time

from flask import g, request

from sandbox.github import answers, app_jwt
from sandbox.github.answers import refuse
from sandbox.github.applications import App
from sandbox.github.hub import Hub
from sandbox.github.installations import InstallationToken
from sandbox.github.rate_limits import RateLimits
from sandbox.github.tokens import Token

NOT_FOR_APPS = "Resource not accessible by integration"
NOT_FOR_FINE_GRAINED = "Resource not accessible by personal access token"


class Gate:
    """Lets callers in, or raises the `Refusal` that GitHub answers with."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.rate_limits = RateLimits(hub.clock)

    def admit(self, accepted: tuple[str, ...] = ()) -> Token | InstallationToken:
        """The caller's token, whatever it stands for. `accepted` are the scopes that would do; they are only named
        here, it is for the view to ask for them."""
        value = bearer()
        token = self.hub.tokens.find(value) if value else None
        live = token is not None and self.hub.tokens.is_live(token)
        g.about_token = self.rate_limits.count(value) | (about(token, accepted) if token and live else {})
        if not value:
            raise refuse(401, "Requires authentication")
        if token is None or not live:
            raise refuse(401, answers.BAD_CREDENTIALS)
        if isinstance(token, InstallationToken) and token.installation.suspended_at is not None:
            raise refuse(403, answers.SUSPENDED)
        return token

    def person(self, accepted: tuple[str, ...] = ()) -> Token:
        """The caller's token, which has to stand for a person."""
        token = self.admit(accepted)
        if isinstance(token, InstallationToken):
            raise refuse(403, NOT_FOR_APPS)
        return token

    def app(self) -> App:
        """The GitHub App that signed the assertion sent. Its times are judged by the machine's clock, which is that
        of the clients, moved by `skew`; the moment to which a test travelled says nothing about them."""
        g.about_token = self.rate_limits.count(bearer())
        now = time.time() + self.hub.skew
        return app_jwt.app_of(bearer() or "", self.hub.applications.app_of_issuer, now)


def require_permission(token: Token | InstallationToken, permission: str) -> None:
    """Raises the refusal for a token that is not allowed to read `permission`; scopes do not matter."""
    g.about_token |= {"X-Accepted-GitHub-Permissions": f"{permission}=read"}
    if granted(token) is not None and permission not in (granted(token) or {}):
        is_app = isinstance(token, InstallationToken) or token.app is not None
        raise refuse(403, NOT_FOR_APPS if is_app else NOT_FOR_FINE_GRAINED)


def granted(token: Token | InstallationToken) -> dict[str, str] | None:
    """The permissions of `token`; None where they limit nothing."""
    if isinstance(token, Token) and token.app is not None:
        return token.app.permissions
    return token.permissions


def bearer() -> str | None:
    """The token sent as `Bearer` or `token`; None for none."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() or None if scheme.lower() in ("bearer", "token") else None


def about(token: Token | InstallationToken, accepted: tuple[str, ...]) -> dict[str, str]:
    """The headers by which an answer describes the token that was sent."""
    described: dict[str, str] = {}
    if isinstance(token, InstallationToken):
        return described
    if token.scopes is not None:
        described |= {"X-OAuth-Scopes": ", ".join(token.scopes), "X-Accepted-OAuth-Scopes": ", ".join(accepted)}
    if token.application is not None:
        described["X-OAuth-Client-Id"] = token.application.client_id
    elif token.expires_at is not None:
        described["GitHub-Authentication-Token-Expiration"] = answers.moment(token.expires_at)
    return described
