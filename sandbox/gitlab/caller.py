"""Who calls the REST API: the token of a request, looked at as GitLab does it.

https://docs.gitlab.com/api/rest/authentication/. A Bearer is first taken for an OAuth token, then for
a personal, project or group access token; `PRIVATE-TOKEN` only for the latter.
"""

from dataclasses import dataclass

from flask import request

from sandbox.gitlab import answers
from sandbox.gitlab.applications import Applications, OAuthToken
from sandbox.gitlab.state import AccessToken, User, World
from sandbox.refusal import Refusal

READ = ("api", "read_api")
READ_USER = ("read_user", "api", "read_api")
USED_AGAIN_AFTER = 60


@dataclass(frozen=True)
class Caller:
    user: User
    token: AccessToken | OAuthToken

    def access_token(self) -> AccessToken | None:
        """The personal, project or group access token; None for an OAuth token."""
        return self.token if isinstance(self.token, AccessToken) else None


class Gate:
    """Lets callers in, or raises the `Refusal` that GitLab answers with."""

    def __init__(self, world: World, applications: Applications) -> None:
        self.world = world
        self.applications = applications

    def admit(self, scopes: tuple[str, ...] | None) -> Caller:
        """The caller; any one of `scopes` will do, `None` asks for no scope in particular."""
        token = self.token()
        if token is None or token.user is None:
            raise Refusal(answers.api_message(401, "401 Unauthorized"))
        if token.revoked:
            raise Refusal(answers.invalid_token(answers.INVALID_TOKEN_REVOKED))
        if self._expired(token):
            raise Refusal(answers.invalid_token(answers.INVALID_TOKEN_EXPIRED))
        if scopes is not None and not set(scopes) & set(token.scopes):
            raise Refusal(answers.insufficient_scope(scopes))
        if token.user.blocked:
            raise Refusal(answers.api_message(403, "403 Forbidden - Your account has been blocked."))
        self._note_use(token)
        return Caller(token.user, token)

    def token(self) -> AccessToken | OAuthToken | None:
        """The token the request carries, whatever its state; None for no token and for garbage."""
        private = request.headers.get("PRIVATE-TOKEN") or request.values.get("private_token")
        if private:
            return self.world.tokens.get(private)
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        value = bearer if scheme.lower() == "bearer" else request.values.get("access_token", "")
        return self.applications.by_access_token(value) or self.world.tokens.get(value)

    def _expired(self, token: AccessToken | OAuthToken) -> bool:
        if isinstance(token, AccessToken):
            return token.expired(self.world.clock.today())
        return token.is_expired()

    def _note_use(self, token: AccessToken | OAuthToken) -> None:
        now = self.world.clock.now()
        if isinstance(token, AccessToken) and now - (token.last_used_at or 0) > USED_AGAIN_AFTER:
            token.last_used_at = now
